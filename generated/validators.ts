// @ts-nocheck: the code has no types of its own; the exports at the end declare theirs.
// Generated from the contract in openapi/ by `npm run generate`. Do not edit.

import type { components, OperationTypes } from "./paths.js";

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

const decideParameters = validator(validate49);

function validate49(data, instancePath, found) {
  if (isObject(data)) {
    if (data.path !== undefined) {
      let data0 = data.path;
      if (isObject(data0)) {
        for (const key0 in data0) {
          add(found, instancePath + "/path", "additionalProperties", { additionalProperty: key0 });
        }
      } else {
        wrong(found, instancePath + "/path", "object");
      }
    }
    if (data.query !== undefined) {
      let data1 = data.query;
      if (isObject(data1)) {
        for (const key1 in data1) {
          add(found, instancePath + "/query", "additionalProperties", { additionalProperty: key1 });
        }
      } else {
        wrong(found, instancePath + "/query", "object");
      }
    }
  } else {
    wrong(found, instancePath, "object");
  }
}

const decideRequest = validator(validate51);

function validate52(data, instancePath, found) {
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

function validate54(data, instancePath, found) {
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
    closed(found, data, instancePath, ["tenant", "workspace", "app", "workflow", "agent", "toolset", "dimensions"]);
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

function validate56(data, instancePath, found) {
  if (isObject(data)) {
    required(data.kind, "kind", found, instancePath);
    required(data.name, "name", found, instancePath);
    closed(found, data, instancePath, ["kind", "name", "tags"]);
    text(data.kind, "/kind", found, instancePath, 64);
    text(data.name, "/name", found, instancePath, 256);
    if (data.tags !== undefined) {
      let data2 = data.tags;
      if (Array.isArray(data2)) {
        if (data2.length > 10) {
          add(found, instancePath + "/tags", "maxItems", { limit: 10 });
        }
        const len0 = data2.length;
        for (let i0 = 0; i0 < len0; i0++) {
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

function validate59(data, instancePath, found) {
  if (typeof data !== "string") {
    wrong(found, instancePath, "string");
  }
  among(data, found, instancePath, ["USD_MICROCENTS", "TOKENS", "CREDITS", "RISK_POINTS"]);
}

function validate58(data, instancePath, found) {
  if (isObject(data)) {
    required(data.unit, "unit", found, instancePath);
    required(data.amount, "amount", found, instancePath);
    closed(found, data, instancePath, ["unit", "amount"]);
    inner(data.unit, "/unit", found, instancePath, validate59);
    integer(data.amount, "/amount", found, instancePath, 9007199254740991, 0);
  } else {
    wrong(found, instancePath, "object");
  }
}

function validate51(data, instancePath, found) {
  if (isObject(data)) {
    required(data.idempotency_key, "idempotency_key", found, instancePath);
    required(data.subject, "subject", found, instancePath);
    required(data.action, "action", found, instancePath);
    required(data.estimate, "estimate", found, instancePath);
    closed(found, data, instancePath, ["idempotency_key", "subject", "action", "estimate", "metadata"]);
    inner(data.idempotency_key, "/idempotency_key", found, instancePath, validate52);
    inner(data.subject, "/subject", found, instancePath, validate54);
    inner(data.action, "/action", found, instancePath, validate56);
    inner(data.estimate, "/estimate", found, instancePath, validate58);
    object(data.metadata, "/metadata", found, instancePath);
  } else {
    wrong(found, instancePath, "object");
  }
}

const createReservationRequest = validator(validate62);

function validate67(data, instancePath, found) {
  if (typeof data !== "string") {
    wrong(found, instancePath, "string");
  }
  among(data, found, instancePath, ["REJECT", "ALLOW_IF_AVAILABLE", "ALLOW_WITH_OVERDRAFT"]);
}

function validate62(data, instancePath, found) {
  if (isObject(data)) {
    required(data.idempotency_key, "idempotency_key", found, instancePath);
    required(data.subject, "subject", found, instancePath);
    required(data.action, "action", found, instancePath);
    required(data.estimate, "estimate", found, instancePath);
    closed(found, data, instancePath, [
      "idempotency_key",
      "subject",
      "action",
      "estimate",
      "ttl_ms",
      "grace_period_ms",
      "overage_policy",
      "dry_run",
      "metadata",
    ]);
    inner(data.idempotency_key, "/idempotency_key", found, instancePath, validate52);
    inner(data.subject, "/subject", found, instancePath, validate54);
    inner(data.action, "/action", found, instancePath, validate56);
    inner(data.estimate, "/estimate", found, instancePath, validate58);
    integer(data.ttl_ms, "/ttl_ms", found, instancePath, 86400000, 1000);
    integer(data.grace_period_ms, "/grace_period_ms", found, instancePath, 60000, 0);
    inner(data.overage_policy, "/overage_policy", found, instancePath, validate67);
    typed(data.dry_run, "/dry_run", found, instancePath, "boolean");
    object(data.metadata, "/metadata", found, instancePath);
  } else {
    wrong(found, instancePath, "object");
  }
}

const listReservationsParameters = validator(validate69);

function validate70(data, instancePath, found) {
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

function validate72(data, instancePath, found) {
  if (typeof data !== "string") {
    wrong(found, instancePath, "string");
  }
  among(data, found, instancePath, ["ACTIVE", "COMMITTED", "RELEASED", "EXPIRED"]);
}

function validate74(data, instancePath, found) {
  if (typeof data !== "string") {
    wrong(found, instancePath, "string");
  }
  among(data, found, instancePath, ["asc", "desc"]);
}

const formats0 =
  /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])[Tt ](?:[01]\d|2[0-3]):[0-5]\d:(?:[0-5]\d|60)(?:\.\d+)?(?:[Zz]|[+-](?:[01]\d|2[0-3]):[0-5]\d)$/;

function validate69(data, instancePath, found) {
  if (isObject(data)) {
    if (data.path !== undefined) {
      let data0 = data.path;
      if (isObject(data0)) {
        for (const key0 in data0) {
          add(found, instancePath + "/path", "additionalProperties", { additionalProperty: key0 });
        }
      } else {
        wrong(found, instancePath + "/path", "object");
      }
    }
    if (data.query !== undefined) {
      let data1 = data.query;
      if (isObject(data1)) {
        closed(found, data1, instancePath + "/query", [
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
        ]);
        inner(data1.idempotency_key, "/query/idempotency_key", found, instancePath, validate70);
        inner(data1.status, "/query/status", found, instancePath, validate72);
        typed(data1.tenant, "/query/tenant", found, instancePath, "string");
        typed(data1.workspace, "/query/workspace", found, instancePath, "string");
        typed(data1.app, "/query/app", found, instancePath, "string");
        typed(data1.workflow, "/query/workflow", found, instancePath, "string");
        typed(data1.agent, "/query/agent", found, instancePath, "string");
        typed(data1.toolset, "/query/toolset", found, instancePath, "string");
        matching(data1.from, "/query/from", found, instancePath, "format", "date-time", formats0);
        matching(data1.to, "/query/to", found, instancePath, "format", "date-time", formats0);
        matching(data1.expires_from, "/query/expires_from", found, instancePath, "format", "date-time", formats0);
        matching(data1.expires_to, "/query/expires_to", found, instancePath, "format", "date-time", formats0);
        matching(data1.finalized_from, "/query/finalized_from", found, instancePath, "format", "date-time", formats0);
        matching(data1.finalized_to, "/query/finalized_to", found, instancePath, "format", "date-time", formats0);
        listed(data1.sort_by, "/query/sort_by", found, instancePath, [
          "reservation_id",
          "tenant",
          "scope_path",
          "status",
          "reserved",
          "created_at_ms",
          "expires_at_ms",
        ]);
        inner(data1.sort_dir, "/query/sort_dir", found, instancePath, validate74);
        items(data1.include, "/query/include", found, instancePath, string);
        integer(data1.limit, "/query/limit", found, instancePath, 200, 1);
        typed(data1.cursor, "/query/cursor", found, instancePath, "string");
      } else {
        wrong(found, instancePath + "/query", "object");
      }
    }
  } else {
    wrong(found, instancePath, "object");
  }
}

const getReservationParameters = validator(validate76);

function validate76(data, instancePath, found) {
  if (isObject(data)) {
    if (data.path !== undefined) {
      let data0 = data.path;
      if (isObject(data0)) {
        required(data0.reservation_id, "reservation_id", found, instancePath + "/path");
        closed(found, data0, instancePath + "/path", ["reservation_id"]);
        text(data0.reservation_id, "/path/reservation_id", found, instancePath, 128, 1);
      } else {
        wrong(found, instancePath + "/path", "object");
      }
    }
    if (data.query !== undefined) {
      let data2 = data.query;
      if (isObject(data2)) {
        for (const key1 in data2) {
          add(found, instancePath + "/query", "additionalProperties", { additionalProperty: key1 });
        }
      } else {
        wrong(found, instancePath + "/query", "object");
      }
    }
  } else {
    wrong(found, instancePath, "object");
  }
}

const commitReservationRequest = validator(validate77);

function validate80(data, instancePath, found) {
  if (isObject(data)) {
    closed(found, data, instancePath, ["tokens_input", "tokens_output", "latency_ms", "model_version", "custom"]);
    integer(data.tokens_input, "/tokens_input", found, instancePath, 9007199254740991, 0);
    integer(data.tokens_output, "/tokens_output", found, instancePath, 9007199254740991, 0);
    integer(data.latency_ms, "/latency_ms", found, instancePath, 9007199254740991, 0);
    text(data.model_version, "/model_version", found, instancePath, 128);
    object(data.custom, "/custom", found, instancePath);
  } else {
    wrong(found, instancePath, "object");
  }
}

function validate77(data, instancePath, found) {
  if (isObject(data)) {
    required(data.idempotency_key, "idempotency_key", found, instancePath);
    required(data.actual, "actual", found, instancePath);
    closed(found, data, instancePath, ["idempotency_key", "actual", "metrics", "metadata"]);
    inner(data.idempotency_key, "/idempotency_key", found, instancePath, validate52);
    inner(data.actual, "/actual", found, instancePath, validate58);
    inner(data.metrics, "/metrics", found, instancePath, validate80);
    object(data.metadata, "/metadata", found, instancePath);
  } else {
    wrong(found, instancePath, "object");
  }
}

const releaseReservationRequest = validator(validate82);

function validate82(data, instancePath, found) {
  if (isObject(data)) {
    required(data.idempotency_key, "idempotency_key", found, instancePath);
    closed(found, data, instancePath, ["idempotency_key", "reason"]);
    inner(data.idempotency_key, "/idempotency_key", found, instancePath, validate52);
    text(data.reason, "/reason", found, instancePath, 256);
  } else {
    wrong(found, instancePath, "object");
  }
}

const extendReservationRequest = validator(validate84);

function validate84(data, instancePath, found) {
  if (isObject(data)) {
    required(data.idempotency_key, "idempotency_key", found, instancePath);
    required(data.extend_by_ms, "extend_by_ms", found, instancePath);
    closed(found, data, instancePath, ["idempotency_key", "extend_by_ms", "metadata"]);
    inner(data.idempotency_key, "/idempotency_key", found, instancePath, validate52);
    integer(data.extend_by_ms, "/extend_by_ms", found, instancePath, 86400000, 1);
    object(data.metadata, "/metadata", found, instancePath);
  } else {
    wrong(found, instancePath, "object");
  }
}

const getBalancesParameters = validator(validate86);

function validate86(data, instancePath, found) {
  if (isObject(data)) {
    if (data.path !== undefined) {
      let data0 = data.path;
      if (isObject(data0)) {
        for (const key0 in data0) {
          add(found, instancePath + "/path", "additionalProperties", { additionalProperty: key0 });
        }
      } else {
        wrong(found, instancePath + "/path", "object");
      }
    }
    if (data.query !== undefined) {
      let data1 = data.query;
      if (isObject(data1)) {
        closed(found, data1, instancePath + "/query", [
          "tenant",
          "workspace",
          "app",
          "workflow",
          "agent",
          "toolset",
          "include_children",
          "limit",
          "cursor",
        ]);
        typed(data1.tenant, "/query/tenant", found, instancePath, "string");
        typed(data1.workspace, "/query/workspace", found, instancePath, "string");
        typed(data1.app, "/query/app", found, instancePath, "string");
        typed(data1.workflow, "/query/workflow", found, instancePath, "string");
        typed(data1.agent, "/query/agent", found, instancePath, "string");
        typed(data1.toolset, "/query/toolset", found, instancePath, "string");
        typed(data1.include_children, "/query/include_children", found, instancePath, "boolean");
        integer(data1.limit, "/query/limit", found, instancePath, 200, 1);
        typed(data1.cursor, "/query/cursor", found, instancePath, "string");
      } else {
        wrong(found, instancePath + "/query", "object");
      }
    }
  } else {
    wrong(found, instancePath, "object");
  }
}

const createEventRequest = validator(validate87);

function validate87(data, instancePath, found) {
  if (isObject(data)) {
    required(data.idempotency_key, "idempotency_key", found, instancePath);
    required(data.subject, "subject", found, instancePath);
    required(data.action, "action", found, instancePath);
    required(data.actual, "actual", found, instancePath);
    closed(found, data, instancePath, [
      "idempotency_key",
      "subject",
      "action",
      "actual",
      "overage_policy",
      "metrics",
      "client_time_ms",
      "metadata",
    ]);
    inner(data.idempotency_key, "/idempotency_key", found, instancePath, validate52);
    inner(data.subject, "/subject", found, instancePath, validate54);
    inner(data.action, "/action", found, instancePath, validate56);
    inner(data.actual, "/actual", found, instancePath, validate58);
    inner(data.overage_policy, "/overage_policy", found, instancePath, validate67);
    inner(data.metrics, "/metrics", found, instancePath, validate80);
    integer(data.client_time_ms, "/client_time_ms", found, instancePath, 9007199254740991, 0);
    object(data.metadata, "/metadata", found, instancePath);
  } else {
    wrong(found, instancePath, "object");
  }
}

const getEvidenceParameters = validator(validate94);

const pattern3 = new RegExp("^[0-9a-f]{64}$", "u");

function validate94(data, instancePath, found) {
  if (isObject(data)) {
    if (data.path !== undefined) {
      let data0 = data.path;
      if (isObject(data0)) {
        required(data0.evidence_id, "evidence_id", found, instancePath + "/path");
        closed(found, data0, instancePath + "/path", ["evidence_id"]);
        if (data0.evidence_id !== undefined) {
          let data1 = data0.evidence_id;
          if (typeof data1 === "string") {
            if (!pattern3.test(data1)) {
              add(found, instancePath + "/path/evidence_id", "pattern", { pattern: "^[0-9a-f]{64}$" });
            }
          } else {
            wrong(found, instancePath + "/path/evidence_id", "string");
          }
        }
      } else {
        wrong(found, instancePath + "/path", "object");
      }
    }
    if (data.query !== undefined) {
      let data2 = data.query;
      if (isObject(data2)) {
        for (const key1 in data2) {
          add(found, instancePath + "/query", "additionalProperties", { additionalProperty: key1 });
        }
      } else {
        wrong(found, instancePath + "/query", "object");
      }
    }
  } else {
    wrong(found, instancePath, "object");
  }
}
const decideResponse = validator(accept50);

function accept51(data, instancePath, found) {
  if (typeof data !== "string") {
    wrong(found, instancePath, "string");
  }
  among(data, found, instancePath, ["ALLOW", "ALLOW_WITH_CAPS", "DENY"]);
}

function accept53(data, instancePath, found) {
  if (isObject(data)) {
    integer(data.max_tokens, "/max_tokens", found, instancePath);
    integer(data.max_steps_remaining, "/max_steps_remaining", found, instancePath);
    items(data.tool_allowlist, "/tool_allowlist", found, instancePath, string, 8);
    items(data.tool_denylist, "/tool_denylist", found, instancePath, string, 8);
    integer(data.cooldown_ms, "/cooldown_ms", found, instancePath);
  } else {
    wrong(found, instancePath, "object");
  }
}

function accept55(data, instancePath, found) {
  if (isObject(data)) {
    required(data.evidence_id, "evidence_id", found, instancePath);
    required(data.cycles_evidence_url, "cycles_evidence_url", found, instancePath);
    typed(data.evidence_id, "/evidence_id", found, instancePath, "string");
    typed(data.cycles_evidence_url, "/cycles_evidence_url", found, instancePath, "string");
  } else {
    wrong(found, instancePath, "object");
  }
}

function accept50(data, instancePath, found) {
  if (isObject(data)) {
    required(data.decision, "decision", found, instancePath);
    inner(data.decision, "/decision", found, instancePath, accept51);
    inner(data.caps, "/caps", found, instancePath, accept53);
    typed(data.reason_code, "/reason_code", found, instancePath, "string");
    integer(data.retry_after_ms, "/retry_after_ms", found, instancePath);
    items(data.affected_scopes, "/affected_scopes", found, instancePath, string, 8);
    inner(data.cycles_evidence, "/cycles_evidence", found, instancePath, accept55);
  } else {
    wrong(found, instancePath, "object");
  }
}

const createReservationResponse = validator(accept57);

function accept59(data, instancePath, found) {
  if (isObject(data)) {
    required(data.unit, "unit", found, instancePath);
    required(data.amount, "amount", found, instancePath);
    typed(data.unit, "/unit", found, instancePath, "string");
    integer(data.amount, "/amount", found, instancePath);
  } else {
    wrong(found, instancePath, "object");
  }
}

function accept63(data, instancePath, found) {
  if (isObject(data)) {
    required(data.unit, "unit", found, instancePath);
    required(data.amount, "amount", found, instancePath);
    typed(data.unit, "/unit", found, instancePath, "string");
    integer(data.amount, "/amount", found, instancePath);
  } else {
    wrong(found, instancePath, "object");
  }
}

function accept62(data, instancePath, found) {
  if (isObject(data)) {
    required(data.scope, "scope", found, instancePath);
    required(data.scope_path, "scope_path", found, instancePath);
    required(data.remaining, "remaining", found, instancePath);
    typed(data.scope, "/scope", found, instancePath, "string");
    typed(data.scope_path, "/scope_path", found, instancePath, "string");
    inner(data.remaining, "/remaining", found, instancePath, accept63);
    inner(data.reserved, "/reserved", found, instancePath, accept59);
    inner(data.spent, "/spent", found, instancePath, accept59);
    inner(data.debt, "/debt", found, instancePath, accept59);
    inner(data.allocated, "/allocated", found, instancePath, accept59);
    inner(data.overdraft_limit, "/overdraft_limit", found, instancePath, accept59);
    typed(data.is_over_limit, "/is_over_limit", found, instancePath, "boolean");
  } else {
    wrong(found, instancePath, "object");
  }
}

function accept57(data, instancePath, found) {
  if (isObject(data)) {
    required(data.decision, "decision", found, instancePath);
    required(data.affected_scopes, "affected_scopes", found, instancePath);
    inner(data.decision, "/decision", found, instancePath, accept51);
    typed(data.reservation_id, "/reservation_id", found, instancePath, "string");
    inner(data.reserved, "/reserved", found, instancePath, accept59);
    integer(data.expires_at_ms, "/expires_at_ms", found, instancePath);
    integer(data.remaining_ttl_ms, "/remaining_ttl_ms", found, instancePath);
    typed(data.scope_path, "/scope_path", found, instancePath, "string");
    items(data.affected_scopes, "/affected_scopes", found, instancePath, string, 8);
    inner(data.caps, "/caps", found, instancePath, accept53);
    items(data.balances, "/balances", found, instancePath, accept62, 8);
    typed(data.reason_code, "/reason_code", found, instancePath, "string");
    integer(data.retry_after_ms, "/retry_after_ms", found, instancePath);
    inner(data.cycles_evidence, "/cycles_evidence", found, instancePath, accept55);
  } else {
    wrong(found, instancePath, "object");
  }
}

const listReservationsResponse = validator(accept72);

function accept74(data, instancePath, found) {
  if (isObject(data)) {
    typed(data.tenant, "/tenant", found, instancePath, "string");
    typed(data.workspace, "/workspace", found, instancePath, "string");
    typed(data.app, "/app", found, instancePath, "string");
    typed(data.workflow, "/workflow", found, instancePath, "string");
    typed(data.agent, "/agent", found, instancePath, "string");
    typed(data.toolset, "/toolset", found, instancePath, "string");
    if (data.dimensions !== undefined) {
      let data6 = data.dimensions;
      if (isObject(data6)) {
        for (const key0 in data6) {
          if (found.length >= 8) break;
          let data7 = data6[key0];
          if (typeof data7 !== "string" && data7 !== null) {
            wrong(found, instancePath + "/dimensions" + step(key0), ["string", "null"]);
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

function accept76(data, instancePath, found) {
  if (isObject(data)) {
    required(data.kind, "kind", found, instancePath);
    required(data.name, "name", found, instancePath);
    typed(data.kind, "/kind", found, instancePath, "string");
    typed(data.name, "/name", found, instancePath, "string");
    items(data.tags, "/tags", found, instancePath, string, 8);
  } else {
    wrong(found, instancePath, "object");
  }
}

function accept80(data, instancePath, found) {
  if (isObject(data)) {
    inner(data.reserve, "/reserve", found, instancePath, accept55);
    inner(data.commit, "/commit", found, instancePath, accept55);
    inner(data.release, "/release", found, instancePath, accept55);
  } else {
    wrong(found, instancePath, "object");
  }
}

function accept73(data, instancePath, found) {
  if (isObject(data)) {
    required(data.reservation_id, "reservation_id", found, instancePath);
    required(data.status, "status", found, instancePath);
    required(data.subject, "subject", found, instancePath);
    required(data.action, "action", found, instancePath);
    required(data.reserved, "reserved", found, instancePath);
    required(data.created_at_ms, "created_at_ms", found, instancePath);
    required(data.expires_at_ms, "expires_at_ms", found, instancePath);
    required(data.scope_path, "scope_path", found, instancePath);
    required(data.affected_scopes, "affected_scopes", found, instancePath);
    typed(data.reservation_id, "/reservation_id", found, instancePath, "string");
    typed(data.status, "/status", found, instancePath, "string");
    typed(data.idempotency_key, "/idempotency_key", found, instancePath, "string");
    inner(data.subject, "/subject", found, instancePath, accept74);
    inner(data.action, "/action", found, instancePath, accept76);
    inner(data.reserved, "/reserved", found, instancePath, accept59);
    integer(data.created_at_ms, "/created_at_ms", found, instancePath);
    integer(data.expires_at_ms, "/expires_at_ms", found, instancePath);
    integer(data.finalized_at_ms, "/finalized_at_ms", found, instancePath);
    typed(data.scope_path, "/scope_path", found, instancePath, "string");
    items(data.affected_scopes, "/affected_scopes", found, instancePath, string, 8);
    inner(data.committed, "/committed", found, instancePath, accept59);
    object(data.metadata, "/metadata", found, instancePath);
    object(data.committed_metadata, "/committed_metadata", found, instancePath);
    inner(data.evidence, "/evidence", found, instancePath, accept80);
  } else {
    wrong(found, instancePath, "object");
  }
}

function accept72(data, instancePath, found) {
  if (isObject(data)) {
    required(data.reservations, "reservations", found, instancePath);
    items(data.reservations, "/reservations", found, instancePath, accept73, 8);
    typed(data.next_cursor, "/next_cursor", found, instancePath, "string");
    typed(data.has_more, "/has_more", found, instancePath, "boolean");
  } else {
    wrong(found, instancePath, "object");
  }
}

const getReservationResponse = validator(accept86);

function accept86(data, instancePath, found) {
  if (isObject(data)) {
    required(data.reservation_id, "reservation_id", found, instancePath);
    required(data.status, "status", found, instancePath);
    required(data.subject, "subject", found, instancePath);
    required(data.action, "action", found, instancePath);
    required(data.reserved, "reserved", found, instancePath);
    required(data.created_at_ms, "created_at_ms", found, instancePath);
    required(data.expires_at_ms, "expires_at_ms", found, instancePath);
    required(data.scope_path, "scope_path", found, instancePath);
    required(data.affected_scopes, "affected_scopes", found, instancePath);
    typed(data.reservation_id, "/reservation_id", found, instancePath, "string");
    typed(data.status, "/status", found, instancePath, "string");
    typed(data.idempotency_key, "/idempotency_key", found, instancePath, "string");
    inner(data.subject, "/subject", found, instancePath, accept74);
    inner(data.action, "/action", found, instancePath, accept76);
    inner(data.reserved, "/reserved", found, instancePath, accept59);
    inner(data.committed, "/committed", found, instancePath, accept59);
    integer(data.created_at_ms, "/created_at_ms", found, instancePath);
    integer(data.expires_at_ms, "/expires_at_ms", found, instancePath);
    integer(data.finalized_at_ms, "/finalized_at_ms", found, instancePath);
    typed(data.scope_path, "/scope_path", found, instancePath, "string");
    items(data.affected_scopes, "/affected_scopes", found, instancePath, string, 8);
    object(data.metadata, "/metadata", found, instancePath);
    object(data.committed_metadata, "/committed_metadata", found, instancePath);
    inner(data.evidence, "/evidence", found, instancePath, accept80);
  } else {
    wrong(found, instancePath, "object");
  }
}

const commitReservationResponse = validator(accept92);

function accept92(data, instancePath, found) {
  if (isObject(data)) {
    required(data.status, "status", found, instancePath);
    required(data.charged, "charged", found, instancePath);
    listed(data.status, "/status", found, instancePath, ["COMMITTED"]);
    inner(data.charged, "/charged", found, instancePath, accept59);
    inner(data.released, "/released", found, instancePath, accept59);
    items(data.balances, "/balances", found, instancePath, accept62, 8);
    inner(data.cycles_evidence, "/cycles_evidence", found, instancePath, accept55);
  } else {
    wrong(found, instancePath, "object");
  }
}

const releaseReservationResponse = validator(accept97);

function accept97(data, instancePath, found) {
  if (isObject(data)) {
    required(data.status, "status", found, instancePath);
    required(data.released, "released", found, instancePath);
    listed(data.status, "/status", found, instancePath, ["RELEASED"]);
    inner(data.released, "/released", found, instancePath, accept59);
    items(data.balances, "/balances", found, instancePath, accept62, 8);
    inner(data.cycles_evidence, "/cycles_evidence", found, instancePath, accept55);
  } else {
    wrong(found, instancePath, "object");
  }
}

const extendReservationResponse = validator(accept101);

function accept101(data, instancePath, found) {
  if (isObject(data)) {
    required(data.status, "status", found, instancePath);
    required(data.expires_at_ms, "expires_at_ms", found, instancePath);
    listed(data.status, "/status", found, instancePath, ["ACTIVE"]);
    integer(data.expires_at_ms, "/expires_at_ms", found, instancePath);
    integer(data.remaining_ttl_ms, "/remaining_ttl_ms", found, instancePath);
    items(data.balances, "/balances", found, instancePath, accept62, 8);
  } else {
    wrong(found, instancePath, "object");
  }
}

const getBalancesResponse = validator(accept103);

function accept103(data, instancePath, found) {
  if (isObject(data)) {
    required(data.balances, "balances", found, instancePath);
    items(data.balances, "/balances", found, instancePath, accept62, 8);
    typed(data.next_cursor, "/next_cursor", found, instancePath, "string");
    typed(data.has_more, "/has_more", found, instancePath, "boolean");
  } else {
    wrong(found, instancePath, "object");
  }
}

const createEventResponse = validator(accept105);

function accept105(data, instancePath, found) {
  if (isObject(data)) {
    required(data.status, "status", found, instancePath);
    required(data.event_id, "event_id", found, instancePath);
    listed(data.status, "/status", found, instancePath, ["APPLIED"]);
    typed(data.event_id, "/event_id", found, instancePath, "string");
    inner(data.charged, "/charged", found, instancePath, accept59);
    items(data.balances, "/balances", found, instancePath, accept62, 8);
  } else {
    wrong(found, instancePath, "object");
  }
}

const getEvidenceResponse = validator(accept108);

function accept108(data, instancePath, found) {
  if (isObject(data)) {
    required(data.schema_version, "schema_version", found, instancePath);
    required(data.artifact_type, "artifact_type", found, instancePath);
    required(data.server_id, "server_id", found, instancePath);
    required(data.signer_did, "signer_did", found, instancePath);
    required(data.issued_at_ms, "issued_at_ms", found, instancePath);
    required(data.payload, "payload", found, instancePath);
    required(data.evidence_id, "evidence_id", found, instancePath);
    required(data.signature, "signature", found, instancePath);
    typed(data.schema_version, "/schema_version", found, instancePath, "string");
    typed(data.artifact_type, "/artifact_type", found, instancePath, "string");
    typed(data.server_id, "/server_id", found, instancePath, "string");
    typed(data.signer_did, "/signer_did", found, instancePath, "string");
    integer(data.issued_at_ms, "/issued_at_ms", found, instancePath);
    if (data.trace_id !== undefined) {
      let data5 = data.trace_id;
      if (typeof data5 !== "string" && data5 !== null) {
        wrong(found, instancePath + "/trace_id", ["string", "null"]);
      }
    }
    object(data.payload, "/payload", found, instancePath);
    typed(data.evidence_id, "/evidence_id", found, instancePath, "string");
    typed(data.signature, "/signature", found, instancePath, "string");
  } else {
    wrong(found, instancePath, "object");
  }
}

const getEvidenceJwksResponse = validator(accept109);

function accept110(data, instancePath, found) {
  if (isObject(data)) {
    required(data.kty, "kty", found, instancePath);
    required(data.crv, "crv", found, instancePath);
    required(data.x, "x", found, instancePath);
    required(data.kid, "kid", found, instancePath);
    required(data.cycles_nbf_ms, "cycles_nbf_ms", found, instancePath);
    typed(data.kty, "/kty", found, instancePath, "string");
    typed(data.crv, "/crv", found, instancePath, "string");
    typed(data.alg, "/alg", found, instancePath, "string");
    typed(data.x, "/x", found, instancePath, "string");
    typed(data.kid, "/kid", found, instancePath, "string");
    integer(data.cycles_nbf_ms, "/cycles_nbf_ms", found, instancePath);
    if (data.cycles_exp_ms !== undefined) {
      let data6 = data.cycles_exp_ms;
      if (!isInteger(data6) && data6 !== null) {
        wrong(found, instancePath + "/cycles_exp_ms", ["integer", "null"]);
      }
    }
    typed(data.status, "/status", found, instancePath, "string");
  } else {
    wrong(found, instancePath, "object");
  }
}

function accept109(data, instancePath, found) {
  if (isObject(data)) {
    required(data.keys, "keys", found, instancePath);
    items(data.keys, "/keys", found, instancePath, accept110, 8);
  } else {
    wrong(found, instancePath, "object");
  }
}

const ErrorResponse = validator(accept112);

function accept112(data, instancePath, found) {
  if (isObject(data)) {
    required(data.error, "error", found, instancePath);
    required(data.message, "message", found, instancePath);
    required(data.request_id, "request_id", found, instancePath);
    typed(data.error, "/error", found, instancePath, "string");
    typed(data.message, "/message", found, instancePath, "string");
    typed(data.request_id, "/request_id", found, instancePath, "string");
    typed(data.trace_id, "/trace_id", found, instancePath, "string");
    object(data.details, "/details", found, instancePath);
    inner(data.cycles_evidence, "/cycles_evidence", found, instancePath, accept55);
  } else {
    wrong(found, instancePath, "object");
  }
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

export { decideParameters, decideRequest, decideResponse, createReservationRequest, createReservationResponse, listReservationsParameters, listReservationsResponse, getReservationParameters, getReservationResponse, commitReservationRequest, commitReservationResponse, releaseReservationRequest, releaseReservationResponse, extendReservationRequest, extendReservationResponse, getBalancesParameters, getBalancesResponse, createEventRequest, createEventResponse, getEvidenceParameters, getEvidenceResponse, getEvidenceJwksResponse, ErrorResponse };
