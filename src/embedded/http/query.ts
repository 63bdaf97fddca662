import { subjectLevels } from "../../../generated/constants.js";
import { type OperationId, queryTypes } from "../../../generated/operations.js";
import { refuse, type Refusal } from "../ledger/refusal.js";
import { WINDOW_BOUNDS } from "../ledger/windows.js";

/**
 * A blank value in one of these counts as absent, because callers fill them from variables that may
 * be unset. A blank key, status, sort or limit is a mistake, which the validator reports.
 */
const UNSET_WHEN_BLANK: ReadonlySet<string> = new Set<string>([
  ...subjectLevels,
  ...WINDOW_BOUNDS,
  "cursor",
]);

/**
 * The query of an operation, in the contract's types. Parameters that the contract does not have
 * are ignored.
 */
export function readQuery(
  operation: OperationId,
  search: string,
): { readonly kind: "query"; readonly values: Readonly<Record<string, unknown>> } | Refusal {
  const values: Record<string, unknown> = {};
  if (search === "") return { kind: "query", values };
  const parameters = new URLSearchParams(search);
  for (const [name, type] of Object.entries(queryTypes[operation])) {
    const given = parameters.getAll(name);
    const [text] = given;
    if (text === undefined || (text === "" && UNSET_WHEN_BLANK.has(name))) continue;
    if (type === "array") {
      values[name] = given.flatMap((part) => part.split(",")).map((part) => part.trim());
    } else if (given.length > 1) {
      return refuse("INVALID_REQUEST", `${name}: appears more than once`);
    } else {
      values[name] = typed(type, text);
    }
  }
  return { kind: "query", values };
}

/** Text of another type stays text, and the validator then reports what is expected. */
function typed(type: "string" | "integer" | "boolean", text: string): unknown {
  if (type === "integer" && /^-?\d+$/.test(text)) return Number(text);
  if (type === "boolean" && (text === "true" || text === "false")) return text === "true";
  return text;
}
