import type { ErrorCode } from "../../error-codes.js";

/**
 * The refusal of a request. Checks return it as a value, and the HTTP side turns it into an error
 * body.
 */
export interface Refusal {
  readonly kind: "refusal";
  readonly code: ErrorCode;
  /** What happened, to which scope or reservation. */
  readonly message: string;
  /** For programs: the `details` of the error body. */
  readonly details?: Readonly<Record<string, unknown>>;
}

/** Makes a refusal. HTTP adds the status that belongs to the code. */
export function refuse(
  code: ErrorCode,
  message: string,
  details?: Readonly<Record<string, unknown>>,
): Refusal {
  return { kind: "refusal", code, message, ...(details && { details }) };
}

/** Whether the result of a check is a refusal. */
export function isRefusal(value: object): value is Refusal {
  return "kind" in value && value.kind === "refusal";
}
