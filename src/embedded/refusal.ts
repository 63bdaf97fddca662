import type { components } from "../../generated/paths.js";

type ErrorCode = components["schemas"]["ErrorCode"];

/** A "no" of the authority: a value that decisions return, and the error answer that is made of it. */
export interface Refusal {
  readonly kind: "refusal";
  readonly status: number;
  readonly code: ErrorCode;
  readonly message: string;
  readonly details?: Readonly<Record<string, unknown>>;
  readonly headers?: Readonly<Record<string, string>>;
}

/** The status that goes with each code. (Protocol: error semantics.) */
const STATUS: Readonly<Record<ErrorCode, number>> = {
  INVALID_REQUEST: 400,
  UNIT_MISMATCH: 400,
  UNAUTHORIZED: 401,
  FORBIDDEN: 403,
  NOT_FOUND: 404,
  BUDGET_EXCEEDED: 409,
  BUDGET_FROZEN: 409,
  BUDGET_CLOSED: 409,
  OVERDRAFT_LIMIT_EXCEEDED: 409,
  DEBT_OUTSTANDING: 409,
  RESERVATION_FINALIZED: 409,
  IDEMPOTENCY_MISMATCH: 409,
  MAX_EXTENSIONS_EXCEEDED: 409,
  TENANT_CLOSED: 409,
  RESERVATION_EXPIRED: 410,
  LIMIT_EXCEEDED: 429,
  INTERNAL_ERROR: 500,
};

export function refuse(
  code: ErrorCode,
  message: string,
  details?: Readonly<Record<string, unknown>>,
): Refusal {
  return { kind: "refusal", status: STATUS[code], code, message, ...(details && { details }) };
}

/** A refusal of HTTP's own, for which the protocol has no code but `INVALID_REQUEST`. */
export function refuseWith(status: 413 | 415, message: string): Refusal {
  return { ...refuse("INVALID_REQUEST", message), status };
}

/** A path that exists, and another method than its own. */
export function refuseMethod(message: string, allowed: readonly string[]): Refusal {
  const headers = { allow: allowed.join(", ") };
  return { ...refuse("INVALID_REQUEST", message), status: 405, headers };
}

export function isRefusal(value: object): value is Refusal {
  return "kind" in value && value.kind === "refusal";
}
