import { CyclesEvidence } from "../../generated/evidence.js";
import type { CyclesEvidence as Envelope } from "../../generated/paths.js";
import type { Problem } from "../../generated/validators.js";
import { isObject, type Json, type JsonMembers, stepTo } from "./json-value.js";
import type { EvidenceReason } from "./verification.js";

/** A record that has what the specification asks for; or why it has not. */
export type CheckedEnvelope =
  | {
      readonly kind: "envelope";
      readonly envelope: Envelope;
      /** The same object, with the members by name. */
      readonly members: JsonMembers;
    }
  | { readonly kind: "invalid"; readonly reasons: readonly EvidenceReason[] };

const SCHEMA_VERSION = "cycles-evidence/v0.1";
const ARTIFACT_TYPES = ["decide", "reserve", "commit", "release", "error"];

/** Checks a record against the contract, which allows no members that it does not name. */
export function checkEnvelope(value: Json): CheckedEnvelope {
  if (!isObject(value)) return invalid("invalid_member", "The record is not an object.", "");
  const version = value["schema_version"];
  if (typeof version === "string" && version !== SCHEMA_VERSION) {
    return invalid(
      "unknown_schema_version",
      `The schema version is ${JSON.stringify(version.slice(0, 80))}, not ${SCHEMA_VERSION}.`,
      "/schema_version",
    );
  }
  const { artifact_type: type, payload } = value;
  if (typeof type === "string" && ARTIFACT_TYPES.includes(type) && isObject(payload)) {
    const names = Object.keys(payload);
    if (names.length !== 1 || names[0] !== type) {
      const found = names.length === 0 ? "none" : names.slice(0, 8).join(", ").slice(0, 80);
      return invalid(
        "payload_mismatch",
        `The payload of a record of type ${type} must have the member ${type} and no other. It has ${found}.`,
        "/payload",
      );
    }
  }
  if (!CyclesEvidence(value)) {
    return { kind: "invalid", reasons: (CyclesEvidence.errors ?? []).map(toReason) };
  }
  return { kind: "envelope", envelope: value, members: value };
}

function toReason({ instancePath, keyword, params }: Problem): EvidenceReason {
  switch (keyword) {
    case "required": {
      const path = stepTo(instancePath, String(params["missingProperty"]));
      return { code: "missing_member", message: `The member ${path} is missing.`, path };
    }
    case "additionalProperties": {
      const path = stepTo(instancePath, String(params["additionalProperty"]));
      const message = `The specification does not allow the member ${path}.`;
      return { code: "unknown_member", message, path };
    }
    case "not":
    case "if":
      return {
        code: "invalid_member",
        message: `${instancePath} has members that the specification does not allow together.`,
        path: instancePath,
      };
    default:
      return {
        code: "invalid_member",
        message: `${instancePath} breaks the specification's rule for its ${keyword}.`,
        path: instancePath,
      };
  }
}

function invalid(code: EvidenceReason["code"], message: string, path: string): CheckedEnvelope {
  return { kind: "invalid", reasons: [{ code, message, path }] };
}
