// @ts-nocheck: the code has no types of its own; the exports at the end declare theirs.
// Generated from the contract in openapi/ by `npm run generate`. Do not edit.

import type { components, OperationTypes } from "./paths.js";

const isObject = (value) => typeof value == "object" && value !== null && !Array.isArray(value);

const { isInteger } = Number;

/** Adds a problem to those that were found before. */
const add = (problems, instancePath, keyword, params) => {
  const problem = { instancePath, keyword, params };
  if (problems === null) return [problem];
  problems.push(problem);
  return problems;
};

/** Adds the problems of a nested value to those that were found before. */
const join = (problems, more) => {
  if (problems === null) return more;
  for (const problem of more) problems.push(problem);
  return problems;
};

/** The length in characters, as JSON Schema counts them: a surrogate pair is one. */
const lengthOf = (text) => (/[\ud800-\udbff]/.test(text) ? [...text].length : text.length);

/** A key as a step of a JSON pointer. */
const step = (key) => "/" + key.replace(/~/g, "~0").replace(/\//g, "~1");

const decideParameters = validate49;

function validate49(data, instancePath = "") {
  let vErrors = null;
  let errors = 0;
  if (isObject(data)) {
    if (data.path !== undefined) {
      let data0 = data.path;
      if (isObject(data0)) {
        for (const key0 in data0) {
          vErrors = add(vErrors, instancePath + "/path", "additionalProperties", { additionalProperty: key0 });
          errors++;
        }
      } else {
        vErrors = add(vErrors, instancePath + "/path", "type", { type: "object" });
        errors++;
      }
    }
    if (data.query !== undefined) {
      let data1 = data.query;
      if (isObject(data1)) {
        for (const key1 in data1) {
          vErrors = add(vErrors, instancePath + "/query", "additionalProperties", { additionalProperty: key1 });
          errors++;
        }
      } else {
        vErrors = add(vErrors, instancePath + "/query", "type", { type: "object" });
        errors++;
      }
    }
  } else {
    vErrors = add(vErrors, instancePath, "type", { type: "object" });
    errors++;
  }
  validate49.errors = vErrors;
  return errors === 0;
}

const decideRequest = validate51;

function validate52(data, instancePath = "") {
  let vErrors = null;
  let errors = 0;
  if (typeof data === "string") {
    if (lengthOf(data) > 256) {
      vErrors = add(vErrors, instancePath, "maxLength", { limit: 256 });
      errors++;
    }
    if (lengthOf(data) < 1) {
      vErrors = add(vErrors, instancePath, "minLength", { limit: 1 });
      errors++;
    }
  } else {
    vErrors = add(vErrors, instancePath, "type", { type: "string" });
    errors++;
  }
  validate52.errors = vErrors;
  return errors === 0;
}

function validate54(data, instancePath = "") {
  let vErrors = null;
  let errors = 0;
  const _errs1 = errors;
  let valid0 = false;
  const _errs2 = errors;
  if (isObject(data)) {
    if (data.tenant === undefined) {
      vErrors = add(vErrors, instancePath, "required", { missingProperty: "tenant" });
      errors++;
    }
  }
  var _valid0 = _errs2 === errors;
  valid0 = valid0 || _valid0;
  if (!valid0) {
    const _errs3 = errors;
    if (isObject(data)) {
      if (data.workspace === undefined) {
        vErrors = add(vErrors, instancePath, "required", { missingProperty: "workspace" });
        errors++;
      }
    }
    var _valid0 = _errs3 === errors;
    valid0 = valid0 || _valid0;
    if (!valid0) {
      const _errs4 = errors;
      if (isObject(data)) {
        if (data.app === undefined) {
          vErrors = add(vErrors, instancePath, "required", { missingProperty: "app" });
          errors++;
        }
      }
      var _valid0 = _errs4 === errors;
      valid0 = valid0 || _valid0;
      if (!valid0) {
        const _errs5 = errors;
        if (isObject(data)) {
          if (data.workflow === undefined) {
            vErrors = add(vErrors, instancePath, "required", { missingProperty: "workflow" });
            errors++;
          }
        }
        var _valid0 = _errs5 === errors;
        valid0 = valid0 || _valid0;
        if (!valid0) {
          const _errs6 = errors;
          if (isObject(data)) {
            if (data.agent === undefined) {
              vErrors = add(vErrors, instancePath, "required", { missingProperty: "agent" });
              errors++;
            }
          }
          var _valid0 = _errs6 === errors;
          valid0 = valid0 || _valid0;
          if (!valid0) {
            const _errs7 = errors;
            if (isObject(data)) {
              if (data.toolset === undefined) {
                vErrors = add(vErrors, instancePath, "required", { missingProperty: "toolset" });
                errors++;
              }
            }
            var _valid0 = _errs7 === errors;
            valid0 = valid0 || _valid0;
          }
        }
      }
    }
  }
  if (!valid0) {
    vErrors = add(vErrors, instancePath, "anyOf", {});
    errors++;
  } else {
    errors = _errs1;
    if (vErrors !== null) {
      if (_errs1) {
        vErrors.length = _errs1;
      } else {
        vErrors = null;
      }
    }
  }
  if (isObject(data)) {
    if (Object.keys(data).length < 1) {
      vErrors = add(vErrors, instancePath, "minProperties", { limit: 1 });
      errors++;
    }
    for (const key0 in data) {
      if (!(
        key0 === "tenant" ||
        key0 === "workspace" ||
        key0 === "app" ||
        key0 === "workflow" ||
        key0 === "agent" ||
        key0 === "toolset" ||
        key0 === "dimensions"
      )) {
        vErrors = add(vErrors, instancePath, "additionalProperties", { additionalProperty: key0 });
        errors++;
      }
    }
    if (data.tenant !== undefined) {
      let data0 = data.tenant;
      if (typeof data0 === "string") {
        if (lengthOf(data0) > 128) {
          vErrors = add(vErrors, instancePath + "/tenant", "maxLength", { limit: 128 });
          errors++;
        }
      } else {
        vErrors = add(vErrors, instancePath + "/tenant", "type", { type: "string" });
        errors++;
      }
    }
    if (data.workspace !== undefined) {
      let data1 = data.workspace;
      if (typeof data1 === "string") {
        if (lengthOf(data1) > 128) {
          vErrors = add(vErrors, instancePath + "/workspace", "maxLength", { limit: 128 });
          errors++;
        }
      } else {
        vErrors = add(vErrors, instancePath + "/workspace", "type", { type: "string" });
        errors++;
      }
    }
    if (data.app !== undefined) {
      let data2 = data.app;
      if (typeof data2 === "string") {
        if (lengthOf(data2) > 128) {
          vErrors = add(vErrors, instancePath + "/app", "maxLength", { limit: 128 });
          errors++;
        }
      } else {
        vErrors = add(vErrors, instancePath + "/app", "type", { type: "string" });
        errors++;
      }
    }
    if (data.workflow !== undefined) {
      let data3 = data.workflow;
      if (typeof data3 === "string") {
        if (lengthOf(data3) > 128) {
          vErrors = add(vErrors, instancePath + "/workflow", "maxLength", { limit: 128 });
          errors++;
        }
      } else {
        vErrors = add(vErrors, instancePath + "/workflow", "type", { type: "string" });
        errors++;
      }
    }
    if (data.agent !== undefined) {
      let data4 = data.agent;
      if (typeof data4 === "string") {
        if (lengthOf(data4) > 128) {
          vErrors = add(vErrors, instancePath + "/agent", "maxLength", { limit: 128 });
          errors++;
        }
      } else {
        vErrors = add(vErrors, instancePath + "/agent", "type", { type: "string" });
        errors++;
      }
    }
    if (data.toolset !== undefined) {
      let data5 = data.toolset;
      if (typeof data5 === "string") {
        if (lengthOf(data5) > 128) {
          vErrors = add(vErrors, instancePath + "/toolset", "maxLength", { limit: 128 });
          errors++;
        }
      } else {
        vErrors = add(vErrors, instancePath + "/toolset", "type", { type: "string" });
        errors++;
      }
    }
    if (data.dimensions !== undefined) {
      let data6 = data.dimensions;
      if (isObject(data6)) {
        if (Object.keys(data6).length > 16) {
          vErrors = add(vErrors, instancePath + "/dimensions", "maxProperties", { limit: 16 });
          errors++;
        }
        for (const key1 in data6) {
          let data7 = data6[key1];
          if (typeof data7 === "string") {
            if (lengthOf(data7) > 256) {
              vErrors = add(vErrors, instancePath + "/dimensions" + step(key1), "maxLength", { limit: 256 });
              errors++;
            }
          } else {
            vErrors = add(vErrors, instancePath + "/dimensions" + step(key1), "type", { type: "string" });
            errors++;
          }
        }
      } else {
        vErrors = add(vErrors, instancePath + "/dimensions", "type", { type: "object" });
        errors++;
      }
    }
  } else {
    vErrors = add(vErrors, instancePath, "type", { type: "object" });
    errors++;
  }
  validate54.errors = vErrors;
  return errors === 0;
}

function validate56(data, instancePath = "") {
  let vErrors = null;
  let errors = 0;
  if (isObject(data)) {
    if (data.kind === undefined) {
      vErrors = add(vErrors, instancePath, "required", { missingProperty: "kind" });
      errors++;
    }
    if (data.name === undefined) {
      vErrors = add(vErrors, instancePath, "required", { missingProperty: "name" });
      errors++;
    }
    for (const key0 in data) {
      if (!(key0 === "kind" || key0 === "name" || key0 === "tags")) {
        vErrors = add(vErrors, instancePath, "additionalProperties", { additionalProperty: key0 });
        errors++;
      }
    }
    if (data.kind !== undefined) {
      let data0 = data.kind;
      if (typeof data0 === "string") {
        if (lengthOf(data0) > 64) {
          vErrors = add(vErrors, instancePath + "/kind", "maxLength", { limit: 64 });
          errors++;
        }
      } else {
        vErrors = add(vErrors, instancePath + "/kind", "type", { type: "string" });
        errors++;
      }
    }
    if (data.name !== undefined) {
      let data1 = data.name;
      if (typeof data1 === "string") {
        if (lengthOf(data1) > 256) {
          vErrors = add(vErrors, instancePath + "/name", "maxLength", { limit: 256 });
          errors++;
        }
      } else {
        vErrors = add(vErrors, instancePath + "/name", "type", { type: "string" });
        errors++;
      }
    }
    if (data.tags !== undefined) {
      let data2 = data.tags;
      if (Array.isArray(data2)) {
        if (data2.length > 10) {
          vErrors = add(vErrors, instancePath + "/tags", "maxItems", { limit: 10 });
          errors++;
        }
        const len0 = data2.length;
        for (let i0 = 0; i0 < len0; i0++) {
          let data3 = data2[i0];
          if (typeof data3 === "string") {
            if (lengthOf(data3) > 64) {
              vErrors = add(vErrors, instancePath + "/tags/" + i0, "maxLength", { limit: 64 });
              errors++;
            }
          } else {
            vErrors = add(vErrors, instancePath + "/tags/" + i0, "type", { type: "string" });
            errors++;
          }
        }
      } else {
        vErrors = add(vErrors, instancePath + "/tags", "type", { type: "array" });
        errors++;
      }
    }
  } else {
    vErrors = add(vErrors, instancePath, "type", { type: "object" });
    errors++;
  }
  validate56.errors = vErrors;
  return errors === 0;
}

function validate59(data, instancePath = "") {
  let vErrors = null;
  let errors = 0;
  if (typeof data !== "string") {
    vErrors = add(vErrors, instancePath, "type", { type: "string" });
    errors++;
  }
  if (!(data === "USD_MICROCENTS" || data === "TOKENS" || data === "CREDITS" || data === "RISK_POINTS")) {
    vErrors = add(vErrors, instancePath, "enum", {
      allowedValues: ["USD_MICROCENTS", "TOKENS", "CREDITS", "RISK_POINTS"],
    });
    errors++;
  }
  validate59.errors = vErrors;
  return errors === 0;
}

function validate58(data, instancePath = "") {
  let vErrors = null;
  let errors = 0;
  if (isObject(data)) {
    if (data.unit === undefined) {
      vErrors = add(vErrors, instancePath, "required", { missingProperty: "unit" });
      errors++;
    }
    if (data.amount === undefined) {
      vErrors = add(vErrors, instancePath, "required", { missingProperty: "amount" });
      errors++;
    }
    for (const key0 in data) {
      if (!(key0 === "unit" || key0 === "amount")) {
        vErrors = add(vErrors, instancePath, "additionalProperties", { additionalProperty: key0 });
        errors++;
      }
    }
    if (data.unit !== undefined) {
      if (!validate59(data.unit, instancePath + "/unit")) {
        vErrors = join(vErrors, validate59.errors);
        errors = vErrors.length;
      }
    }
    if (data.amount !== undefined) {
      let data1 = data.amount;
      if (!isInteger(data1)) {
        vErrors = add(vErrors, instancePath + "/amount", "type", { type: "integer" });
        errors++;
      }
      if (typeof data1 == "number" && isFinite(data1)) {
        if (data1 > 9007199254740991 || isNaN(data1)) {
          vErrors = add(vErrors, instancePath + "/amount", "maximum", { comparison: "<=", limit: 9007199254740991 });
          errors++;
        }
        if (data1 < 0 || isNaN(data1)) {
          vErrors = add(vErrors, instancePath + "/amount", "minimum", { comparison: ">=", limit: 0 });
          errors++;
        }
      }
    }
  } else {
    vErrors = add(vErrors, instancePath, "type", { type: "object" });
    errors++;
  }
  validate58.errors = vErrors;
  return errors === 0;
}

function validate51(data, instancePath = "") {
  let vErrors = null;
  let errors = 0;
  if (isObject(data)) {
    if (data.idempotency_key === undefined) {
      vErrors = add(vErrors, instancePath, "required", { missingProperty: "idempotency_key" });
      errors++;
    }
    if (data.subject === undefined) {
      vErrors = add(vErrors, instancePath, "required", { missingProperty: "subject" });
      errors++;
    }
    if (data.action === undefined) {
      vErrors = add(vErrors, instancePath, "required", { missingProperty: "action" });
      errors++;
    }
    if (data.estimate === undefined) {
      vErrors = add(vErrors, instancePath, "required", { missingProperty: "estimate" });
      errors++;
    }
    for (const key0 in data) {
      if (!(
        key0 === "idempotency_key" ||
        key0 === "subject" ||
        key0 === "action" ||
        key0 === "estimate" ||
        key0 === "metadata"
      )) {
        vErrors = add(vErrors, instancePath, "additionalProperties", { additionalProperty: key0 });
        errors++;
      }
    }
    if (data.idempotency_key !== undefined) {
      if (!validate52(data.idempotency_key, instancePath + "/idempotency_key")) {
        vErrors = join(vErrors, validate52.errors);
        errors = vErrors.length;
      }
    }
    if (data.subject !== undefined) {
      if (!validate54(data.subject, instancePath + "/subject")) {
        vErrors = join(vErrors, validate54.errors);
        errors = vErrors.length;
      }
    }
    if (data.action !== undefined) {
      if (!validate56(data.action, instancePath + "/action")) {
        vErrors = join(vErrors, validate56.errors);
        errors = vErrors.length;
      }
    }
    if (data.estimate !== undefined) {
      if (!validate58(data.estimate, instancePath + "/estimate")) {
        vErrors = join(vErrors, validate58.errors);
        errors = vErrors.length;
      }
    }
    if (data.metadata !== undefined) {
      let data4 = data.metadata;
      if (isObject(data4)) {
      } else {
        vErrors = add(vErrors, instancePath + "/metadata", "type", { type: "object" });
        errors++;
      }
    }
  } else {
    vErrors = add(vErrors, instancePath, "type", { type: "object" });
    errors++;
  }
  validate51.errors = vErrors;
  return errors === 0;
}

const createReservationRequest = validate62;

function validate67(data, instancePath = "") {
  let vErrors = null;
  let errors = 0;
  if (typeof data !== "string") {
    vErrors = add(vErrors, instancePath, "type", { type: "string" });
    errors++;
  }
  if (!(data === "REJECT" || data === "ALLOW_IF_AVAILABLE" || data === "ALLOW_WITH_OVERDRAFT")) {
    vErrors = add(vErrors, instancePath, "enum", {
      allowedValues: ["REJECT", "ALLOW_IF_AVAILABLE", "ALLOW_WITH_OVERDRAFT"],
    });
    errors++;
  }
  validate67.errors = vErrors;
  return errors === 0;
}

function validate62(data, instancePath = "") {
  let vErrors = null;
  let errors = 0;
  if (isObject(data)) {
    if (data.idempotency_key === undefined) {
      vErrors = add(vErrors, instancePath, "required", { missingProperty: "idempotency_key" });
      errors++;
    }
    if (data.subject === undefined) {
      vErrors = add(vErrors, instancePath, "required", { missingProperty: "subject" });
      errors++;
    }
    if (data.action === undefined) {
      vErrors = add(vErrors, instancePath, "required", { missingProperty: "action" });
      errors++;
    }
    if (data.estimate === undefined) {
      vErrors = add(vErrors, instancePath, "required", { missingProperty: "estimate" });
      errors++;
    }
    for (const key0 in data) {
      if (
        ![
          "idempotency_key",
          "subject",
          "action",
          "estimate",
          "ttl_ms",
          "grace_period_ms",
          "overage_policy",
          "dry_run",
          "metadata",
        ].includes(key0)
      ) {
        vErrors = add(vErrors, instancePath, "additionalProperties", { additionalProperty: key0 });
        errors++;
      }
    }
    if (data.idempotency_key !== undefined) {
      if (!validate52(data.idempotency_key, instancePath + "/idempotency_key")) {
        vErrors = join(vErrors, validate52.errors);
        errors = vErrors.length;
      }
    }
    if (data.subject !== undefined) {
      if (!validate54(data.subject, instancePath + "/subject")) {
        vErrors = join(vErrors, validate54.errors);
        errors = vErrors.length;
      }
    }
    if (data.action !== undefined) {
      if (!validate56(data.action, instancePath + "/action")) {
        vErrors = join(vErrors, validate56.errors);
        errors = vErrors.length;
      }
    }
    if (data.estimate !== undefined) {
      if (!validate58(data.estimate, instancePath + "/estimate")) {
        vErrors = join(vErrors, validate58.errors);
        errors = vErrors.length;
      }
    }
    if (data.ttl_ms !== undefined) {
      let data4 = data.ttl_ms;
      if (!isInteger(data4)) {
        vErrors = add(vErrors, instancePath + "/ttl_ms", "type", { type: "integer" });
        errors++;
      }
      if (typeof data4 == "number" && isFinite(data4)) {
        if (data4 > 86400000 || isNaN(data4)) {
          vErrors = add(vErrors, instancePath + "/ttl_ms", "maximum", { comparison: "<=", limit: 86400000 });
          errors++;
        }
        if (data4 < 1000 || isNaN(data4)) {
          vErrors = add(vErrors, instancePath + "/ttl_ms", "minimum", { comparison: ">=", limit: 1000 });
          errors++;
        }
      }
    }
    if (data.grace_period_ms !== undefined) {
      let data5 = data.grace_period_ms;
      if (!isInteger(data5)) {
        vErrors = add(vErrors, instancePath + "/grace_period_ms", "type", { type: "integer" });
        errors++;
      }
      if (typeof data5 == "number" && isFinite(data5)) {
        if (data5 > 60000 || isNaN(data5)) {
          vErrors = add(vErrors, instancePath + "/grace_period_ms", "maximum", { comparison: "<=", limit: 60000 });
          errors++;
        }
        if (data5 < 0 || isNaN(data5)) {
          vErrors = add(vErrors, instancePath + "/grace_period_ms", "minimum", { comparison: ">=", limit: 0 });
          errors++;
        }
      }
    }
    if (data.overage_policy !== undefined) {
      if (!validate67(data.overage_policy, instancePath + "/overage_policy")) {
        vErrors = join(vErrors, validate67.errors);
        errors = vErrors.length;
      }
    }
    if (data.dry_run !== undefined) {
      if (typeof data.dry_run !== "boolean") {
        vErrors = add(vErrors, instancePath + "/dry_run", "type", { type: "boolean" });
        errors++;
      }
    }
    if (data.metadata !== undefined) {
      let data8 = data.metadata;
      if (isObject(data8)) {
      } else {
        vErrors = add(vErrors, instancePath + "/metadata", "type", { type: "object" });
        errors++;
      }
    }
  } else {
    vErrors = add(vErrors, instancePath, "type", { type: "object" });
    errors++;
  }
  validate62.errors = vErrors;
  return errors === 0;
}

const listReservationsParameters = validate69;

function validate70(data, instancePath = "") {
  let vErrors = null;
  let errors = 0;
  if (typeof data === "string") {
    if (lengthOf(data) > 256) {
      vErrors = add(vErrors, instancePath, "maxLength", { limit: 256 });
      errors++;
    }
    if (lengthOf(data) < 1) {
      vErrors = add(vErrors, instancePath, "minLength", { limit: 1 });
      errors++;
    }
  } else {
    vErrors = add(vErrors, instancePath, "type", { type: "string" });
    errors++;
  }
  validate70.errors = vErrors;
  return errors === 0;
}

function validate72(data, instancePath = "") {
  let vErrors = null;
  let errors = 0;
  if (typeof data !== "string") {
    vErrors = add(vErrors, instancePath, "type", { type: "string" });
    errors++;
  }
  if (!(data === "ACTIVE" || data === "COMMITTED" || data === "RELEASED" || data === "EXPIRED")) {
    vErrors = add(vErrors, instancePath, "enum", { allowedValues: ["ACTIVE", "COMMITTED", "RELEASED", "EXPIRED"] });
    errors++;
  }
  validate72.errors = vErrors;
  return errors === 0;
}

function validate74(data, instancePath = "") {
  let vErrors = null;
  let errors = 0;
  if (typeof data !== "string") {
    vErrors = add(vErrors, instancePath, "type", { type: "string" });
    errors++;
  }
  if (!(data === "asc" || data === "desc")) {
    vErrors = add(vErrors, instancePath, "enum", { allowedValues: ["asc", "desc"] });
    errors++;
  }
  validate74.errors = vErrors;
  return errors === 0;
}

const formats0 =
  /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])[Tt ](?:[01]\d|2[0-3]):[0-5]\d:(?:[0-5]\d|60)(?:\.\d+)?(?:[Zz]|[+-](?:[01]\d|2[0-3]):[0-5]\d)$/;

function validate69(data, instancePath = "") {
  let vErrors = null;
  let errors = 0;
  if (isObject(data)) {
    if (data.path !== undefined) {
      let data0 = data.path;
      if (isObject(data0)) {
        for (const key0 in data0) {
          vErrors = add(vErrors, instancePath + "/path", "additionalProperties", { additionalProperty: key0 });
          errors++;
        }
      } else {
        vErrors = add(vErrors, instancePath + "/path", "type", { type: "object" });
        errors++;
      }
    }
    if (data.query !== undefined) {
      let data1 = data.query;
      if (isObject(data1)) {
        for (const key1 in data1) {
          if (
            ![
              "idempotency_key",
              "status",
              "tenant",
              "workspace",
              "app",
              "workflow",
              "agent",
              "toolset",
              "from",
              "to",
              "expires_from",
              "expires_to",
              "finalized_from",
              "finalized_to",
              "sort_by",
              "sort_dir",
              "include",
              "limit",
              "cursor",
            ].includes(key1)
          ) {
            vErrors = add(vErrors, instancePath + "/query", "additionalProperties", { additionalProperty: key1 });
            errors++;
          }
        }
        if (data1.idempotency_key !== undefined) {
          if (!validate70(data1.idempotency_key, instancePath + "/query/idempotency_key")) {
            vErrors = join(vErrors, validate70.errors);
            errors = vErrors.length;
          }
        }
        if (data1.status !== undefined) {
          if (!validate72(data1.status, instancePath + "/query/status")) {
            vErrors = join(vErrors, validate72.errors);
            errors = vErrors.length;
          }
        }
        if (data1.tenant !== undefined) {
          if (typeof data1.tenant !== "string") {
            vErrors = add(vErrors, instancePath + "/query/tenant", "type", { type: "string" });
            errors++;
          }
        }
        if (data1.workspace !== undefined) {
          if (typeof data1.workspace !== "string") {
            vErrors = add(vErrors, instancePath + "/query/workspace", "type", { type: "string" });
            errors++;
          }
        }
        if (data1.app !== undefined) {
          if (typeof data1.app !== "string") {
            vErrors = add(vErrors, instancePath + "/query/app", "type", { type: "string" });
            errors++;
          }
        }
        if (data1.workflow !== undefined) {
          if (typeof data1.workflow !== "string") {
            vErrors = add(vErrors, instancePath + "/query/workflow", "type", { type: "string" });
            errors++;
          }
        }
        if (data1.agent !== undefined) {
          if (typeof data1.agent !== "string") {
            vErrors = add(vErrors, instancePath + "/query/agent", "type", { type: "string" });
            errors++;
          }
        }
        if (data1.toolset !== undefined) {
          if (typeof data1.toolset !== "string") {
            vErrors = add(vErrors, instancePath + "/query/toolset", "type", { type: "string" });
            errors++;
          }
        }
        if (data1.from !== undefined) {
          let data10 = data1.from;
          if (typeof data10 === "string") {
            if (!formats0.test(data10)) {
              vErrors = add(vErrors, instancePath + "/query/from", "format", { format: "date-time" });
              errors++;
            }
          } else {
            vErrors = add(vErrors, instancePath + "/query/from", "type", { type: "string" });
            errors++;
          }
        }
        if (data1.to !== undefined) {
          let data11 = data1.to;
          if (typeof data11 === "string") {
            if (!formats0.test(data11)) {
              vErrors = add(vErrors, instancePath + "/query/to", "format", { format: "date-time" });
              errors++;
            }
          } else {
            vErrors = add(vErrors, instancePath + "/query/to", "type", { type: "string" });
            errors++;
          }
        }
        if (data1.expires_from !== undefined) {
          let data12 = data1.expires_from;
          if (typeof data12 === "string") {
            if (!formats0.test(data12)) {
              vErrors = add(vErrors, instancePath + "/query/expires_from", "format", { format: "date-time" });
              errors++;
            }
          } else {
            vErrors = add(vErrors, instancePath + "/query/expires_from", "type", { type: "string" });
            errors++;
          }
        }
        if (data1.expires_to !== undefined) {
          let data13 = data1.expires_to;
          if (typeof data13 === "string") {
            if (!formats0.test(data13)) {
              vErrors = add(vErrors, instancePath + "/query/expires_to", "format", { format: "date-time" });
              errors++;
            }
          } else {
            vErrors = add(vErrors, instancePath + "/query/expires_to", "type", { type: "string" });
            errors++;
          }
        }
        if (data1.finalized_from !== undefined) {
          let data14 = data1.finalized_from;
          if (typeof data14 === "string") {
            if (!formats0.test(data14)) {
              vErrors = add(vErrors, instancePath + "/query/finalized_from", "format", { format: "date-time" });
              errors++;
            }
          } else {
            vErrors = add(vErrors, instancePath + "/query/finalized_from", "type", { type: "string" });
            errors++;
          }
        }
        if (data1.finalized_to !== undefined) {
          let data15 = data1.finalized_to;
          if (typeof data15 === "string") {
            if (!formats0.test(data15)) {
              vErrors = add(vErrors, instancePath + "/query/finalized_to", "format", { format: "date-time" });
              errors++;
            }
          } else {
            vErrors = add(vErrors, instancePath + "/query/finalized_to", "type", { type: "string" });
            errors++;
          }
        }
        if (data1.sort_by !== undefined) {
          let data16 = data1.sort_by;
          if (typeof data16 !== "string") {
            vErrors = add(vErrors, instancePath + "/query/sort_by", "type", { type: "string" });
            errors++;
          }
          if (!(
            data16 === "reservation_id" ||
            data16 === "tenant" ||
            data16 === "scope_path" ||
            data16 === "status" ||
            data16 === "reserved" ||
            data16 === "created_at_ms" ||
            data16 === "expires_at_ms"
          )) {
            vErrors = add(vErrors, instancePath + "/query/sort_by", "enum", {
              allowedValues: [
                "reservation_id",
                "tenant",
                "scope_path",
                "status",
                "reserved",
                "created_at_ms",
                "expires_at_ms",
              ],
            });
            errors++;
          }
        }
        if (data1.sort_dir !== undefined) {
          if (!validate74(data1.sort_dir, instancePath + "/query/sort_dir")) {
            vErrors = join(vErrors, validate74.errors);
            errors = vErrors.length;
          }
        }
        if (data1.include !== undefined) {
          let data18 = data1.include;
          if (Array.isArray(data18)) {
            const len0 = data18.length;
            for (let i0 = 0; i0 < len0; i0++) {
              if (typeof data18[i0] !== "string") {
                vErrors = add(vErrors, instancePath + "/query/include/" + i0, "type", { type: "string" });
                errors++;
              }
            }
          } else {
            vErrors = add(vErrors, instancePath + "/query/include", "type", { type: "array" });
            errors++;
          }
        }
        if (data1.limit !== undefined) {
          let data20 = data1.limit;
          if (!isInteger(data20)) {
            vErrors = add(vErrors, instancePath + "/query/limit", "type", { type: "integer" });
            errors++;
          }
          if (typeof data20 == "number" && isFinite(data20)) {
            if (data20 > 200 || isNaN(data20)) {
              vErrors = add(vErrors, instancePath + "/query/limit", "maximum", { comparison: "<=", limit: 200 });
              errors++;
            }
            if (data20 < 1 || isNaN(data20)) {
              vErrors = add(vErrors, instancePath + "/query/limit", "minimum", { comparison: ">=", limit: 1 });
              errors++;
            }
          }
        }
        if (data1.cursor !== undefined) {
          if (typeof data1.cursor !== "string") {
            vErrors = add(vErrors, instancePath + "/query/cursor", "type", { type: "string" });
            errors++;
          }
        }
      } else {
        vErrors = add(vErrors, instancePath + "/query", "type", { type: "object" });
        errors++;
      }
    }
  } else {
    vErrors = add(vErrors, instancePath, "type", { type: "object" });
    errors++;
  }
  validate69.errors = vErrors;
  return errors === 0;
}

const getReservationParameters = validate76;

function validate76(data, instancePath = "") {
  let vErrors = null;
  let errors = 0;
  if (isObject(data)) {
    if (data.path !== undefined) {
      let data0 = data.path;
      if (isObject(data0)) {
        if (data0.reservation_id === undefined) {
          vErrors = add(vErrors, instancePath + "/path", "required", { missingProperty: "reservation_id" });
          errors++;
        }
        for (const key0 in data0) {
          if (!(key0 === "reservation_id")) {
            vErrors = add(vErrors, instancePath + "/path", "additionalProperties", { additionalProperty: key0 });
            errors++;
          }
        }
        if (data0.reservation_id !== undefined) {
          let data1 = data0.reservation_id;
          if (typeof data1 === "string") {
            if (lengthOf(data1) > 128) {
              vErrors = add(vErrors, instancePath + "/path/reservation_id", "maxLength", { limit: 128 });
              errors++;
            }
            if (lengthOf(data1) < 1) {
              vErrors = add(vErrors, instancePath + "/path/reservation_id", "minLength", { limit: 1 });
              errors++;
            }
          } else {
            vErrors = add(vErrors, instancePath + "/path/reservation_id", "type", { type: "string" });
            errors++;
          }
        }
      } else {
        vErrors = add(vErrors, instancePath + "/path", "type", { type: "object" });
        errors++;
      }
    }
    if (data.query !== undefined) {
      let data2 = data.query;
      if (isObject(data2)) {
        for (const key1 in data2) {
          vErrors = add(vErrors, instancePath + "/query", "additionalProperties", { additionalProperty: key1 });
          errors++;
        }
      } else {
        vErrors = add(vErrors, instancePath + "/query", "type", { type: "object" });
        errors++;
      }
    }
  } else {
    vErrors = add(vErrors, instancePath, "type", { type: "object" });
    errors++;
  }
  validate76.errors = vErrors;
  return errors === 0;
}

const commitReservationRequest = validate77;

function validate80(data, instancePath = "") {
  let vErrors = null;
  let errors = 0;
  if (isObject(data)) {
    for (const key0 in data) {
      if (!(
        key0 === "tokens_input" ||
        key0 === "tokens_output" ||
        key0 === "latency_ms" ||
        key0 === "model_version" ||
        key0 === "custom"
      )) {
        vErrors = add(vErrors, instancePath, "additionalProperties", { additionalProperty: key0 });
        errors++;
      }
    }
    if (data.tokens_input !== undefined) {
      let data0 = data.tokens_input;
      if (!isInteger(data0)) {
        vErrors = add(vErrors, instancePath + "/tokens_input", "type", { type: "integer" });
        errors++;
      }
      if (typeof data0 == "number" && isFinite(data0)) {
        if (data0 > 9007199254740991 || isNaN(data0)) {
          vErrors = add(vErrors, instancePath + "/tokens_input", "maximum", {
            comparison: "<=",
            limit: 9007199254740991,
          });
          errors++;
        }
        if (data0 < 0 || isNaN(data0)) {
          vErrors = add(vErrors, instancePath + "/tokens_input", "minimum", { comparison: ">=", limit: 0 });
          errors++;
        }
      }
    }
    if (data.tokens_output !== undefined) {
      let data1 = data.tokens_output;
      if (!isInteger(data1)) {
        vErrors = add(vErrors, instancePath + "/tokens_output", "type", { type: "integer" });
        errors++;
      }
      if (typeof data1 == "number" && isFinite(data1)) {
        if (data1 > 9007199254740991 || isNaN(data1)) {
          vErrors = add(vErrors, instancePath + "/tokens_output", "maximum", {
            comparison: "<=",
            limit: 9007199254740991,
          });
          errors++;
        }
        if (data1 < 0 || isNaN(data1)) {
          vErrors = add(vErrors, instancePath + "/tokens_output", "minimum", { comparison: ">=", limit: 0 });
          errors++;
        }
      }
    }
    if (data.latency_ms !== undefined) {
      let data2 = data.latency_ms;
      if (!isInteger(data2)) {
        vErrors = add(vErrors, instancePath + "/latency_ms", "type", { type: "integer" });
        errors++;
      }
      if (typeof data2 == "number" && isFinite(data2)) {
        if (data2 > 9007199254740991 || isNaN(data2)) {
          vErrors = add(vErrors, instancePath + "/latency_ms", "maximum", {
            comparison: "<=",
            limit: 9007199254740991,
          });
          errors++;
        }
        if (data2 < 0 || isNaN(data2)) {
          vErrors = add(vErrors, instancePath + "/latency_ms", "minimum", { comparison: ">=", limit: 0 });
          errors++;
        }
      }
    }
    if (data.model_version !== undefined) {
      let data3 = data.model_version;
      if (typeof data3 === "string") {
        if (lengthOf(data3) > 128) {
          vErrors = add(vErrors, instancePath + "/model_version", "maxLength", { limit: 128 });
          errors++;
        }
      } else {
        vErrors = add(vErrors, instancePath + "/model_version", "type", { type: "string" });
        errors++;
      }
    }
    if (data.custom !== undefined) {
      let data4 = data.custom;
      if (isObject(data4)) {
      } else {
        vErrors = add(vErrors, instancePath + "/custom", "type", { type: "object" });
        errors++;
      }
    }
  } else {
    vErrors = add(vErrors, instancePath, "type", { type: "object" });
    errors++;
  }
  validate80.errors = vErrors;
  return errors === 0;
}

function validate77(data, instancePath = "") {
  let vErrors = null;
  let errors = 0;
  if (isObject(data)) {
    if (data.idempotency_key === undefined) {
      vErrors = add(vErrors, instancePath, "required", { missingProperty: "idempotency_key" });
      errors++;
    }
    if (data.actual === undefined) {
      vErrors = add(vErrors, instancePath, "required", { missingProperty: "actual" });
      errors++;
    }
    for (const key0 in data) {
      if (!(key0 === "idempotency_key" || key0 === "actual" || key0 === "metrics" || key0 === "metadata")) {
        vErrors = add(vErrors, instancePath, "additionalProperties", { additionalProperty: key0 });
        errors++;
      }
    }
    if (data.idempotency_key !== undefined) {
      if (!validate52(data.idempotency_key, instancePath + "/idempotency_key")) {
        vErrors = join(vErrors, validate52.errors);
        errors = vErrors.length;
      }
    }
    if (data.actual !== undefined) {
      if (!validate58(data.actual, instancePath + "/actual")) {
        vErrors = join(vErrors, validate58.errors);
        errors = vErrors.length;
      }
    }
    if (data.metrics !== undefined) {
      if (!validate80(data.metrics, instancePath + "/metrics")) {
        vErrors = join(vErrors, validate80.errors);
        errors = vErrors.length;
      }
    }
    if (data.metadata !== undefined) {
      let data3 = data.metadata;
      if (isObject(data3)) {
      } else {
        vErrors = add(vErrors, instancePath + "/metadata", "type", { type: "object" });
        errors++;
      }
    }
  } else {
    vErrors = add(vErrors, instancePath, "type", { type: "object" });
    errors++;
  }
  validate77.errors = vErrors;
  return errors === 0;
}

const releaseReservationRequest = validate82;

function validate82(data, instancePath = "") {
  let vErrors = null;
  let errors = 0;
  if (isObject(data)) {
    if (data.idempotency_key === undefined) {
      vErrors = add(vErrors, instancePath, "required", { missingProperty: "idempotency_key" });
      errors++;
    }
    for (const key0 in data) {
      if (!(key0 === "idempotency_key" || key0 === "reason")) {
        vErrors = add(vErrors, instancePath, "additionalProperties", { additionalProperty: key0 });
        errors++;
      }
    }
    if (data.idempotency_key !== undefined) {
      if (!validate52(data.idempotency_key, instancePath + "/idempotency_key")) {
        vErrors = join(vErrors, validate52.errors);
        errors = vErrors.length;
      }
    }
    if (data.reason !== undefined) {
      let data1 = data.reason;
      if (typeof data1 === "string") {
        if (lengthOf(data1) > 256) {
          vErrors = add(vErrors, instancePath + "/reason", "maxLength", { limit: 256 });
          errors++;
        }
      } else {
        vErrors = add(vErrors, instancePath + "/reason", "type", { type: "string" });
        errors++;
      }
    }
  } else {
    vErrors = add(vErrors, instancePath, "type", { type: "object" });
    errors++;
  }
  validate82.errors = vErrors;
  return errors === 0;
}

const extendReservationRequest = validate84;

function validate84(data, instancePath = "") {
  let vErrors = null;
  let errors = 0;
  if (isObject(data)) {
    if (data.idempotency_key === undefined) {
      vErrors = add(vErrors, instancePath, "required", { missingProperty: "idempotency_key" });
      errors++;
    }
    if (data.extend_by_ms === undefined) {
      vErrors = add(vErrors, instancePath, "required", { missingProperty: "extend_by_ms" });
      errors++;
    }
    for (const key0 in data) {
      if (!(key0 === "idempotency_key" || key0 === "extend_by_ms" || key0 === "metadata")) {
        vErrors = add(vErrors, instancePath, "additionalProperties", { additionalProperty: key0 });
        errors++;
      }
    }
    if (data.idempotency_key !== undefined) {
      if (!validate52(data.idempotency_key, instancePath + "/idempotency_key")) {
        vErrors = join(vErrors, validate52.errors);
        errors = vErrors.length;
      }
    }
    if (data.extend_by_ms !== undefined) {
      let data1 = data.extend_by_ms;
      if (!isInteger(data1)) {
        vErrors = add(vErrors, instancePath + "/extend_by_ms", "type", { type: "integer" });
        errors++;
      }
      if (typeof data1 == "number" && isFinite(data1)) {
        if (data1 > 86400000 || isNaN(data1)) {
          vErrors = add(vErrors, instancePath + "/extend_by_ms", "maximum", { comparison: "<=", limit: 86400000 });
          errors++;
        }
        if (data1 < 1 || isNaN(data1)) {
          vErrors = add(vErrors, instancePath + "/extend_by_ms", "minimum", { comparison: ">=", limit: 1 });
          errors++;
        }
      }
    }
    if (data.metadata !== undefined) {
      let data2 = data.metadata;
      if (isObject(data2)) {
      } else {
        vErrors = add(vErrors, instancePath + "/metadata", "type", { type: "object" });
        errors++;
      }
    }
  } else {
    vErrors = add(vErrors, instancePath, "type", { type: "object" });
    errors++;
  }
  validate84.errors = vErrors;
  return errors === 0;
}

const getBalancesParameters = validate86;

function validate86(data, instancePath = "") {
  let vErrors = null;
  let errors = 0;
  if (isObject(data)) {
    if (data.path !== undefined) {
      let data0 = data.path;
      if (isObject(data0)) {
        for (const key0 in data0) {
          vErrors = add(vErrors, instancePath + "/path", "additionalProperties", { additionalProperty: key0 });
          errors++;
        }
      } else {
        vErrors = add(vErrors, instancePath + "/path", "type", { type: "object" });
        errors++;
      }
    }
    if (data.query !== undefined) {
      let data1 = data.query;
      if (isObject(data1)) {
        for (const key1 in data1) {
          if (
            ![
              "tenant",
              "workspace",
              "app",
              "workflow",
              "agent",
              "toolset",
              "include_children",
              "limit",
              "cursor",
            ].includes(key1)
          ) {
            vErrors = add(vErrors, instancePath + "/query", "additionalProperties", { additionalProperty: key1 });
            errors++;
          }
        }
        if (data1.tenant !== undefined) {
          if (typeof data1.tenant !== "string") {
            vErrors = add(vErrors, instancePath + "/query/tenant", "type", { type: "string" });
            errors++;
          }
        }
        if (data1.workspace !== undefined) {
          if (typeof data1.workspace !== "string") {
            vErrors = add(vErrors, instancePath + "/query/workspace", "type", { type: "string" });
            errors++;
          }
        }
        if (data1.app !== undefined) {
          if (typeof data1.app !== "string") {
            vErrors = add(vErrors, instancePath + "/query/app", "type", { type: "string" });
            errors++;
          }
        }
        if (data1.workflow !== undefined) {
          if (typeof data1.workflow !== "string") {
            vErrors = add(vErrors, instancePath + "/query/workflow", "type", { type: "string" });
            errors++;
          }
        }
        if (data1.agent !== undefined) {
          if (typeof data1.agent !== "string") {
            vErrors = add(vErrors, instancePath + "/query/agent", "type", { type: "string" });
            errors++;
          }
        }
        if (data1.toolset !== undefined) {
          if (typeof data1.toolset !== "string") {
            vErrors = add(vErrors, instancePath + "/query/toolset", "type", { type: "string" });
            errors++;
          }
        }
        if (data1.include_children !== undefined) {
          if (typeof data1.include_children !== "boolean") {
            vErrors = add(vErrors, instancePath + "/query/include_children", "type", { type: "boolean" });
            errors++;
          }
        }
        if (data1.limit !== undefined) {
          let data9 = data1.limit;
          if (!isInteger(data9)) {
            vErrors = add(vErrors, instancePath + "/query/limit", "type", { type: "integer" });
            errors++;
          }
          if (typeof data9 == "number" && isFinite(data9)) {
            if (data9 > 200 || isNaN(data9)) {
              vErrors = add(vErrors, instancePath + "/query/limit", "maximum", { comparison: "<=", limit: 200 });
              errors++;
            }
            if (data9 < 1 || isNaN(data9)) {
              vErrors = add(vErrors, instancePath + "/query/limit", "minimum", { comparison: ">=", limit: 1 });
              errors++;
            }
          }
        }
        if (data1.cursor !== undefined) {
          if (typeof data1.cursor !== "string") {
            vErrors = add(vErrors, instancePath + "/query/cursor", "type", { type: "string" });
            errors++;
          }
        }
      } else {
        vErrors = add(vErrors, instancePath + "/query", "type", { type: "object" });
        errors++;
      }
    }
  } else {
    vErrors = add(vErrors, instancePath, "type", { type: "object" });
    errors++;
  }
  validate86.errors = vErrors;
  return errors === 0;
}

const createEventRequest = validate87;

function validate87(data, instancePath = "") {
  let vErrors = null;
  let errors = 0;
  if (isObject(data)) {
    if (data.idempotency_key === undefined) {
      vErrors = add(vErrors, instancePath, "required", { missingProperty: "idempotency_key" });
      errors++;
    }
    if (data.subject === undefined) {
      vErrors = add(vErrors, instancePath, "required", { missingProperty: "subject" });
      errors++;
    }
    if (data.action === undefined) {
      vErrors = add(vErrors, instancePath, "required", { missingProperty: "action" });
      errors++;
    }
    if (data.actual === undefined) {
      vErrors = add(vErrors, instancePath, "required", { missingProperty: "actual" });
      errors++;
    }
    for (const key0 in data) {
      if (!(
        key0 === "idempotency_key" ||
        key0 === "subject" ||
        key0 === "action" ||
        key0 === "actual" ||
        key0 === "overage_policy" ||
        key0 === "metrics" ||
        key0 === "client_time_ms" ||
        key0 === "metadata"
      )) {
        vErrors = add(vErrors, instancePath, "additionalProperties", { additionalProperty: key0 });
        errors++;
      }
    }
    if (data.idempotency_key !== undefined) {
      if (!validate52(data.idempotency_key, instancePath + "/idempotency_key")) {
        vErrors = join(vErrors, validate52.errors);
        errors = vErrors.length;
      }
    }
    if (data.subject !== undefined) {
      if (!validate54(data.subject, instancePath + "/subject")) {
        vErrors = join(vErrors, validate54.errors);
        errors = vErrors.length;
      }
    }
    if (data.action !== undefined) {
      if (!validate56(data.action, instancePath + "/action")) {
        vErrors = join(vErrors, validate56.errors);
        errors = vErrors.length;
      }
    }
    if (data.actual !== undefined) {
      if (!validate58(data.actual, instancePath + "/actual")) {
        vErrors = join(vErrors, validate58.errors);
        errors = vErrors.length;
      }
    }
    if (data.overage_policy !== undefined) {
      if (!validate67(data.overage_policy, instancePath + "/overage_policy")) {
        vErrors = join(vErrors, validate67.errors);
        errors = vErrors.length;
      }
    }
    if (data.metrics !== undefined) {
      if (!validate80(data.metrics, instancePath + "/metrics")) {
        vErrors = join(vErrors, validate80.errors);
        errors = vErrors.length;
      }
    }
    if (data.client_time_ms !== undefined) {
      let data6 = data.client_time_ms;
      if (!isInteger(data6)) {
        vErrors = add(vErrors, instancePath + "/client_time_ms", "type", { type: "integer" });
        errors++;
      }
      if (typeof data6 == "number" && isFinite(data6)) {
        if (data6 > 9007199254740991 || isNaN(data6)) {
          vErrors = add(vErrors, instancePath + "/client_time_ms", "maximum", {
            comparison: "<=",
            limit: 9007199254740991,
          });
          errors++;
        }
        if (data6 < 0 || isNaN(data6)) {
          vErrors = add(vErrors, instancePath + "/client_time_ms", "minimum", { comparison: ">=", limit: 0 });
          errors++;
        }
      }
    }
    if (data.metadata !== undefined) {
      let data7 = data.metadata;
      if (isObject(data7)) {
      } else {
        vErrors = add(vErrors, instancePath + "/metadata", "type", { type: "object" });
        errors++;
      }
    }
  } else {
    vErrors = add(vErrors, instancePath, "type", { type: "object" });
    errors++;
  }
  validate87.errors = vErrors;
  return errors === 0;
}

const getEvidenceParameters = validate94;

const pattern3 = new RegExp("^[0-9a-f]{64}$", "u");

function validate94(data, instancePath = "") {
  let vErrors = null;
  let errors = 0;
  if (isObject(data)) {
    if (data.path !== undefined) {
      let data0 = data.path;
      if (isObject(data0)) {
        if (data0.evidence_id === undefined) {
          vErrors = add(vErrors, instancePath + "/path", "required", { missingProperty: "evidence_id" });
          errors++;
        }
        for (const key0 in data0) {
          if (!(key0 === "evidence_id")) {
            vErrors = add(vErrors, instancePath + "/path", "additionalProperties", { additionalProperty: key0 });
            errors++;
          }
        }
        if (data0.evidence_id !== undefined) {
          let data1 = data0.evidence_id;
          if (typeof data1 === "string") {
            if (!pattern3.test(data1)) {
              vErrors = add(vErrors, instancePath + "/path/evidence_id", "pattern", { pattern: "^[0-9a-f]{64}$" });
              errors++;
            }
          } else {
            vErrors = add(vErrors, instancePath + "/path/evidence_id", "type", { type: "string" });
            errors++;
          }
        }
      } else {
        vErrors = add(vErrors, instancePath + "/path", "type", { type: "object" });
        errors++;
      }
    }
    if (data.query !== undefined) {
      let data2 = data.query;
      if (isObject(data2)) {
        for (const key1 in data2) {
          vErrors = add(vErrors, instancePath + "/query", "additionalProperties", { additionalProperty: key1 });
          errors++;
        }
      } else {
        vErrors = add(vErrors, instancePath + "/query", "type", { type: "object" });
        errors++;
      }
    }
  } else {
    vErrors = add(vErrors, instancePath, "type", { type: "object" });
    errors++;
  }
  validate94.errors = vErrors;
  return errors === 0;
}
const decideResponse = accept50;

function accept51(data, instancePath = "") {
  let vErrors = null;
  let errors = 0;
  if (typeof data !== "string") {
    vErrors = add(vErrors, instancePath, "type", { type: "string" });
    errors++;
  }
  if (!(data === "ALLOW" || data === "ALLOW_WITH_CAPS" || data === "DENY")) {
    vErrors = add(vErrors, instancePath, "enum", { allowedValues: ["ALLOW", "ALLOW_WITH_CAPS", "DENY"] });
    errors++;
  }
  accept51.errors = vErrors;
  return errors === 0;
}

function accept53(data, instancePath = "") {
  let vErrors = null;
  let errors = 0;
  if (isObject(data)) {
    if (data.max_tokens !== undefined) {
      let data0 = data.max_tokens;
      if (!isInteger(data0)) {
        vErrors = add(vErrors, instancePath + "/max_tokens", "type", { type: "integer" });
        errors++;
      }
    }
    if (data.max_steps_remaining !== undefined) {
      let data1 = data.max_steps_remaining;
      if (!isInteger(data1)) {
        vErrors = add(vErrors, instancePath + "/max_steps_remaining", "type", { type: "integer" });
        errors++;
      }
    }
    if (data.tool_allowlist !== undefined) {
      let data2 = data.tool_allowlist;
      if (Array.isArray(data2)) {
        const len0 = data2.length;
        for (let i0 = 0; i0 < len0 && errors < 8; i0++) {
          if (typeof data2[i0] !== "string") {
            vErrors = add(vErrors, instancePath + "/tool_allowlist/" + i0, "type", { type: "string" });
            errors++;
          }
        }
      } else {
        vErrors = add(vErrors, instancePath + "/tool_allowlist", "type", { type: "array" });
        errors++;
      }
    }
    if (data.tool_denylist !== undefined) {
      let data4 = data.tool_denylist;
      if (Array.isArray(data4)) {
        const len1 = data4.length;
        for (let i1 = 0; i1 < len1 && errors < 8; i1++) {
          if (typeof data4[i1] !== "string") {
            vErrors = add(vErrors, instancePath + "/tool_denylist/" + i1, "type", { type: "string" });
            errors++;
          }
        }
      } else {
        vErrors = add(vErrors, instancePath + "/tool_denylist", "type", { type: "array" });
        errors++;
      }
    }
    if (data.cooldown_ms !== undefined) {
      let data6 = data.cooldown_ms;
      if (!isInteger(data6)) {
        vErrors = add(vErrors, instancePath + "/cooldown_ms", "type", { type: "integer" });
        errors++;
      }
    }
  } else {
    vErrors = add(vErrors, instancePath, "type", { type: "object" });
    errors++;
  }
  accept53.errors = vErrors;
  return errors === 0;
}

function accept55(data, instancePath = "") {
  let vErrors = null;
  let errors = 0;
  if (isObject(data)) {
    if (data.evidence_id === undefined) {
      vErrors = add(vErrors, instancePath, "required", { missingProperty: "evidence_id" });
      errors++;
    }
    if (data.cycles_evidence_url === undefined) {
      vErrors = add(vErrors, instancePath, "required", { missingProperty: "cycles_evidence_url" });
      errors++;
    }
    if (data.evidence_id !== undefined) {
      if (typeof data.evidence_id !== "string") {
        vErrors = add(vErrors, instancePath + "/evidence_id", "type", { type: "string" });
        errors++;
      }
    }
    if (data.cycles_evidence_url !== undefined) {
      if (typeof data.cycles_evidence_url !== "string") {
        vErrors = add(vErrors, instancePath + "/cycles_evidence_url", "type", { type: "string" });
        errors++;
      }
    }
  } else {
    vErrors = add(vErrors, instancePath, "type", { type: "object" });
    errors++;
  }
  accept55.errors = vErrors;
  return errors === 0;
}

function accept50(data, instancePath = "") {
  let vErrors = null;
  let errors = 0;
  if (isObject(data)) {
    if (data.decision === undefined) {
      vErrors = add(vErrors, instancePath, "required", { missingProperty: "decision" });
      errors++;
    }
    if (data.decision !== undefined) {
      if (!accept51(data.decision, instancePath + "/decision")) {
        vErrors = join(vErrors, accept51.errors);
        errors = vErrors.length;
      }
    }
    if (data.caps !== undefined) {
      if (!accept53(data.caps, instancePath + "/caps")) {
        vErrors = join(vErrors, accept53.errors);
        errors = vErrors.length;
      }
    }
    if (data.reason_code !== undefined) {
      if (typeof data.reason_code !== "string") {
        vErrors = add(vErrors, instancePath + "/reason_code", "type", { type: "string" });
        errors++;
      }
    }
    if (data.retry_after_ms !== undefined) {
      let data3 = data.retry_after_ms;
      if (!isInteger(data3)) {
        vErrors = add(vErrors, instancePath + "/retry_after_ms", "type", { type: "integer" });
        errors++;
      }
    }
    if (data.affected_scopes !== undefined) {
      let data4 = data.affected_scopes;
      if (Array.isArray(data4)) {
        const len0 = data4.length;
        for (let i0 = 0; i0 < len0 && errors < 8; i0++) {
          if (typeof data4[i0] !== "string") {
            vErrors = add(vErrors, instancePath + "/affected_scopes/" + i0, "type", { type: "string" });
            errors++;
          }
        }
      } else {
        vErrors = add(vErrors, instancePath + "/affected_scopes", "type", { type: "array" });
        errors++;
      }
    }
    if (data.cycles_evidence !== undefined) {
      if (!accept55(data.cycles_evidence, instancePath + "/cycles_evidence")) {
        vErrors = join(vErrors, accept55.errors);
        errors = vErrors.length;
      }
    }
  } else {
    vErrors = add(vErrors, instancePath, "type", { type: "object" });
    errors++;
  }
  accept50.errors = vErrors;
  return errors === 0;
}

const createReservationResponse = accept57;

function accept59(data, instancePath = "") {
  let vErrors = null;
  let errors = 0;
  if (isObject(data)) {
    if (data.unit === undefined) {
      vErrors = add(vErrors, instancePath, "required", { missingProperty: "unit" });
      errors++;
    }
    if (data.amount === undefined) {
      vErrors = add(vErrors, instancePath, "required", { missingProperty: "amount" });
      errors++;
    }
    if (data.unit !== undefined) {
      if (typeof data.unit !== "string") {
        vErrors = add(vErrors, instancePath + "/unit", "type", { type: "string" });
        errors++;
      }
    }
    if (data.amount !== undefined) {
      let data1 = data.amount;
      if (!isInteger(data1)) {
        vErrors = add(vErrors, instancePath + "/amount", "type", { type: "integer" });
        errors++;
      }
    }
  } else {
    vErrors = add(vErrors, instancePath, "type", { type: "object" });
    errors++;
  }
  accept59.errors = vErrors;
  return errors === 0;
}

function accept63(data, instancePath = "") {
  let vErrors = null;
  let errors = 0;
  if (isObject(data)) {
    if (data.unit === undefined) {
      vErrors = add(vErrors, instancePath, "required", { missingProperty: "unit" });
      errors++;
    }
    if (data.amount === undefined) {
      vErrors = add(vErrors, instancePath, "required", { missingProperty: "amount" });
      errors++;
    }
    if (data.unit !== undefined) {
      if (typeof data.unit !== "string") {
        vErrors = add(vErrors, instancePath + "/unit", "type", { type: "string" });
        errors++;
      }
    }
    if (data.amount !== undefined) {
      let data1 = data.amount;
      if (!isInteger(data1)) {
        vErrors = add(vErrors, instancePath + "/amount", "type", { type: "integer" });
        errors++;
      }
    }
  } else {
    vErrors = add(vErrors, instancePath, "type", { type: "object" });
    errors++;
  }
  accept63.errors = vErrors;
  return errors === 0;
}

function accept62(data, instancePath = "") {
  let vErrors = null;
  let errors = 0;
  if (isObject(data)) {
    if (data.scope === undefined) {
      vErrors = add(vErrors, instancePath, "required", { missingProperty: "scope" });
      errors++;
    }
    if (data.scope_path === undefined) {
      vErrors = add(vErrors, instancePath, "required", { missingProperty: "scope_path" });
      errors++;
    }
    if (data.remaining === undefined) {
      vErrors = add(vErrors, instancePath, "required", { missingProperty: "remaining" });
      errors++;
    }
    if (data.scope !== undefined) {
      if (typeof data.scope !== "string") {
        vErrors = add(vErrors, instancePath + "/scope", "type", { type: "string" });
        errors++;
      }
    }
    if (data.scope_path !== undefined) {
      if (typeof data.scope_path !== "string") {
        vErrors = add(vErrors, instancePath + "/scope_path", "type", { type: "string" });
        errors++;
      }
    }
    if (data.remaining !== undefined) {
      if (!accept63(data.remaining, instancePath + "/remaining")) {
        vErrors = join(vErrors, accept63.errors);
        errors = vErrors.length;
      }
    }
    if (data.reserved !== undefined) {
      if (!accept59(data.reserved, instancePath + "/reserved")) {
        vErrors = join(vErrors, accept59.errors);
        errors = vErrors.length;
      }
    }
    if (data.spent !== undefined) {
      if (!accept59(data.spent, instancePath + "/spent")) {
        vErrors = join(vErrors, accept59.errors);
        errors = vErrors.length;
      }
    }
    if (data.debt !== undefined) {
      if (!accept59(data.debt, instancePath + "/debt")) {
        vErrors = join(vErrors, accept59.errors);
        errors = vErrors.length;
      }
    }
    if (data.allocated !== undefined) {
      if (!accept59(data.allocated, instancePath + "/allocated")) {
        vErrors = join(vErrors, accept59.errors);
        errors = vErrors.length;
      }
    }
    if (data.overdraft_limit !== undefined) {
      if (!accept59(data.overdraft_limit, instancePath + "/overdraft_limit")) {
        vErrors = join(vErrors, accept59.errors);
        errors = vErrors.length;
      }
    }
    if (data.is_over_limit !== undefined) {
      if (typeof data.is_over_limit !== "boolean") {
        vErrors = add(vErrors, instancePath + "/is_over_limit", "type", { type: "boolean" });
        errors++;
      }
    }
  } else {
    vErrors = add(vErrors, instancePath, "type", { type: "object" });
    errors++;
  }
  accept62.errors = vErrors;
  return errors === 0;
}

function accept57(data, instancePath = "") {
  let vErrors = null;
  let errors = 0;
  if (isObject(data)) {
    if (data.decision === undefined) {
      vErrors = add(vErrors, instancePath, "required", { missingProperty: "decision" });
      errors++;
    }
    if (data.affected_scopes === undefined) {
      vErrors = add(vErrors, instancePath, "required", { missingProperty: "affected_scopes" });
      errors++;
    }
    if (data.decision !== undefined) {
      if (!accept51(data.decision, instancePath + "/decision")) {
        vErrors = join(vErrors, accept51.errors);
        errors = vErrors.length;
      }
    }
    if (data.reservation_id !== undefined) {
      if (typeof data.reservation_id !== "string") {
        vErrors = add(vErrors, instancePath + "/reservation_id", "type", { type: "string" });
        errors++;
      }
    }
    if (data.reserved !== undefined) {
      if (!accept59(data.reserved, instancePath + "/reserved")) {
        vErrors = join(vErrors, accept59.errors);
        errors = vErrors.length;
      }
    }
    if (data.expires_at_ms !== undefined) {
      let data3 = data.expires_at_ms;
      if (!isInteger(data3)) {
        vErrors = add(vErrors, instancePath + "/expires_at_ms", "type", { type: "integer" });
        errors++;
      }
    }
    if (data.remaining_ttl_ms !== undefined) {
      let data4 = data.remaining_ttl_ms;
      if (!isInteger(data4)) {
        vErrors = add(vErrors, instancePath + "/remaining_ttl_ms", "type", { type: "integer" });
        errors++;
      }
    }
    if (data.scope_path !== undefined) {
      if (typeof data.scope_path !== "string") {
        vErrors = add(vErrors, instancePath + "/scope_path", "type", { type: "string" });
        errors++;
      }
    }
    if (data.affected_scopes !== undefined) {
      let data6 = data.affected_scopes;
      if (Array.isArray(data6)) {
        const len0 = data6.length;
        for (let i0 = 0; i0 < len0 && errors < 8; i0++) {
          if (typeof data6[i0] !== "string") {
            vErrors = add(vErrors, instancePath + "/affected_scopes/" + i0, "type", { type: "string" });
            errors++;
          }
        }
      } else {
        vErrors = add(vErrors, instancePath + "/affected_scopes", "type", { type: "array" });
        errors++;
      }
    }
    if (data.caps !== undefined) {
      if (!accept53(data.caps, instancePath + "/caps")) {
        vErrors = join(vErrors, accept53.errors);
        errors = vErrors.length;
      }
    }
    if (data.balances !== undefined) {
      let data9 = data.balances;
      if (Array.isArray(data9)) {
        const len1 = data9.length;
        for (let i1 = 0; i1 < len1 && errors < 8; i1++) {
          if (!accept62(data9[i1], instancePath + "/balances/" + i1)) {
            vErrors = join(vErrors, accept62.errors);
            errors = vErrors.length;
          }
        }
      } else {
        vErrors = add(vErrors, instancePath + "/balances", "type", { type: "array" });
        errors++;
      }
    }
    if (data.reason_code !== undefined) {
      if (typeof data.reason_code !== "string") {
        vErrors = add(vErrors, instancePath + "/reason_code", "type", { type: "string" });
        errors++;
      }
    }
    if (data.retry_after_ms !== undefined) {
      let data12 = data.retry_after_ms;
      if (!isInteger(data12)) {
        vErrors = add(vErrors, instancePath + "/retry_after_ms", "type", { type: "integer" });
        errors++;
      }
    }
    if (data.cycles_evidence !== undefined) {
      if (!accept55(data.cycles_evidence, instancePath + "/cycles_evidence")) {
        vErrors = join(vErrors, accept55.errors);
        errors = vErrors.length;
      }
    }
  } else {
    vErrors = add(vErrors, instancePath, "type", { type: "object" });
    errors++;
  }
  accept57.errors = vErrors;
  return errors === 0;
}

const listReservationsResponse = accept72;

function accept74(data, instancePath = "") {
  let vErrors = null;
  let errors = 0;
  if (isObject(data)) {
    if (data.tenant !== undefined) {
      if (typeof data.tenant !== "string") {
        vErrors = add(vErrors, instancePath + "/tenant", "type", { type: "string" });
        errors++;
      }
    }
    if (data.workspace !== undefined) {
      if (typeof data.workspace !== "string") {
        vErrors = add(vErrors, instancePath + "/workspace", "type", { type: "string" });
        errors++;
      }
    }
    if (data.app !== undefined) {
      if (typeof data.app !== "string") {
        vErrors = add(vErrors, instancePath + "/app", "type", { type: "string" });
        errors++;
      }
    }
    if (data.workflow !== undefined) {
      if (typeof data.workflow !== "string") {
        vErrors = add(vErrors, instancePath + "/workflow", "type", { type: "string" });
        errors++;
      }
    }
    if (data.agent !== undefined) {
      if (typeof data.agent !== "string") {
        vErrors = add(vErrors, instancePath + "/agent", "type", { type: "string" });
        errors++;
      }
    }
    if (data.toolset !== undefined) {
      if (typeof data.toolset !== "string") {
        vErrors = add(vErrors, instancePath + "/toolset", "type", { type: "string" });
        errors++;
      }
    }
    if (data.dimensions !== undefined) {
      let data6 = data.dimensions;
      if (isObject(data6)) {
        for (const key0 in data6) {
          if (errors >= 8) break;
          let data7 = data6[key0];
          if (typeof data7 !== "string" && data7 !== null) {
            vErrors = add(vErrors, instancePath + "/dimensions" + step(key0), "type", { type: ["string", "null"] });
            errors++;
          }
        }
      } else {
        vErrors = add(vErrors, instancePath + "/dimensions", "type", { type: "object" });
        errors++;
      }
    }
  } else {
    vErrors = add(vErrors, instancePath, "type", { type: "object" });
    errors++;
  }
  accept74.errors = vErrors;
  return errors === 0;
}

function accept76(data, instancePath = "") {
  let vErrors = null;
  let errors = 0;
  if (isObject(data)) {
    if (data.kind === undefined) {
      vErrors = add(vErrors, instancePath, "required", { missingProperty: "kind" });
      errors++;
    }
    if (data.name === undefined) {
      vErrors = add(vErrors, instancePath, "required", { missingProperty: "name" });
      errors++;
    }
    if (data.kind !== undefined) {
      if (typeof data.kind !== "string") {
        vErrors = add(vErrors, instancePath + "/kind", "type", { type: "string" });
        errors++;
      }
    }
    if (data.name !== undefined) {
      if (typeof data.name !== "string") {
        vErrors = add(vErrors, instancePath + "/name", "type", { type: "string" });
        errors++;
      }
    }
    if (data.tags !== undefined) {
      let data2 = data.tags;
      if (Array.isArray(data2)) {
        const len0 = data2.length;
        for (let i0 = 0; i0 < len0 && errors < 8; i0++) {
          if (typeof data2[i0] !== "string") {
            vErrors = add(vErrors, instancePath + "/tags/" + i0, "type", { type: "string" });
            errors++;
          }
        }
      } else {
        vErrors = add(vErrors, instancePath + "/tags", "type", { type: "array" });
        errors++;
      }
    }
  } else {
    vErrors = add(vErrors, instancePath, "type", { type: "object" });
    errors++;
  }
  accept76.errors = vErrors;
  return errors === 0;
}

function accept80(data, instancePath = "") {
  let vErrors = null;
  let errors = 0;
  if (isObject(data)) {
    if (data.reserve !== undefined) {
      if (!accept55(data.reserve, instancePath + "/reserve")) {
        vErrors = join(vErrors, accept55.errors);
        errors = vErrors.length;
      }
    }
    if (data.commit !== undefined) {
      if (!accept55(data.commit, instancePath + "/commit")) {
        vErrors = join(vErrors, accept55.errors);
        errors = vErrors.length;
      }
    }
    if (data.release !== undefined) {
      if (!accept55(data.release, instancePath + "/release")) {
        vErrors = join(vErrors, accept55.errors);
        errors = vErrors.length;
      }
    }
  } else {
    vErrors = add(vErrors, instancePath, "type", { type: "object" });
    errors++;
  }
  accept80.errors = vErrors;
  return errors === 0;
}

function accept73(data, instancePath = "") {
  let vErrors = null;
  let errors = 0;
  if (isObject(data)) {
    if (data.reservation_id === undefined) {
      vErrors = add(vErrors, instancePath, "required", { missingProperty: "reservation_id" });
      errors++;
    }
    if (data.status === undefined) {
      vErrors = add(vErrors, instancePath, "required", { missingProperty: "status" });
      errors++;
    }
    if (data.subject === undefined) {
      vErrors = add(vErrors, instancePath, "required", { missingProperty: "subject" });
      errors++;
    }
    if (data.action === undefined) {
      vErrors = add(vErrors, instancePath, "required", { missingProperty: "action" });
      errors++;
    }
    if (data.reserved === undefined) {
      vErrors = add(vErrors, instancePath, "required", { missingProperty: "reserved" });
      errors++;
    }
    if (data.created_at_ms === undefined) {
      vErrors = add(vErrors, instancePath, "required", { missingProperty: "created_at_ms" });
      errors++;
    }
    if (data.expires_at_ms === undefined) {
      vErrors = add(vErrors, instancePath, "required", { missingProperty: "expires_at_ms" });
      errors++;
    }
    if (data.scope_path === undefined) {
      vErrors = add(vErrors, instancePath, "required", { missingProperty: "scope_path" });
      errors++;
    }
    if (data.affected_scopes === undefined) {
      vErrors = add(vErrors, instancePath, "required", { missingProperty: "affected_scopes" });
      errors++;
    }
    if (data.reservation_id !== undefined) {
      if (typeof data.reservation_id !== "string") {
        vErrors = add(vErrors, instancePath + "/reservation_id", "type", { type: "string" });
        errors++;
      }
    }
    if (data.status !== undefined) {
      if (typeof data.status !== "string") {
        vErrors = add(vErrors, instancePath + "/status", "type", { type: "string" });
        errors++;
      }
    }
    if (data.idempotency_key !== undefined) {
      if (typeof data.idempotency_key !== "string") {
        vErrors = add(vErrors, instancePath + "/idempotency_key", "type", { type: "string" });
        errors++;
      }
    }
    if (data.subject !== undefined) {
      if (!accept74(data.subject, instancePath + "/subject")) {
        vErrors = join(vErrors, accept74.errors);
        errors = vErrors.length;
      }
    }
    if (data.action !== undefined) {
      if (!accept76(data.action, instancePath + "/action")) {
        vErrors = join(vErrors, accept76.errors);
        errors = vErrors.length;
      }
    }
    if (data.reserved !== undefined) {
      if (!accept59(data.reserved, instancePath + "/reserved")) {
        vErrors = join(vErrors, accept59.errors);
        errors = vErrors.length;
      }
    }
    if (data.created_at_ms !== undefined) {
      let data6 = data.created_at_ms;
      if (!isInteger(data6)) {
        vErrors = add(vErrors, instancePath + "/created_at_ms", "type", { type: "integer" });
        errors++;
      }
    }
    if (data.expires_at_ms !== undefined) {
      let data7 = data.expires_at_ms;
      if (!isInteger(data7)) {
        vErrors = add(vErrors, instancePath + "/expires_at_ms", "type", { type: "integer" });
        errors++;
      }
    }
    if (data.finalized_at_ms !== undefined) {
      let data8 = data.finalized_at_ms;
      if (!isInteger(data8)) {
        vErrors = add(vErrors, instancePath + "/finalized_at_ms", "type", { type: "integer" });
        errors++;
      }
    }
    if (data.scope_path !== undefined) {
      if (typeof data.scope_path !== "string") {
        vErrors = add(vErrors, instancePath + "/scope_path", "type", { type: "string" });
        errors++;
      }
    }
    if (data.affected_scopes !== undefined) {
      let data10 = data.affected_scopes;
      if (Array.isArray(data10)) {
        const len0 = data10.length;
        for (let i0 = 0; i0 < len0 && errors < 8; i0++) {
          if (typeof data10[i0] !== "string") {
            vErrors = add(vErrors, instancePath + "/affected_scopes/" + i0, "type", { type: "string" });
            errors++;
          }
        }
      } else {
        vErrors = add(vErrors, instancePath + "/affected_scopes", "type", { type: "array" });
        errors++;
      }
    }
    if (data.committed !== undefined) {
      if (!accept59(data.committed, instancePath + "/committed")) {
        vErrors = join(vErrors, accept59.errors);
        errors = vErrors.length;
      }
    }
    if (data.metadata !== undefined) {
      let data13 = data.metadata;
      if (!isObject(data13)) {
        vErrors = add(vErrors, instancePath + "/metadata", "type", { type: "object" });
        errors++;
      }
    }
    if (data.committed_metadata !== undefined) {
      let data14 = data.committed_metadata;
      if (!isObject(data14)) {
        vErrors = add(vErrors, instancePath + "/committed_metadata", "type", { type: "object" });
        errors++;
      }
    }
    if (data.evidence !== undefined) {
      if (!accept80(data.evidence, instancePath + "/evidence")) {
        vErrors = join(vErrors, accept80.errors);
        errors = vErrors.length;
      }
    }
  } else {
    vErrors = add(vErrors, instancePath, "type", { type: "object" });
    errors++;
  }
  accept73.errors = vErrors;
  return errors === 0;
}

function accept72(data, instancePath = "") {
  let vErrors = null;
  let errors = 0;
  if (isObject(data)) {
    if (data.reservations === undefined) {
      vErrors = add(vErrors, instancePath, "required", { missingProperty: "reservations" });
      errors++;
    }
    if (data.reservations !== undefined) {
      let data0 = data.reservations;
      if (Array.isArray(data0)) {
        const len0 = data0.length;
        for (let i0 = 0; i0 < len0 && errors < 8; i0++) {
          if (!accept73(data0[i0], instancePath + "/reservations/" + i0)) {
            vErrors = join(vErrors, accept73.errors);
            errors = vErrors.length;
          }
        }
      } else {
        vErrors = add(vErrors, instancePath + "/reservations", "type", { type: "array" });
        errors++;
      }
    }
    if (data.next_cursor !== undefined) {
      if (typeof data.next_cursor !== "string") {
        vErrors = add(vErrors, instancePath + "/next_cursor", "type", { type: "string" });
        errors++;
      }
    }
    if (data.has_more !== undefined) {
      if (typeof data.has_more !== "boolean") {
        vErrors = add(vErrors, instancePath + "/has_more", "type", { type: "boolean" });
        errors++;
      }
    }
  } else {
    vErrors = add(vErrors, instancePath, "type", { type: "object" });
    errors++;
  }
  accept72.errors = vErrors;
  return errors === 0;
}

const getReservationResponse = accept86;

function accept86(data, instancePath = "") {
  let vErrors = null;
  let errors = 0;
  if (isObject(data)) {
    if (data.reservation_id === undefined) {
      vErrors = add(vErrors, instancePath, "required", { missingProperty: "reservation_id" });
      errors++;
    }
    if (data.status === undefined) {
      vErrors = add(vErrors, instancePath, "required", { missingProperty: "status" });
      errors++;
    }
    if (data.subject === undefined) {
      vErrors = add(vErrors, instancePath, "required", { missingProperty: "subject" });
      errors++;
    }
    if (data.action === undefined) {
      vErrors = add(vErrors, instancePath, "required", { missingProperty: "action" });
      errors++;
    }
    if (data.reserved === undefined) {
      vErrors = add(vErrors, instancePath, "required", { missingProperty: "reserved" });
      errors++;
    }
    if (data.created_at_ms === undefined) {
      vErrors = add(vErrors, instancePath, "required", { missingProperty: "created_at_ms" });
      errors++;
    }
    if (data.expires_at_ms === undefined) {
      vErrors = add(vErrors, instancePath, "required", { missingProperty: "expires_at_ms" });
      errors++;
    }
    if (data.scope_path === undefined) {
      vErrors = add(vErrors, instancePath, "required", { missingProperty: "scope_path" });
      errors++;
    }
    if (data.affected_scopes === undefined) {
      vErrors = add(vErrors, instancePath, "required", { missingProperty: "affected_scopes" });
      errors++;
    }
    if (data.reservation_id !== undefined) {
      if (typeof data.reservation_id !== "string") {
        vErrors = add(vErrors, instancePath + "/reservation_id", "type", { type: "string" });
        errors++;
      }
    }
    if (data.status !== undefined) {
      if (typeof data.status !== "string") {
        vErrors = add(vErrors, instancePath + "/status", "type", { type: "string" });
        errors++;
      }
    }
    if (data.idempotency_key !== undefined) {
      if (typeof data.idempotency_key !== "string") {
        vErrors = add(vErrors, instancePath + "/idempotency_key", "type", { type: "string" });
        errors++;
      }
    }
    if (data.subject !== undefined) {
      if (!accept74(data.subject, instancePath + "/subject")) {
        vErrors = join(vErrors, accept74.errors);
        errors = vErrors.length;
      }
    }
    if (data.action !== undefined) {
      if (!accept76(data.action, instancePath + "/action")) {
        vErrors = join(vErrors, accept76.errors);
        errors = vErrors.length;
      }
    }
    if (data.reserved !== undefined) {
      if (!accept59(data.reserved, instancePath + "/reserved")) {
        vErrors = join(vErrors, accept59.errors);
        errors = vErrors.length;
      }
    }
    if (data.committed !== undefined) {
      if (!accept59(data.committed, instancePath + "/committed")) {
        vErrors = join(vErrors, accept59.errors);
        errors = vErrors.length;
      }
    }
    if (data.created_at_ms !== undefined) {
      let data7 = data.created_at_ms;
      if (!isInteger(data7)) {
        vErrors = add(vErrors, instancePath + "/created_at_ms", "type", { type: "integer" });
        errors++;
      }
    }
    if (data.expires_at_ms !== undefined) {
      let data8 = data.expires_at_ms;
      if (!isInteger(data8)) {
        vErrors = add(vErrors, instancePath + "/expires_at_ms", "type", { type: "integer" });
        errors++;
      }
    }
    if (data.finalized_at_ms !== undefined) {
      let data9 = data.finalized_at_ms;
      if (!isInteger(data9)) {
        vErrors = add(vErrors, instancePath + "/finalized_at_ms", "type", { type: "integer" });
        errors++;
      }
    }
    if (data.scope_path !== undefined) {
      if (typeof data.scope_path !== "string") {
        vErrors = add(vErrors, instancePath + "/scope_path", "type", { type: "string" });
        errors++;
      }
    }
    if (data.affected_scopes !== undefined) {
      let data11 = data.affected_scopes;
      if (Array.isArray(data11)) {
        const len0 = data11.length;
        for (let i0 = 0; i0 < len0 && errors < 8; i0++) {
          if (typeof data11[i0] !== "string") {
            vErrors = add(vErrors, instancePath + "/affected_scopes/" + i0, "type", { type: "string" });
            errors++;
          }
        }
      } else {
        vErrors = add(vErrors, instancePath + "/affected_scopes", "type", { type: "array" });
        errors++;
      }
    }
    if (data.metadata !== undefined) {
      let data13 = data.metadata;
      if (!isObject(data13)) {
        vErrors = add(vErrors, instancePath + "/metadata", "type", { type: "object" });
        errors++;
      }
    }
    if (data.committed_metadata !== undefined) {
      let data14 = data.committed_metadata;
      if (!isObject(data14)) {
        vErrors = add(vErrors, instancePath + "/committed_metadata", "type", { type: "object" });
        errors++;
      }
    }
    if (data.evidence !== undefined) {
      if (!accept80(data.evidence, instancePath + "/evidence")) {
        vErrors = join(vErrors, accept80.errors);
        errors = vErrors.length;
      }
    }
  } else {
    vErrors = add(vErrors, instancePath, "type", { type: "object" });
    errors++;
  }
  accept86.errors = vErrors;
  return errors === 0;
}

const commitReservationResponse = accept92;

function accept92(data, instancePath = "") {
  let vErrors = null;
  let errors = 0;
  if (isObject(data)) {
    if (data.status === undefined) {
      vErrors = add(vErrors, instancePath, "required", { missingProperty: "status" });
      errors++;
    }
    if (data.charged === undefined) {
      vErrors = add(vErrors, instancePath, "required", { missingProperty: "charged" });
      errors++;
    }
    if (data.status !== undefined) {
      let data0 = data.status;
      if (typeof data0 !== "string") {
        vErrors = add(vErrors, instancePath + "/status", "type", { type: "string" });
        errors++;
      }
      if (!(data0 === "COMMITTED")) {
        vErrors = add(vErrors, instancePath + "/status", "enum", { allowedValues: ["COMMITTED"] });
        errors++;
      }
    }
    if (data.charged !== undefined) {
      if (!accept59(data.charged, instancePath + "/charged")) {
        vErrors = join(vErrors, accept59.errors);
        errors = vErrors.length;
      }
    }
    if (data.released !== undefined) {
      if (!accept59(data.released, instancePath + "/released")) {
        vErrors = join(vErrors, accept59.errors);
        errors = vErrors.length;
      }
    }
    if (data.balances !== undefined) {
      let data3 = data.balances;
      if (Array.isArray(data3)) {
        const len0 = data3.length;
        for (let i0 = 0; i0 < len0 && errors < 8; i0++) {
          if (!accept62(data3[i0], instancePath + "/balances/" + i0)) {
            vErrors = join(vErrors, accept62.errors);
            errors = vErrors.length;
          }
        }
      } else {
        vErrors = add(vErrors, instancePath + "/balances", "type", { type: "array" });
        errors++;
      }
    }
    if (data.cycles_evidence !== undefined) {
      if (!accept55(data.cycles_evidence, instancePath + "/cycles_evidence")) {
        vErrors = join(vErrors, accept55.errors);
        errors = vErrors.length;
      }
    }
  } else {
    vErrors = add(vErrors, instancePath, "type", { type: "object" });
    errors++;
  }
  accept92.errors = vErrors;
  return errors === 0;
}

const releaseReservationResponse = accept97;

function accept97(data, instancePath = "") {
  let vErrors = null;
  let errors = 0;
  if (isObject(data)) {
    if (data.status === undefined) {
      vErrors = add(vErrors, instancePath, "required", { missingProperty: "status" });
      errors++;
    }
    if (data.released === undefined) {
      vErrors = add(vErrors, instancePath, "required", { missingProperty: "released" });
      errors++;
    }
    if (data.status !== undefined) {
      let data0 = data.status;
      if (typeof data0 !== "string") {
        vErrors = add(vErrors, instancePath + "/status", "type", { type: "string" });
        errors++;
      }
      if (!(data0 === "RELEASED")) {
        vErrors = add(vErrors, instancePath + "/status", "enum", { allowedValues: ["RELEASED"] });
        errors++;
      }
    }
    if (data.released !== undefined) {
      if (!accept59(data.released, instancePath + "/released")) {
        vErrors = join(vErrors, accept59.errors);
        errors = vErrors.length;
      }
    }
    if (data.balances !== undefined) {
      let data2 = data.balances;
      if (Array.isArray(data2)) {
        const len0 = data2.length;
        for (let i0 = 0; i0 < len0 && errors < 8; i0++) {
          if (!accept62(data2[i0], instancePath + "/balances/" + i0)) {
            vErrors = join(vErrors, accept62.errors);
            errors = vErrors.length;
          }
        }
      } else {
        vErrors = add(vErrors, instancePath + "/balances", "type", { type: "array" });
        errors++;
      }
    }
    if (data.cycles_evidence !== undefined) {
      if (!accept55(data.cycles_evidence, instancePath + "/cycles_evidence")) {
        vErrors = join(vErrors, accept55.errors);
        errors = vErrors.length;
      }
    }
  } else {
    vErrors = add(vErrors, instancePath, "type", { type: "object" });
    errors++;
  }
  accept97.errors = vErrors;
  return errors === 0;
}

const extendReservationResponse = accept101;

function accept101(data, instancePath = "") {
  let vErrors = null;
  let errors = 0;
  if (isObject(data)) {
    if (data.status === undefined) {
      vErrors = add(vErrors, instancePath, "required", { missingProperty: "status" });
      errors++;
    }
    if (data.expires_at_ms === undefined) {
      vErrors = add(vErrors, instancePath, "required", { missingProperty: "expires_at_ms" });
      errors++;
    }
    if (data.status !== undefined) {
      let data0 = data.status;
      if (typeof data0 !== "string") {
        vErrors = add(vErrors, instancePath + "/status", "type", { type: "string" });
        errors++;
      }
      if (!(data0 === "ACTIVE")) {
        vErrors = add(vErrors, instancePath + "/status", "enum", { allowedValues: ["ACTIVE"] });
        errors++;
      }
    }
    if (data.expires_at_ms !== undefined) {
      let data1 = data.expires_at_ms;
      if (!isInteger(data1)) {
        vErrors = add(vErrors, instancePath + "/expires_at_ms", "type", { type: "integer" });
        errors++;
      }
    }
    if (data.remaining_ttl_ms !== undefined) {
      let data2 = data.remaining_ttl_ms;
      if (!isInteger(data2)) {
        vErrors = add(vErrors, instancePath + "/remaining_ttl_ms", "type", { type: "integer" });
        errors++;
      }
    }
    if (data.balances !== undefined) {
      let data3 = data.balances;
      if (Array.isArray(data3)) {
        const len0 = data3.length;
        for (let i0 = 0; i0 < len0 && errors < 8; i0++) {
          if (!accept62(data3[i0], instancePath + "/balances/" + i0)) {
            vErrors = join(vErrors, accept62.errors);
            errors = vErrors.length;
          }
        }
      } else {
        vErrors = add(vErrors, instancePath + "/balances", "type", { type: "array" });
        errors++;
      }
    }
  } else {
    vErrors = add(vErrors, instancePath, "type", { type: "object" });
    errors++;
  }
  accept101.errors = vErrors;
  return errors === 0;
}

const getBalancesResponse = accept103;

function accept103(data, instancePath = "") {
  let vErrors = null;
  let errors = 0;
  if (isObject(data)) {
    if (data.balances === undefined) {
      vErrors = add(vErrors, instancePath, "required", { missingProperty: "balances" });
      errors++;
    }
    if (data.balances !== undefined) {
      let data0 = data.balances;
      if (Array.isArray(data0)) {
        const len0 = data0.length;
        for (let i0 = 0; i0 < len0 && errors < 8; i0++) {
          if (!accept62(data0[i0], instancePath + "/balances/" + i0)) {
            vErrors = join(vErrors, accept62.errors);
            errors = vErrors.length;
          }
        }
      } else {
        vErrors = add(vErrors, instancePath + "/balances", "type", { type: "array" });
        errors++;
      }
    }
    if (data.next_cursor !== undefined) {
      if (typeof data.next_cursor !== "string") {
        vErrors = add(vErrors, instancePath + "/next_cursor", "type", { type: "string" });
        errors++;
      }
    }
    if (data.has_more !== undefined) {
      if (typeof data.has_more !== "boolean") {
        vErrors = add(vErrors, instancePath + "/has_more", "type", { type: "boolean" });
        errors++;
      }
    }
  } else {
    vErrors = add(vErrors, instancePath, "type", { type: "object" });
    errors++;
  }
  accept103.errors = vErrors;
  return errors === 0;
}

const createEventResponse = accept105;

function accept105(data, instancePath = "") {
  let vErrors = null;
  let errors = 0;
  if (isObject(data)) {
    if (data.status === undefined) {
      vErrors = add(vErrors, instancePath, "required", { missingProperty: "status" });
      errors++;
    }
    if (data.event_id === undefined) {
      vErrors = add(vErrors, instancePath, "required", { missingProperty: "event_id" });
      errors++;
    }
    if (data.status !== undefined) {
      let data0 = data.status;
      if (typeof data0 !== "string") {
        vErrors = add(vErrors, instancePath + "/status", "type", { type: "string" });
        errors++;
      }
      if (!(data0 === "APPLIED")) {
        vErrors = add(vErrors, instancePath + "/status", "enum", { allowedValues: ["APPLIED"] });
        errors++;
      }
    }
    if (data.event_id !== undefined) {
      if (typeof data.event_id !== "string") {
        vErrors = add(vErrors, instancePath + "/event_id", "type", { type: "string" });
        errors++;
      }
    }
    if (data.charged !== undefined) {
      if (!accept59(data.charged, instancePath + "/charged")) {
        vErrors = join(vErrors, accept59.errors);
        errors = vErrors.length;
      }
    }
    if (data.balances !== undefined) {
      let data3 = data.balances;
      if (Array.isArray(data3)) {
        const len0 = data3.length;
        for (let i0 = 0; i0 < len0 && errors < 8; i0++) {
          if (!accept62(data3[i0], instancePath + "/balances/" + i0)) {
            vErrors = join(vErrors, accept62.errors);
            errors = vErrors.length;
          }
        }
      } else {
        vErrors = add(vErrors, instancePath + "/balances", "type", { type: "array" });
        errors++;
      }
    }
  } else {
    vErrors = add(vErrors, instancePath, "type", { type: "object" });
    errors++;
  }
  accept105.errors = vErrors;
  return errors === 0;
}

const getEvidenceResponse = accept108;

function accept108(data, instancePath = "") {
  let vErrors = null;
  let errors = 0;
  if (isObject(data)) {
    if (data.schema_version === undefined) {
      vErrors = add(vErrors, instancePath, "required", { missingProperty: "schema_version" });
      errors++;
    }
    if (data.artifact_type === undefined) {
      vErrors = add(vErrors, instancePath, "required", { missingProperty: "artifact_type" });
      errors++;
    }
    if (data.server_id === undefined) {
      vErrors = add(vErrors, instancePath, "required", { missingProperty: "server_id" });
      errors++;
    }
    if (data.signer_did === undefined) {
      vErrors = add(vErrors, instancePath, "required", { missingProperty: "signer_did" });
      errors++;
    }
    if (data.issued_at_ms === undefined) {
      vErrors = add(vErrors, instancePath, "required", { missingProperty: "issued_at_ms" });
      errors++;
    }
    if (data.payload === undefined) {
      vErrors = add(vErrors, instancePath, "required", { missingProperty: "payload" });
      errors++;
    }
    if (data.evidence_id === undefined) {
      vErrors = add(vErrors, instancePath, "required", { missingProperty: "evidence_id" });
      errors++;
    }
    if (data.signature === undefined) {
      vErrors = add(vErrors, instancePath, "required", { missingProperty: "signature" });
      errors++;
    }
    if (data.schema_version !== undefined) {
      if (typeof data.schema_version !== "string") {
        vErrors = add(vErrors, instancePath + "/schema_version", "type", { type: "string" });
        errors++;
      }
    }
    if (data.artifact_type !== undefined) {
      if (typeof data.artifact_type !== "string") {
        vErrors = add(vErrors, instancePath + "/artifact_type", "type", { type: "string" });
        errors++;
      }
    }
    if (data.server_id !== undefined) {
      if (typeof data.server_id !== "string") {
        vErrors = add(vErrors, instancePath + "/server_id", "type", { type: "string" });
        errors++;
      }
    }
    if (data.signer_did !== undefined) {
      if (typeof data.signer_did !== "string") {
        vErrors = add(vErrors, instancePath + "/signer_did", "type", { type: "string" });
        errors++;
      }
    }
    if (data.issued_at_ms !== undefined) {
      let data4 = data.issued_at_ms;
      if (!isInteger(data4)) {
        vErrors = add(vErrors, instancePath + "/issued_at_ms", "type", { type: "integer" });
        errors++;
      }
    }
    if (data.trace_id !== undefined) {
      let data5 = data.trace_id;
      if (typeof data5 !== "string" && data5 !== null) {
        vErrors = add(vErrors, instancePath + "/trace_id", "type", { type: ["string", "null"] });
        errors++;
      }
    }
    if (data.payload !== undefined) {
      let data6 = data.payload;
      if (!isObject(data6)) {
        vErrors = add(vErrors, instancePath + "/payload", "type", { type: "object" });
        errors++;
      }
    }
    if (data.evidence_id !== undefined) {
      if (typeof data.evidence_id !== "string") {
        vErrors = add(vErrors, instancePath + "/evidence_id", "type", { type: "string" });
        errors++;
      }
    }
    if (data.signature !== undefined) {
      if (typeof data.signature !== "string") {
        vErrors = add(vErrors, instancePath + "/signature", "type", { type: "string" });
        errors++;
      }
    }
  } else {
    vErrors = add(vErrors, instancePath, "type", { type: "object" });
    errors++;
  }
  accept108.errors = vErrors;
  return errors === 0;
}

const getEvidenceJwksResponse = accept109;

function accept110(data, instancePath = "") {
  let vErrors = null;
  let errors = 0;
  if (isObject(data)) {
    if (data.kty === undefined) {
      vErrors = add(vErrors, instancePath, "required", { missingProperty: "kty" });
      errors++;
    }
    if (data.crv === undefined) {
      vErrors = add(vErrors, instancePath, "required", { missingProperty: "crv" });
      errors++;
    }
    if (data.x === undefined) {
      vErrors = add(vErrors, instancePath, "required", { missingProperty: "x" });
      errors++;
    }
    if (data.kid === undefined) {
      vErrors = add(vErrors, instancePath, "required", { missingProperty: "kid" });
      errors++;
    }
    if (data.cycles_nbf_ms === undefined) {
      vErrors = add(vErrors, instancePath, "required", { missingProperty: "cycles_nbf_ms" });
      errors++;
    }
    if (data.kty !== undefined) {
      if (typeof data.kty !== "string") {
        vErrors = add(vErrors, instancePath + "/kty", "type", { type: "string" });
        errors++;
      }
    }
    if (data.crv !== undefined) {
      if (typeof data.crv !== "string") {
        vErrors = add(vErrors, instancePath + "/crv", "type", { type: "string" });
        errors++;
      }
    }
    if (data.alg !== undefined) {
      if (typeof data.alg !== "string") {
        vErrors = add(vErrors, instancePath + "/alg", "type", { type: "string" });
        errors++;
      }
    }
    if (data.x !== undefined) {
      if (typeof data.x !== "string") {
        vErrors = add(vErrors, instancePath + "/x", "type", { type: "string" });
        errors++;
      }
    }
    if (data.kid !== undefined) {
      if (typeof data.kid !== "string") {
        vErrors = add(vErrors, instancePath + "/kid", "type", { type: "string" });
        errors++;
      }
    }
    if (data.cycles_nbf_ms !== undefined) {
      let data5 = data.cycles_nbf_ms;
      if (!isInteger(data5)) {
        vErrors = add(vErrors, instancePath + "/cycles_nbf_ms", "type", { type: "integer" });
        errors++;
      }
    }
    if (data.cycles_exp_ms !== undefined) {
      let data6 = data.cycles_exp_ms;
      if (!isInteger(data6) && data6 !== null) {
        vErrors = add(vErrors, instancePath + "/cycles_exp_ms", "type", { type: ["integer", "null"] });
        errors++;
      }
    }
    if (data.status !== undefined) {
      if (typeof data.status !== "string") {
        vErrors = add(vErrors, instancePath + "/status", "type", { type: "string" });
        errors++;
      }
    }
  } else {
    vErrors = add(vErrors, instancePath, "type", { type: "object" });
    errors++;
  }
  accept110.errors = vErrors;
  return errors === 0;
}

function accept109(data, instancePath = "") {
  let vErrors = null;
  let errors = 0;
  if (isObject(data)) {
    if (data.keys === undefined) {
      vErrors = add(vErrors, instancePath, "required", { missingProperty: "keys" });
      errors++;
    }
    if (data.keys !== undefined) {
      let data0 = data.keys;
      if (Array.isArray(data0)) {
        const len0 = data0.length;
        for (let i0 = 0; i0 < len0 && errors < 8; i0++) {
          if (!accept110(data0[i0], instancePath + "/keys/" + i0)) {
            vErrors = join(vErrors, accept110.errors);
            errors = vErrors.length;
          }
        }
      } else {
        vErrors = add(vErrors, instancePath + "/keys", "type", { type: "array" });
        errors++;
      }
    }
  } else {
    vErrors = add(vErrors, instancePath, "type", { type: "object" });
    errors++;
  }
  accept109.errors = vErrors;
  return errors === 0;
}

const ErrorResponse = accept112;

function accept112(data, instancePath = "") {
  let vErrors = null;
  let errors = 0;
  if (isObject(data)) {
    if (data.error === undefined) {
      vErrors = add(vErrors, instancePath, "required", { missingProperty: "error" });
      errors++;
    }
    if (data.message === undefined) {
      vErrors = add(vErrors, instancePath, "required", { missingProperty: "message" });
      errors++;
    }
    if (data.request_id === undefined) {
      vErrors = add(vErrors, instancePath, "required", { missingProperty: "request_id" });
      errors++;
    }
    if (data.error !== undefined) {
      if (typeof data.error !== "string") {
        vErrors = add(vErrors, instancePath + "/error", "type", { type: "string" });
        errors++;
      }
    }
    if (data.message !== undefined) {
      if (typeof data.message !== "string") {
        vErrors = add(vErrors, instancePath + "/message", "type", { type: "string" });
        errors++;
      }
    }
    if (data.request_id !== undefined) {
      if (typeof data.request_id !== "string") {
        vErrors = add(vErrors, instancePath + "/request_id", "type", { type: "string" });
        errors++;
      }
    }
    if (data.trace_id !== undefined) {
      if (typeof data.trace_id !== "string") {
        vErrors = add(vErrors, instancePath + "/trace_id", "type", { type: "string" });
        errors++;
      }
    }
    if (data.details !== undefined) {
      let data4 = data.details;
      if (!isObject(data4)) {
        vErrors = add(vErrors, instancePath + "/details", "type", { type: "object" });
        errors++;
      }
    }
    if (data.cycles_evidence !== undefined) {
      if (!accept55(data.cycles_evidence, instancePath + "/cycles_evidence")) {
        vErrors = join(vErrors, accept55.errors);
        errors = vErrors.length;
      }
    }
  } else {
    vErrors = add(vErrors, instancePath, "type", { type: "object" });
    errors++;
  }
  accept112.errors = vErrors;
  return errors === 0;
}

/** One problem that a validator found. */
export interface Problem {
  /** A JSON pointer to the value. */
  readonly instancePath: string;
  /** The rule of the schema that the value breaks. */
  readonly keyword: string;
  readonly params: Readonly<Record<string, unknown>>;
}

/** Says whether a value fits. After a call that returned false, `errors` says why. */
export interface Validator<T = unknown> {
  (value: unknown): value is T;
  errors?: readonly Problem[] | null;
}

type Requested<Id extends keyof OperationTypes> = OperationTypes[Id]["request"] extends undefined ? never : `${Id}Request`;

/** Strict for parameters and requests; for responses, tolerant of what a newer server may send. */
export const validators: {
  readonly [Id in keyof OperationTypes as `${Id}Parameters`]: Validator<OperationTypes[Id]["parameters"]>;
} & {
  readonly [Id in keyof OperationTypes as Requested<Id>]: Validator<OperationTypes[Id]["request"]>;
} & {
  readonly [Id in keyof OperationTypes as `${Id}Response`]: Validator<OperationTypes[Id]["response"]>;
} & {
  readonly ErrorResponse: Validator<components["schemas"]["ErrorResponse"]>;
} = {
  decideParameters,
  decideRequest,
  decideResponse,
  createReservationParameters: decideParameters,
  createReservationRequest,
  createReservationResponse,
  listReservationsParameters,
  listReservationsResponse,
  getReservationParameters,
  getReservationResponse,
  commitReservationParameters: getReservationParameters,
  commitReservationRequest,
  commitReservationResponse,
  releaseReservationParameters: getReservationParameters,
  releaseReservationRequest,
  releaseReservationResponse,
  extendReservationParameters: getReservationParameters,
  extendReservationRequest,
  extendReservationResponse,
  getBalancesParameters,
  getBalancesResponse,
  createEventParameters: decideParameters,
  createEventRequest,
  createEventResponse,
  getEvidenceParameters,
  getEvidenceResponse,
  getEvidenceJwksParameters: decideParameters,
  getEvidenceJwksResponse,
  ErrorResponse,
};
