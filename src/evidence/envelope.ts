import { type Problem, validators } from "../../generated/validators.js";
import type { EvidenceEnvelope } from "../index.js";
import { isObject, type Json, type JsonMembers, stepTo } from "./json-value.js";
import type { EvidenceReason } from "./verification.js";

export type CheckedEnvelope =
  | {
      readonly kind: "envelope";
      /** All members, which the hash covers. */
      readonly members: JsonMembers;
      readonly envelope: EvidenceEnvelope;
    }
  | { readonly kind: "invalid"; readonly reasons: readonly EvidenceReason[] };

const SCHEMA_VERSION = "cycles-evidence/v0.1";

/** Checks that a value is an envelope of the specification. */
export function checkEnvelope(value: Json): CheckedEnvelope {
  if (!isObject(value)) return invalid("invalid_member", "The record is not an object.", "");
  const version = value["schema_version"];
  if (typeof version === "string" && version !== SCHEMA_VERSION) {
    return invalid(
      "unknown_schema_version",
      `The schema version ${JSON.stringify(version.slice(0, 80))} is not ${SCHEMA_VERSION}.`,
      "/schema_version",
    );
  }
  const validate = validators.getEvidenceResponse;
  if (!validate(value)) {
    return { kind: "invalid", reasons: (validate.errors ?? []).map(toReason) };
  }
  return { kind: "envelope", members: value, envelope: value };
}

function toReason({ instancePath, keyword, params }: Problem): EvidenceReason {
  switch (keyword) {
    case "required": {
      const path = stepTo(instancePath, String(params["missingProperty"]));
      return { code: "missing_member", message: `The member ${path} is missing.`, path };
    }
    case "additionalProperties": {
      const path = stepTo(instancePath, String(params["additionalProperty"]));
      const message = `The specification has no member ${path}.`;
      return { code: "unknown_member", message, path };
    }
    default:
      return {
        code: "invalid_member",
        message: `The member ${instancePath} breaks the rule ${keyword} of the specification.`,
        path: instancePath,
      };
  }
}

function invalid(code: EvidenceReason["code"], message: string, path: string): CheckedEnvelope {
  return { kind: "invalid", reasons: [{ code, message, path }] };
}
