// @ts-nocheck: the code has no types of its own; the export at the end declares its type.
// Generated from the contract in openapi/ by `npm run generate`. Do not edit.

import type { components } from "./paths.js";
import type { Validator } from "./validators.js";

const isObject = (value) => typeof value == "object" && value !== null && !Array.isArray(value);

const { isInteger } = Number;

/** Adds a problem. */
const add = (found, instancePath, keyword, params) => {
  found.push({ instancePath, keyword, params });
};

/** A validator from a function that adds the problems of a value. */
const validator = (check): Validator<any> => {
  const validate = (value) => {
    const found = [];
    check(value, "", found);
    validate.errors = found.length > 0 ? found : null;
    return found.length === 0;
  };
  return validate;
};

/** The length in characters, as JSON Schema counts them: a surrogate pair is one. */
const lengthOf = (text) => (/[\ud800-\udbff]/.test(text) ? [...text].length : text.length);

/** A key as a step of a JSON pointer. */
const step = (key) => "/" + key.replace(/~/g, "~0").replace(/\//g, "~1");

const required = (value, missingProperty, found, path) => {
  if (value === undefined) add(found, path, "required", { missingProperty });
};

const wrong = (found, path, type) => add(found, path, "type", { type });

const string = (value, path, found) => {
  if (typeof value != "string") wrong(found, path, "string");
};

const among = (value, found, path, allowedValues) => {
  if (!allowedValues.includes(value)) add(found, path, "enum", { allowedValues });
};

// Each of the following checks a field. A field that is absent fits.

const inner = (value, step, found, path, check) => {
  if (value !== undefined) check(value, path + step, found);
};

/** Whether a value is text. */
const isText = (value, step, found, path) => {
  if (typeof value == "string") return true;
  if (value !== undefined) wrong(found, path + step, "string");
  return false;
};

const typed = (value, step, found, path, type) => {
  if (value !== undefined && typeof value !== type) wrong(found, path + step, type);
};

const items = (value, step, found, path, check, most = Infinity) => {
  if (value === undefined) return;
  if (!Array.isArray(value)) return wrong(found, path + step, "array");
  const place = path + step + "/";
  for (let index = 0; index < value.length && found.length < most; index++) check(value[index], place + index, found);
};

const object = (value, step, found, path) => {
  if (value !== undefined && !isObject(value)) wrong(found, path + step, "object");
};

const text = (value, step, found, path, most, least) => {
  if (!isText(value, step, found, path)) return;
  if (value.length > most && lengthOf(value) > most) add(found, path + step, "maxLength", { limit: most });
  if (least > 0 && lengthOf(value) < least) add(found, path + step, "minLength", { limit: least });
};

const matching = (value, step, found, path, keyword, rule, regexp) => {
  if (isText(value, step, found, path) && !regexp.test(value)) add(found, path + step, keyword, { [keyword]: rule });
};

const listed = (value, step, found, path, allowedValues) => {
  isText(value, step, found, path);
  if (value !== undefined) among(value, found, path + step, allowedValues);
};

const integer = (value, step, found, path, most, least) => {
  if (value === undefined) return;
  if (!isInteger(value)) wrong(found, path + step, "integer");
  if (typeof value != "number" || !isFinite(value)) return;
  if (value > most) add(found, path + step, "maximum", { comparison: "<=", limit: most });
  if (value < least) add(found, path + step, "minimum", { comparison: ">=", limit: least });
};

const closed = (found, value, path, names) => {
  for (const key in value)
    if (!names.includes(key)) add(found, path, "additionalProperties", { additionalProperty: key });
};

const check = validator(accept50);

const responsePattern3 = new RegExp("^[0-9a-f]{32}$", "u");

const responsePattern4 = new RegExp("^[0-9a-f]{64}$", "u");

const responsePattern7 = new RegExp("^[0-9a-f]{128}$", "u");

function accept54(data, instancePath, found) {
  if (typeof data === "string") {
    if (lengthOf(data) > 256) {
      add(found, instancePath, "maxLength", { limit: 256 });
    }
    if (lengthOf(data) < 1) {
      add(found, instancePath, "minLength", { limit: 1 });
    }
  } else {
    wrong(found, instancePath, "string");
  }
}

function accept56(data, instancePath, found) {
  const _errs1 = found.length;
  let valid0 = false;
  const _errs2 = found.length;
  if (isObject(data)) {
    required(data.tenant, "tenant", found, instancePath);
  }
  var _valid0 = _errs2 === found.length;
  valid0 = valid0 || _valid0;
  if (!valid0) {
    const _errs3 = found.length;
    if (isObject(data)) {
      required(data.workspace, "workspace", found, instancePath);
    }
    var _valid0 = _errs3 === found.length;
    valid0 = valid0 || _valid0;
    if (!valid0) {
      const _errs4 = found.length;
      if (isObject(data)) {
        required(data.app, "app", found, instancePath);
      }
      var _valid0 = _errs4 === found.length;
      valid0 = valid0 || _valid0;
      if (!valid0) {
        const _errs5 = found.length;
        if (isObject(data)) {
          required(data.workflow, "workflow", found, instancePath);
        }
        var _valid0 = _errs5 === found.length;
        valid0 = valid0 || _valid0;
        if (!valid0) {
          const _errs6 = found.length;
          if (isObject(data)) {
            required(data.agent, "agent", found, instancePath);
          }
          var _valid0 = _errs6 === found.length;
          valid0 = valid0 || _valid0;
          if (!valid0) {
            const _errs7 = found.length;
            if (isObject(data)) {
              required(data.toolset, "toolset", found, instancePath);
            }
            var _valid0 = _errs7 === found.length;
            valid0 = valid0 || _valid0;
          }
        }
      }
    }
  }
  if (!valid0) {
    add(found, instancePath, "anyOf", {});
  } else {
    found.length = _errs1;
  }
  if (isObject(data)) {
    if (Object.keys(data).length < 1) {
      add(found, instancePath, "minProperties", { limit: 1 });
    }
    for (const key0 in data) {
      if (found.length >= 8) break;
      if (!(
        key0 === "tenant" ||
        key0 === "workspace" ||
        key0 === "app" ||
        key0 === "workflow" ||
        key0 === "agent" ||
        key0 === "toolset" ||
        key0 === "dimensions"
      )) {
        add(found, instancePath, "additionalProperties", { additionalProperty: key0 });
      }
    }
    text(data.tenant, "/tenant", found, instancePath, 128);
    text(data.workspace, "/workspace", found, instancePath, 128);
    text(data.app, "/app", found, instancePath, 128);
    text(data.workflow, "/workflow", found, instancePath, 128);
    text(data.agent, "/agent", found, instancePath, 128);
    text(data.toolset, "/toolset", found, instancePath, 128);
    if (data.dimensions !== undefined) {
      let data6 = data.dimensions;
      if (isObject(data6)) {
        if (Object.keys(data6).length > 16) {
          add(found, instancePath + "/dimensions", "maxProperties", { limit: 16 });
        }
        for (const key1 in data6) {
          if (found.length >= 8) break;
          let data7 = data6[key1];
          if (typeof data7 === "string") {
            if (lengthOf(data7) > 256) {
              add(found, instancePath + "/dimensions" + step(key1), "maxLength", { limit: 256 });
            }
          } else {
            wrong(found, instancePath + "/dimensions" + step(key1), "string");
          }
        }
      } else {
        wrong(found, instancePath + "/dimensions", "object");
      }
    }
  } else {
    wrong(found, instancePath, "object");
  }
}

function accept58(data, instancePath, found) {
  if (isObject(data)) {
    required(data.kind, "kind", found, instancePath);
    required(data.name, "name", found, instancePath);
    for (const key0 in data) {
      if (found.length >= 8) break;
      if (!(key0 === "kind" || key0 === "name" || key0 === "tags")) {
        add(found, instancePath, "additionalProperties", { additionalProperty: key0 });
      }
    }
    text(data.kind, "/kind", found, instancePath, 64);
    text(data.name, "/name", found, instancePath, 256);
    if (data.tags !== undefined) {
      let data2 = data.tags;
      if (Array.isArray(data2)) {
        if (data2.length > 10) {
          add(found, instancePath + "/tags", "maxItems", { limit: 10 });
        }
        const len0 = data2.length;
        for (let i0 = 0; i0 < len0 && found.length < 8; i0++) {
          let data3 = data2[i0];
          if (typeof data3 === "string") {
            if (lengthOf(data3) > 64) {
              add(found, instancePath + "/tags/" + i0, "maxLength", { limit: 64 });
            }
          } else {
            wrong(found, instancePath + "/tags/" + i0, "string");
          }
        }
      } else {
        wrong(found, instancePath + "/tags", "array");
      }
    }
  } else {
    wrong(found, instancePath, "object");
  }
}

function accept61(data, instancePath, found) {
  if (typeof data !== "string") {
    wrong(found, instancePath, "string");
  }
  among(data, found, instancePath, ["USD_MICROCENTS", "TOKENS", "CREDITS", "RISK_POINTS"]);
}

function accept60(data, instancePath, found) {
  if (isObject(data)) {
    required(data.unit, "unit", found, instancePath);
    required(data.amount, "amount", found, instancePath);
    for (const key0 in data) {
      if (found.length >= 8) break;
      if (!(key0 === "unit" || key0 === "amount")) {
        add(found, instancePath, "additionalProperties", { additionalProperty: key0 });
      }
    }
    inner(data.unit, "/unit", found, instancePath, accept61);
    if (data.amount !== undefined) {
      let data1 = data.amount;
      if (!isInteger(data1)) {
        wrong(found, instancePath + "/amount", "integer");
      }
      if (typeof data1 == "number" && isFinite(data1)) {
        if (data1 < 0 || isNaN(data1)) {
          add(found, instancePath + "/amount", "minimum", { comparison: ">=", limit: 0 });
        }
      }
    }
  } else {
    wrong(found, instancePath, "object");
  }
}

function accept53(data, instancePath, found) {
  if (isObject(data)) {
    required(data.idempotency_key, "idempotency_key", found, instancePath);
    required(data.subject, "subject", found, instancePath);
    required(data.action, "action", found, instancePath);
    required(data.estimate, "estimate", found, instancePath);
    for (const key0 in data) {
      if (found.length >= 8) break;
      if (!(
        key0 === "idempotency_key" ||
        key0 === "subject" ||
        key0 === "action" ||
        key0 === "estimate" ||
        key0 === "metadata"
      )) {
        add(found, instancePath, "additionalProperties", { additionalProperty: key0 });
      }
    }
    inner(data.idempotency_key, "/idempotency_key", found, instancePath, accept54);
    inner(data.subject, "/subject", found, instancePath, accept56);
    inner(data.action, "/action", found, instancePath, accept58);
    inner(data.estimate, "/estimate", found, instancePath, accept60);
    object(data.metadata, "/metadata", found, instancePath);
  } else {
    wrong(found, instancePath, "object");
  }
}

function accept66(data, instancePath, found) {
  if (typeof data !== "string") {
    wrong(found, instancePath, "string");
  }
  among(data, found, instancePath, ["ALLOW", "ALLOW_WITH_CAPS", "DENY"]);
}

function accept68(data, instancePath, found) {
  if (isObject(data)) {
    for (const key0 in data) {
      if (found.length >= 8) break;
      if (!(
        key0 === "max_tokens" ||
        key0 === "max_steps_remaining" ||
        key0 === "tool_allowlist" ||
        key0 === "tool_denylist" ||
        key0 === "cooldown_ms"
      )) {
        add(found, instancePath, "additionalProperties", { additionalProperty: key0 });
      }
    }
    if (data.max_tokens !== undefined) {
      let data0 = data.max_tokens;
      if (!isInteger(data0)) {
        wrong(found, instancePath + "/max_tokens", "integer");
      }
      if (typeof data0 == "number" && isFinite(data0)) {
        if (data0 < 0 || isNaN(data0)) {
          add(found, instancePath + "/max_tokens", "minimum", { comparison: ">=", limit: 0 });
        }
      }
    }
    if (data.max_steps_remaining !== undefined) {
      let data1 = data.max_steps_remaining;
      if (!isInteger(data1)) {
        wrong(found, instancePath + "/max_steps_remaining", "integer");
      }
      if (typeof data1 == "number" && isFinite(data1)) {
        if (data1 < 0 || isNaN(data1)) {
          add(found, instancePath + "/max_steps_remaining", "minimum", { comparison: ">=", limit: 0 });
        }
      }
    }
    if (data.tool_allowlist !== undefined) {
      let data2 = data.tool_allowlist;
      if (Array.isArray(data2)) {
        const len0 = data2.length;
        for (let i0 = 0; i0 < len0 && found.length < 8; i0++) {
          let data3 = data2[i0];
          if (typeof data3 === "string") {
            if (lengthOf(data3) > 256) {
              add(found, instancePath + "/tool_allowlist/" + i0, "maxLength", { limit: 256 });
            }
          } else {
            wrong(found, instancePath + "/tool_allowlist/" + i0, "string");
          }
        }
      } else {
        wrong(found, instancePath + "/tool_allowlist", "array");
      }
    }
    if (data.tool_denylist !== undefined) {
      let data4 = data.tool_denylist;
      if (Array.isArray(data4)) {
        const len1 = data4.length;
        for (let i1 = 0; i1 < len1 && found.length < 8; i1++) {
          let data5 = data4[i1];
          if (typeof data5 === "string") {
            if (lengthOf(data5) > 256) {
              add(found, instancePath + "/tool_denylist/" + i1, "maxLength", { limit: 256 });
            }
          } else {
            wrong(found, instancePath + "/tool_denylist/" + i1, "string");
          }
        }
      } else {
        wrong(found, instancePath + "/tool_denylist", "array");
      }
    }
    if (data.cooldown_ms !== undefined) {
      let data6 = data.cooldown_ms;
      if (!isInteger(data6)) {
        wrong(found, instancePath + "/cooldown_ms", "integer");
      }
      if (typeof data6 == "number" && isFinite(data6)) {
        if (data6 < 0 || isNaN(data6)) {
          add(found, instancePath + "/cooldown_ms", "minimum", { comparison: ">=", limit: 0 });
        }
      }
    }
  } else {
    wrong(found, instancePath, "object");
  }
}

function accept70(data, instancePath, found) {
  if (typeof data === "string") {
    if (lengthOf(data) > 128) {
      add(found, instancePath, "maxLength", { limit: 128 });
    }
  } else {
    wrong(found, instancePath, "string");
  }
}

function accept72(data, instancePath, found) {
  if (isObject(data)) {
    required(data.evidence_id, "evidence_id", found, instancePath);
    required(data.cycles_evidence_url, "cycles_evidence_url", found, instancePath);
    for (const key0 in data) {
      if (found.length >= 8) break;
      if (!(key0 === "evidence_id" || key0 === "cycles_evidence_url")) {
        add(found, instancePath, "additionalProperties", { additionalProperty: key0 });
      }
    }
    if (data.evidence_id !== undefined) {
      let data0 = data.evidence_id;
      if (typeof data0 === "string") {
        if (!responsePattern4.test(data0)) {
          add(found, instancePath + "/evidence_id", "pattern", { pattern: "^[0-9a-f]{64}$" });
        }
      } else {
        wrong(found, instancePath + "/evidence_id", "string");
      }
    }
    typed(data.cycles_evidence_url, "/cycles_evidence_url", found, instancePath, "string");
  } else {
    wrong(found, instancePath, "object");
  }
}

function accept65(data, instancePath, found) {
  if (isObject(data)) {
    required(data.decision, "decision", found, instancePath);
    for (const key0 in data) {
      if (found.length >= 8) break;
      if (!(
        key0 === "decision" ||
        key0 === "caps" ||
        key0 === "reason_code" ||
        key0 === "retry_after_ms" ||
        key0 === "affected_scopes" ||
        key0 === "cycles_evidence"
      )) {
        add(found, instancePath, "additionalProperties", { additionalProperty: key0 });
      }
    }
    inner(data.decision, "/decision", found, instancePath, accept66);
    inner(data.caps, "/caps", found, instancePath, accept68);
    inner(data.reason_code, "/reason_code", found, instancePath, accept70);
    if (data.retry_after_ms !== undefined) {
      let data3 = data.retry_after_ms;
      if (!isInteger(data3)) {
        wrong(found, instancePath + "/retry_after_ms", "integer");
      }
      if (typeof data3 == "number" && isFinite(data3)) {
        if (data3 < 0 || isNaN(data3)) {
          add(found, instancePath + "/retry_after_ms", "minimum", { comparison: ">=", limit: 0 });
        }
      }
    }
    items(data.affected_scopes, "/affected_scopes", found, instancePath, string, 8);
    inner(data.cycles_evidence, "/cycles_evidence", found, instancePath, accept72);
  } else {
    wrong(found, instancePath, "object");
  }
}

function accept52(data, instancePath, found) {
  if (isObject(data)) {
    required(data.request, "request", found, instancePath);
    required(data.response, "response", found, instancePath);
    for (const key0 in data) {
      if (found.length >= 8) break;
      if (!(key0 === "request" || key0 === "response")) {
        add(found, instancePath, "additionalProperties", { additionalProperty: key0 });
      }
    }
    inner(data.request, "/request", found, instancePath, accept53);
    if (data.response !== undefined) {
      let data1 = data.response;
      accept65(data1, instancePath + "/response", found);
      const _errs4 = found.length;
      const _errs5 = found.length;
      if (isObject(data1)) {
        let missing0;
        if (data1.cycles_evidence === undefined && (missing0 = "cycles_evidence")) {
          add(found, "", "", {});
        }
      }
      var valid1 = _errs5 === found.length;
      if (valid1) {
        add(found, instancePath + "/response", "not", {});
      } else {
        found.length = _errs4;
      }
      const _errs6 = found.length;
      let valid2 = true;
      const _errs7 = found.length;
      if (isObject(data1)) {
        if (data1.decision !== undefined) {
          if ("ALLOW_WITH_CAPS" !== data1.decision) {
            add(found, "", "", {});
          }
        }
      }
      var _valid0 = _errs7 === found.length;
      found.length = _errs6;
      let ifClause0;
      if (_valid0) {
        const _errs9 = found.length;
        if (isObject(data1)) {
          required(data1.caps, "caps", found, instancePath + "/response");
        }
        var _valid0 = _errs9 === found.length;
        valid2 = _valid0;
        ifClause0 = "then";
      } else {
        const _errs10 = found.length;
        const _errs11 = found.length;
        const _errs12 = found.length;
        if (isObject(data1)) {
          let missing1;
          if (data1.caps === undefined && (missing1 = "caps")) {
            add(found, "", "", {});
          }
        }
        var valid4 = _errs12 === found.length;
        if (valid4) {
          add(found, instancePath + "/response", "not", {});
        } else {
          found.length = _errs11;
        }
        var _valid0 = _errs10 === found.length;
        valid2 = _valid0;
        ifClause0 = "else";
      }
      if (!valid2) {
        add(found, instancePath + "/response", "if", { failingKeyword: ifClause0 });
      }
    }
  } else {
    wrong(found, instancePath, "object");
  }
}

function accept82(data, instancePath, found) {
  if (typeof data !== "string") {
    wrong(found, instancePath, "string");
  }
  among(data, found, instancePath, ["REJECT", "ALLOW_IF_AVAILABLE", "ALLOW_WITH_OVERDRAFT"]);
}

function accept77(data, instancePath, found) {
  if (isObject(data)) {
    required(data.idempotency_key, "idempotency_key", found, instancePath);
    required(data.subject, "subject", found, instancePath);
    required(data.action, "action", found, instancePath);
    required(data.estimate, "estimate", found, instancePath);
    for (const key0 in data) {
      if (found.length >= 8) break;
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
        add(found, instancePath, "additionalProperties", { additionalProperty: key0 });
      }
    }
    inner(data.idempotency_key, "/idempotency_key", found, instancePath, accept54);
    inner(data.subject, "/subject", found, instancePath, accept56);
    inner(data.action, "/action", found, instancePath, accept58);
    inner(data.estimate, "/estimate", found, instancePath, accept60);
    integer(data.ttl_ms, "/ttl_ms", found, instancePath, 86400000, 1000);
    integer(data.grace_period_ms, "/grace_period_ms", found, instancePath, 60000, 0);
    inner(data.overage_policy, "/overage_policy", found, instancePath, accept82);
    typed(data.dry_run, "/dry_run", found, instancePath, "boolean");
    object(data.metadata, "/metadata", found, instancePath);
  } else {
    wrong(found, instancePath, "object");
  }
}

function accept90(data, instancePath, found) {
  if (isObject(data)) {
    required(data.unit, "unit", found, instancePath);
    required(data.amount, "amount", found, instancePath);
    for (const key0 in data) {
      if (found.length >= 8) break;
      if (!(key0 === "unit" || key0 === "amount")) {
        add(found, instancePath, "additionalProperties", { additionalProperty: key0 });
      }
    }
    inner(data.unit, "/unit", found, instancePath, accept61);
    integer(data.amount, "/amount", found, instancePath);
  } else {
    wrong(found, instancePath, "object");
  }
}

function accept89(data, instancePath, found) {
  if (isObject(data)) {
    required(data.scope, "scope", found, instancePath);
    required(data.scope_path, "scope_path", found, instancePath);
    required(data.remaining, "remaining", found, instancePath);
    for (const key0 in data) {
      if (found.length >= 8) break;
      if (
        ![
          "scope",
          "scope_path",
          "remaining",
          "reserved",
          "spent",
          "debt",
          "allocated",
          "overdraft_limit",
          "is_over_limit",
        ].includes(key0)
      ) {
        add(found, instancePath, "additionalProperties", { additionalProperty: key0 });
      }
    }
    typed(data.scope, "/scope", found, instancePath, "string");
    typed(data.scope_path, "/scope_path", found, instancePath, "string");
    inner(data.remaining, "/remaining", found, instancePath, accept90);
    inner(data.reserved, "/reserved", found, instancePath, accept60);
    inner(data.spent, "/spent", found, instancePath, accept60);
    inner(data.debt, "/debt", found, instancePath, accept60);
    inner(data.allocated, "/allocated", found, instancePath, accept60);
    inner(data.overdraft_limit, "/overdraft_limit", found, instancePath, accept60);
    typed(data.is_over_limit, "/is_over_limit", found, instancePath, "boolean");
  } else {
    wrong(found, instancePath, "object");
  }
}

function accept85(data, instancePath, found) {
  if (isObject(data)) {
    required(data.decision, "decision", found, instancePath);
    required(data.affected_scopes, "affected_scopes", found, instancePath);
    for (const key0 in data) {
      if (found.length >= 8) break;
      if (
        ![
          "decision",
          "reservation_id",
          "reserved",
          "expires_at_ms",
          "remaining_ttl_ms",
          "scope_path",
          "affected_scopes",
          "caps",
          "balances",
          "reason_code",
          "retry_after_ms",
          "cycles_evidence",
        ].includes(key0)
      ) {
        add(found, instancePath, "additionalProperties", { additionalProperty: key0 });
      }
    }
    inner(data.decision, "/decision", found, instancePath, accept66);
    typed(data.reservation_id, "/reservation_id", found, instancePath, "string");
    inner(data.reserved, "/reserved", found, instancePath, accept60);
    if (data.expires_at_ms !== undefined) {
      let data3 = data.expires_at_ms;
      if (!isInteger(data3)) {
        wrong(found, instancePath + "/expires_at_ms", "integer");
      }
      if (typeof data3 == "number" && isFinite(data3)) {
        if (data3 < 0 || isNaN(data3)) {
          add(found, instancePath + "/expires_at_ms", "minimum", { comparison: ">=", limit: 0 });
        }
      }
    }
    if (data.remaining_ttl_ms !== undefined) {
      let data4 = data.remaining_ttl_ms;
      if (!isInteger(data4)) {
        wrong(found, instancePath + "/remaining_ttl_ms", "integer");
      }
      if (typeof data4 == "number" && isFinite(data4)) {
        if (data4 < 0 || isNaN(data4)) {
          add(found, instancePath + "/remaining_ttl_ms", "minimum", { comparison: ">=", limit: 0 });
        }
      }
    }
    typed(data.scope_path, "/scope_path", found, instancePath, "string");
    items(data.affected_scopes, "/affected_scopes", found, instancePath, string, 8);
    inner(data.caps, "/caps", found, instancePath, accept68);
    items(data.balances, "/balances", found, instancePath, accept89, 8);
    inner(data.reason_code, "/reason_code", found, instancePath, accept70);
    if (data.retry_after_ms !== undefined) {
      let data12 = data.retry_after_ms;
      if (!isInteger(data12)) {
        wrong(found, instancePath + "/retry_after_ms", "integer");
      }
      if (typeof data12 == "number" && isFinite(data12)) {
        if (data12 < 0 || isNaN(data12)) {
          add(found, instancePath + "/retry_after_ms", "minimum", { comparison: ">=", limit: 0 });
        }
      }
    }
    inner(data.cycles_evidence, "/cycles_evidence", found, instancePath, accept72);
  } else {
    wrong(found, instancePath, "object");
  }
}

function accept76(data, instancePath, found) {
  const _errs1 = found.length;
  let valid0 = true;
  const _errs2 = found.length;
  if (isObject(data)) {
    if (data.request !== undefined) {
      let data0 = data.request;
      if (isObject(data0)) {
        let missing0;
        if (data0.dry_run === undefined && (missing0 = "dry_run")) {
          add(found, "", "", {});
        } else {
          if (data0.dry_run !== undefined) {
            if (true !== data0.dry_run) {
              add(found, "", "", {});
            }
          }
        }
      }
    }
  }
  var _valid0 = _errs2 === found.length;
  found.length = _errs1;
  let ifClause0;
  if (_valid0) {
    const _errs5 = found.length;
    if (isObject(data)) {
      if (data.response !== undefined) {
        let data2 = data.response;
        const _errs7 = found.length;
        const _errs8 = found.length;
        const _errs9 = found.length;
        let valid5 = false;
        const _errs10 = found.length;
        if (isObject(data2)) {
          let missing1;
          if (data2.reservation_id === undefined && (missing1 = "reservation_id")) {
            add(found, "", "", {});
          }
        }
        var _valid1 = _errs10 === found.length;
        valid5 = valid5 || _valid1;
        if (!valid5) {
          const _errs11 = found.length;
          if (isObject(data2)) {
            let missing2;
            if (data2.expires_at_ms === undefined && (missing2 = "expires_at_ms")) {
              add(found, "", "", {});
            }
          }
          var _valid1 = _errs11 === found.length;
          valid5 = valid5 || _valid1;
        }
        if (!valid5) {
          add(found, "", "", {});
        } else {
          found.length = _errs9;
        }
        var valid4 = _errs8 === found.length;
        if (valid4) {
          add(found, instancePath + "/response", "not", {});
        } else {
          found.length = _errs7;
        }
      }
    }
    var _valid0 = _errs5 === found.length;
    valid0 = _valid0;
    ifClause0 = "then";
  } else {
    const _errs12 = found.length;
    if (isObject(data)) {
      if (data.response !== undefined) {
        let data3 = data.response;
        if (isObject(data3)) {
          required(data3.reservation_id, "reservation_id", found, instancePath + "/response");
          if (data3.decision !== undefined) {
            let data4 = data3.decision;
            among(data4, found, instancePath + "/response/decision", ["ALLOW", "ALLOW_WITH_CAPS"]);
          }
        }
      }
    }
    var _valid0 = _errs12 === found.length;
    valid0 = _valid0;
    ifClause0 = "else";
  }
  if (!valid0) {
    add(found, instancePath, "if", { failingKeyword: ifClause0 });
  }
  if (isObject(data)) {
    required(data.request, "request", found, instancePath);
    required(data.response, "response", found, instancePath);
    for (const key0 in data) {
      if (found.length >= 8) break;
      if (!(key0 === "request" || key0 === "response")) {
        add(found, instancePath, "additionalProperties", { additionalProperty: key0 });
      }
    }
    inner(data.request, "/request", found, instancePath, accept77);
    if (data.response !== undefined) {
      let data6 = data.response;
      accept85(data6, instancePath + "/response", found);
      const _errs18 = found.length;
      const _errs19 = found.length;
      const _errs20 = found.length;
      let valid10 = false;
      const _errs21 = found.length;
      if (isObject(data6)) {
        let missing3;
        if (data6.cycles_evidence === undefined && (missing3 = "cycles_evidence")) {
          add(found, "", "", {});
        }
      }
      var _valid2 = _errs21 === found.length;
      valid10 = valid10 || _valid2;
      if (!valid10) {
        const _errs22 = found.length;
        if (isObject(data6)) {
          let missing4;
          if (data6.remaining_ttl_ms === undefined && (missing4 = "remaining_ttl_ms")) {
            add(found, "", "", {});
          }
        }
        var _valid2 = _errs22 === found.length;
        valid10 = valid10 || _valid2;
      }
      if (!valid10) {
        add(found, "", "", {});
      } else {
        found.length = _errs20;
      }
      var valid9 = _errs19 === found.length;
      if (valid9) {
        add(found, instancePath + "/response", "not", {});
      } else {
        found.length = _errs18;
      }
      const _errs23 = found.length;
      let valid11 = true;
      const _errs24 = found.length;
      if (isObject(data6)) {
        if (data6.decision !== undefined) {
          if ("ALLOW_WITH_CAPS" !== data6.decision) {
            add(found, "", "", {});
          }
        }
      }
      var _valid3 = _errs24 === found.length;
      found.length = _errs23;
      let ifClause1;
      if (_valid3) {
        const _errs26 = found.length;
        if (isObject(data6)) {
          required(data6.caps, "caps", found, instancePath + "/response");
        }
        var _valid3 = _errs26 === found.length;
        valid11 = _valid3;
        ifClause1 = "then";
      } else {
        const _errs27 = found.length;
        const _errs28 = found.length;
        const _errs29 = found.length;
        if (isObject(data6)) {
          let missing5;
          if (data6.caps === undefined && (missing5 = "caps")) {
            add(found, "", "", {});
          }
        }
        var valid13 = _errs29 === found.length;
        if (valid13) {
          add(found, instancePath + "/response", "not", {});
        } else {
          found.length = _errs28;
        }
        var _valid3 = _errs27 === found.length;
        valid11 = _valid3;
        ifClause1 = "else";
      }
      if (!valid11) {
        add(found, instancePath + "/response", "if", { failingKeyword: ifClause1 });
      }
    }
  } else {
    wrong(found, instancePath, "object");
  }
}

function accept107(data, instancePath, found) {
  if (isObject(data)) {
    for (const key0 in data) {
      if (found.length >= 8) break;
      if (!(
        key0 === "tokens_input" ||
        key0 === "tokens_output" ||
        key0 === "latency_ms" ||
        key0 === "model_version" ||
        key0 === "custom"
      )) {
        add(found, instancePath, "additionalProperties", { additionalProperty: key0 });
      }
    }
    if (data.tokens_input !== undefined) {
      let data0 = data.tokens_input;
      if (!isInteger(data0)) {
        wrong(found, instancePath + "/tokens_input", "integer");
      }
      if (typeof data0 == "number" && isFinite(data0)) {
        if (data0 < 0 || isNaN(data0)) {
          add(found, instancePath + "/tokens_input", "minimum", { comparison: ">=", limit: 0 });
        }
      }
    }
    if (data.tokens_output !== undefined) {
      let data1 = data.tokens_output;
      if (!isInteger(data1)) {
        wrong(found, instancePath + "/tokens_output", "integer");
      }
      if (typeof data1 == "number" && isFinite(data1)) {
        if (data1 < 0 || isNaN(data1)) {
          add(found, instancePath + "/tokens_output", "minimum", { comparison: ">=", limit: 0 });
        }
      }
    }
    if (data.latency_ms !== undefined) {
      let data2 = data.latency_ms;
      if (!isInteger(data2)) {
        wrong(found, instancePath + "/latency_ms", "integer");
      }
      if (typeof data2 == "number" && isFinite(data2)) {
        if (data2 < 0 || isNaN(data2)) {
          add(found, instancePath + "/latency_ms", "minimum", { comparison: ">=", limit: 0 });
        }
      }
    }
    text(data.model_version, "/model_version", found, instancePath, 128);
    object(data.custom, "/custom", found, instancePath);
  } else {
    wrong(found, instancePath, "object");
  }
}

function accept104(data, instancePath, found) {
  if (isObject(data)) {
    required(data.idempotency_key, "idempotency_key", found, instancePath);
    required(data.actual, "actual", found, instancePath);
    for (const key0 in data) {
      if (found.length >= 8) break;
      if (!(key0 === "idempotency_key" || key0 === "actual" || key0 === "metrics" || key0 === "metadata")) {
        add(found, instancePath, "additionalProperties", { additionalProperty: key0 });
      }
    }
    inner(data.idempotency_key, "/idempotency_key", found, instancePath, accept54);
    inner(data.actual, "/actual", found, instancePath, accept60);
    inner(data.metrics, "/metrics", found, instancePath, accept107);
    object(data.metadata, "/metadata", found, instancePath);
  } else {
    wrong(found, instancePath, "object");
  }
}

function accept110(data, instancePath, found) {
  if (isObject(data)) {
    required(data.status, "status", found, instancePath);
    required(data.charged, "charged", found, instancePath);
    for (const key0 in data) {
      if (found.length >= 8) break;
      if (!(
        key0 === "status" ||
        key0 === "charged" ||
        key0 === "released" ||
        key0 === "balances" ||
        key0 === "cycles_evidence"
      )) {
        add(found, instancePath, "additionalProperties", { additionalProperty: key0 });
      }
    }
    listed(data.status, "/status", found, instancePath, ["COMMITTED"]);
    inner(data.charged, "/charged", found, instancePath, accept60);
    inner(data.released, "/released", found, instancePath, accept60);
    items(data.balances, "/balances", found, instancePath, accept89, 8);
    inner(data.cycles_evidence, "/cycles_evidence", found, instancePath, accept72);
  } else {
    wrong(found, instancePath, "object");
  }
}

function accept103(data, instancePath, found) {
  if (isObject(data)) {
    required(data.reservation_id, "reservation_id", found, instancePath);
    required(data.request, "request", found, instancePath);
    required(data.response, "response", found, instancePath);
    for (const key0 in data) {
      if (found.length >= 8) break;
      if (!(key0 === "reservation_id" || key0 === "request" || key0 === "response")) {
        add(found, instancePath, "additionalProperties", { additionalProperty: key0 });
      }
    }
    typed(data.reservation_id, "/reservation_id", found, instancePath, "string");
    inner(data.request, "/request", found, instancePath, accept104);
    if (data.response !== undefined) {
      let data2 = data.response;
      accept110(data2, instancePath + "/response", found);
      const _errs6 = found.length;
      const _errs7 = found.length;
      if (isObject(data2)) {
        let missing0;
        if (data2.cycles_evidence === undefined && (missing0 = "cycles_evidence")) {
          add(found, "", "", {});
        }
      }
      var valid1 = _errs7 === found.length;
      if (valid1) {
        add(found, instancePath + "/response", "not", {});
      } else {
        found.length = _errs6;
      }
    }
  } else {
    wrong(found, instancePath, "object");
  }
}

function accept118(data, instancePath, found) {
  if (isObject(data)) {
    required(data.idempotency_key, "idempotency_key", found, instancePath);
    for (const key0 in data) {
      if (found.length >= 8) break;
      if (!(key0 === "idempotency_key" || key0 === "reason")) {
        add(found, instancePath, "additionalProperties", { additionalProperty: key0 });
      }
    }
    inner(data.idempotency_key, "/idempotency_key", found, instancePath, accept54);
    text(data.reason, "/reason", found, instancePath, 256);
  } else {
    wrong(found, instancePath, "object");
  }
}

function accept121(data, instancePath, found) {
  if (isObject(data)) {
    required(data.status, "status", found, instancePath);
    required(data.released, "released", found, instancePath);
    for (const key0 in data) {
      if (found.length >= 8) break;
      if (!(key0 === "status" || key0 === "released" || key0 === "balances" || key0 === "cycles_evidence")) {
        add(found, instancePath, "additionalProperties", { additionalProperty: key0 });
      }
    }
    listed(data.status, "/status", found, instancePath, ["RELEASED"]);
    inner(data.released, "/released", found, instancePath, accept60);
    items(data.balances, "/balances", found, instancePath, accept89, 8);
    inner(data.cycles_evidence, "/cycles_evidence", found, instancePath, accept72);
  } else {
    wrong(found, instancePath, "object");
  }
}

function accept117(data, instancePath, found) {
  if (isObject(data)) {
    required(data.reservation_id, "reservation_id", found, instancePath);
    required(data.request, "request", found, instancePath);
    required(data.response, "response", found, instancePath);
    for (const key0 in data) {
      if (found.length >= 8) break;
      if (!(key0 === "reservation_id" || key0 === "request" || key0 === "response")) {
        add(found, instancePath, "additionalProperties", { additionalProperty: key0 });
      }
    }
    typed(data.reservation_id, "/reservation_id", found, instancePath, "string");
    inner(data.request, "/request", found, instancePath, accept118);
    if (data.response !== undefined) {
      let data2 = data.response;
      accept121(data2, instancePath + "/response", found);
      const _errs6 = found.length;
      const _errs7 = found.length;
      if (isObject(data2)) {
        let missing0;
        if (data2.cycles_evidence === undefined && (missing0 = "cycles_evidence")) {
          add(found, "", "", {});
        }
      }
      var valid1 = _errs7 === found.length;
      if (valid1) {
        add(found, instancePath + "/response", "not", {});
      } else {
        found.length = _errs6;
      }
    }
  } else {
    wrong(found, instancePath, "object");
  }
}

function accept133(data, instancePath, found) {
  if (typeof data !== "string") {
    wrong(found, instancePath, "string");
  }
  among(data, found, instancePath, [
    "INVALID_REQUEST",
    "UNAUTHORIZED",
    "FORBIDDEN",
    "NOT_FOUND",
    "BUDGET_EXCEEDED",
    "BUDGET_FROZEN",
    "BUDGET_CLOSED",
    "RESERVATION_EXPIRED",
    "RESERVATION_FINALIZED",
    "IDEMPOTENCY_MISMATCH",
    "UNIT_MISMATCH",
    "OVERDRAFT_LIMIT_EXCEEDED",
    "DEBT_OUTSTANDING",
    "MAX_EXTENSIONS_EXCEEDED",
    "LIMIT_EXCEEDED",
    "TENANT_CLOSED",
    "INTERNAL_ERROR",
  ]);
}

function accept132(data, instancePath, found) {
  if (isObject(data)) {
    required(data.error, "error", found, instancePath);
    required(data.message, "message", found, instancePath);
    required(data.request_id, "request_id", found, instancePath);
    for (const key0 in data) {
      if (found.length >= 8) break;
      if (!(
        key0 === "error" ||
        key0 === "message" ||
        key0 === "request_id" ||
        key0 === "trace_id" ||
        key0 === "details" ||
        key0 === "cycles_evidence"
      )) {
        add(found, instancePath, "additionalProperties", { additionalProperty: key0 });
      }
    }
    inner(data.error, "/error", found, instancePath, accept133);
    typed(data.message, "/message", found, instancePath, "string");
    typed(data.request_id, "/request_id", found, instancePath, "string");
    if (data.trace_id !== undefined) {
      let data3 = data.trace_id;
      if (typeof data3 === "string") {
        if (!responsePattern3.test(data3)) {
          add(found, instancePath + "/trace_id", "pattern", { pattern: "^[0-9a-f]{32}$" });
        }
      } else {
        wrong(found, instancePath + "/trace_id", "string");
      }
    }
    object(data.details, "/details", found, instancePath);
    inner(data.cycles_evidence, "/cycles_evidence", found, instancePath, accept72);
  } else {
    wrong(found, instancePath, "object");
  }
}

function accept127(data, instancePath, found) {
  const _errs2 = found.length;
  let valid1 = true;
  const _errs3 = found.length;
  if (isObject(data)) {
    if (data.endpoint !== undefined) {
      if ("POST /v1/decide" !== data.endpoint) {
        add(found, "", "", {});
      }
    }
  }
  var _valid0 = _errs3 === found.length;
  found.length = _errs2;
  if (_valid0) {
    const _errs5 = found.length;
    const _errs6 = found.length;
    const _errs7 = found.length;
    if (isObject(data)) {
      let missing0;
      if (data.reservation_id === undefined && (missing0 = "reservation_id")) {
        add(found, "", "", {});
      }
    }
    var valid3 = _errs7 === found.length;
    if (valid3) {
      add(found, instancePath, "not", {});
    } else {
      found.length = _errs6;
    }
    if (isObject(data)) {
      inner(data.request, "/request", found, instancePath, accept53);
    }
    var _valid0 = _errs5 === found.length;
    valid1 = _valid0;
  }
  if (!valid1) {
    add(found, instancePath, "if", { failingKeyword: "then" });
  }
  const _errs10 = found.length;
  let valid5 = true;
  const _errs11 = found.length;
  if (isObject(data)) {
    if (data.endpoint !== undefined) {
      if ("POST /v1/reservations" !== data.endpoint) {
        add(found, "", "", {});
      }
    }
  }
  var _valid1 = _errs11 === found.length;
  found.length = _errs10;
  if (_valid1) {
    const _errs13 = found.length;
    const _errs14 = found.length;
    const _errs15 = found.length;
    if (isObject(data)) {
      let missing1;
      if (data.reservation_id === undefined && (missing1 = "reservation_id")) {
        add(found, "", "", {});
      }
    }
    var valid7 = _errs15 === found.length;
    if (valid7) {
      add(found, instancePath, "not", {});
    } else {
      found.length = _errs14;
    }
    if (isObject(data)) {
      inner(data.request, "/request", found, instancePath, accept77);
    }
    var _valid1 = _errs13 === found.length;
    valid5 = _valid1;
  }
  if (!valid5) {
    add(found, instancePath, "if", { failingKeyword: "then" });
  }
  const _errs18 = found.length;
  let valid9 = true;
  const _errs19 = found.length;
  if (isObject(data)) {
    if (data.endpoint !== undefined) {
      if ("POST /v1/reservations/{reservation_id}/commit" !== data.endpoint) {
        add(found, "", "", {});
      }
    }
  }
  var _valid2 = _errs19 === found.length;
  found.length = _errs18;
  if (_valid2) {
    const _errs21 = found.length;
    if (isObject(data)) {
      required(data.reservation_id, "reservation_id", found, instancePath);
      inner(data.request, "/request", found, instancePath, accept104);
    }
    var _valid2 = _errs21 === found.length;
    valid9 = _valid2;
  }
  if (!valid9) {
    add(found, instancePath, "if", { failingKeyword: "then" });
  }
  const _errs24 = found.length;
  let valid12 = true;
  const _errs25 = found.length;
  if (isObject(data)) {
    if (data.endpoint !== undefined) {
      if ("POST /v1/reservations/{reservation_id}/release" !== data.endpoint) {
        add(found, "", "", {});
      }
    }
  }
  var _valid3 = _errs25 === found.length;
  found.length = _errs24;
  if (_valid3) {
    const _errs27 = found.length;
    if (isObject(data)) {
      required(data.reservation_id, "reservation_id", found, instancePath);
      inner(data.request, "/request", found, instancePath, accept118);
    }
    var _valid3 = _errs27 === found.length;
    valid12 = _valid3;
  }
  if (!valid12) {
    add(found, instancePath, "if", { failingKeyword: "then" });
  }
  if (isObject(data)) {
    required(data.endpoint, "endpoint", found, instancePath);
    required(data.http_status, "http_status", found, instancePath);
    required(data.response, "response", found, instancePath);
    for (const key0 in data) {
      if (found.length >= 8) break;
      if (!(
        key0 === "endpoint" ||
        key0 === "http_status" ||
        key0 === "reservation_id" ||
        key0 === "request" ||
        key0 === "response"
      )) {
        add(found, instancePath, "additionalProperties", { additionalProperty: key0 });
      }
    }
    listed(data.endpoint, "/endpoint", found, instancePath, [
      "POST /v1/decide",
      "POST /v1/reservations",
      "POST /v1/reservations/{reservation_id}/commit",
      "POST /v1/reservations/{reservation_id}/release",
    ]);
    integer(data.http_status, "/http_status", found, instancePath, 599, 400);
    typed(data.reservation_id, "/reservation_id", found, instancePath, "string");
    object(data.request, "/request", found, instancePath);
    if (data.response !== undefined) {
      let data12 = data.response;
      accept132(data12, instancePath + "/response", found);
      const _errs39 = found.length;
      const _errs40 = found.length;
      if (isObject(data12)) {
        let missing2;
        if (data12.cycles_evidence === undefined && (missing2 = "cycles_evidence")) {
          add(found, "", "", {});
        }
      }
      var valid16 = _errs40 === found.length;
      if (valid16) {
        add(found, instancePath + "/response", "not", {});
      } else {
        found.length = _errs39;
      }
    }
  } else {
    wrong(found, instancePath, "object");
  }
}

function accept51(data, instancePath, found) {
  if (isObject(data)) {
    if (Object.keys(data).length > 1) {
      add(found, instancePath, "maxProperties", { limit: 1 });
    }
    if (Object.keys(data).length < 1) {
      add(found, instancePath, "minProperties", { limit: 1 });
    }
    for (const key0 in data) {
      if (found.length >= 8) break;
      if (!(key0 === "decide" || key0 === "reserve" || key0 === "commit" || key0 === "release" || key0 === "error")) {
        add(found, instancePath, "additionalProperties", { additionalProperty: key0 });
      }
    }
    inner(data.decide, "/decide", found, instancePath, accept52);
    inner(data.reserve, "/reserve", found, instancePath, accept76);
    inner(data.commit, "/commit", found, instancePath, accept103);
    inner(data.release, "/release", found, instancePath, accept117);
    inner(data.error, "/error", found, instancePath, accept127);
  } else {
    wrong(found, instancePath, "object");
  }
}

function accept50(data, instancePath, found) {
  if (isObject(data)) {
    required(data.schema_version, "schema_version", found, instancePath);
    required(data.artifact_type, "artifact_type", found, instancePath);
    required(data.server_id, "server_id", found, instancePath);
    required(data.signer_did, "signer_did", found, instancePath);
    required(data.issued_at_ms, "issued_at_ms", found, instancePath);
    required(data.payload, "payload", found, instancePath);
    required(data.evidence_id, "evidence_id", found, instancePath);
    required(data.signature, "signature", found, instancePath);
    for (const key0 in data) {
      if (found.length >= 8) break;
      if (
        ![
          "schema_version",
          "artifact_type",
          "server_id",
          "signer_did",
          "issued_at_ms",
          "trace_id",
          "payload",
          "evidence_id",
          "signature",
        ].includes(key0)
      ) {
        add(found, instancePath, "additionalProperties", { additionalProperty: key0 });
      }
    }
    if (data.schema_version !== undefined) {
      let data0 = data.schema_version;
      if (typeof data0 !== "string") {
        wrong(found, instancePath + "/schema_version", "string");
      }
      if ("cycles-evidence/v0.1" !== data0) {
        add(found, instancePath + "/schema_version", "const", { allowedValue: "cycles-evidence/v0.1" });
      }
    }
    listed(data.artifact_type, "/artifact_type", found, instancePath, [
      "decide",
      "reserve",
      "commit",
      "release",
      "error",
    ]);
    typed(data.server_id, "/server_id", found, instancePath, "string");
    typed(data.signer_did, "/signer_did", found, instancePath, "string");
    if (data.issued_at_ms !== undefined) {
      let data4 = data.issued_at_ms;
      if (!isInteger(data4)) {
        wrong(found, instancePath + "/issued_at_ms", "integer");
      }
      if (typeof data4 == "number" && isFinite(data4)) {
        if (data4 < 0 || isNaN(data4)) {
          add(found, instancePath + "/issued_at_ms", "minimum", { comparison: ">=", limit: 0 });
        }
      }
    }
    if (data.trace_id !== undefined) {
      let data5 = data.trace_id;
      if (typeof data5 === "string") {
        if (!responsePattern3.test(data5)) {
          add(found, instancePath + "/trace_id", "pattern", { pattern: "^[0-9a-f]{32}$" });
        }
      } else {
        wrong(found, instancePath + "/trace_id", "string");
      }
    }
    inner(data.payload, "/payload", found, instancePath, accept51);
    if (data.evidence_id !== undefined) {
      let data7 = data.evidence_id;
      if (typeof data7 === "string") {
        if (!responsePattern4.test(data7)) {
          add(found, instancePath + "/evidence_id", "pattern", { pattern: "^[0-9a-f]{64}$" });
        }
      } else {
        wrong(found, instancePath + "/evidence_id", "string");
      }
    }
    if (data.signature !== undefined) {
      let data8 = data.signature;
      if (typeof data8 === "string") {
        if (!responsePattern7.test(data8)) {
          add(found, instancePath + "/signature", "pattern", { pattern: "^[0-9a-f]{128}$" });
        }
      } else {
        wrong(found, instancePath + "/signature", "string");
      }
    }
  } else {
    wrong(found, instancePath, "object");
  }
}

/** Strict: a signed record has no other members and values than those of the contract. */
export const CyclesEvidence: Validator<components["schemas"]["CyclesEvidence"]> = check;

/** Where a server publishes the keys that verify its records. */
export const keySetPath = "/v1/.well-known/cycles-jwks.json";

/** Where a server responds with one of its records. */
export const recordPath = "/v1/evidence/{evidence_id}";
