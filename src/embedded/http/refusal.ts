import type { ErrorCode } from "../../error-codes.js";
import { refuse, type Refusal } from "../ledger/refusal.js";

/** A refusal as HTTP sends it: with a status, and with the headers that the status needs. */
export interface HttpRefusal extends Refusal {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
}

/** The status of each code. (Protocol: error semantics.) */
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

/** Adds the status of its code to a refusal that has no status yet. */
export function toHttpRefusal(refusal: Refusal | HttpRefusal): HttpRefusal {
  return "status" in refusal ? refusal : { ...refusal, status: STATUS[refusal.code] };
}

/**
 * Refuses a body that is too long or of the wrong type. The protocol's code for both is
 * `INVALID_REQUEST`.
 */
export function refuseBody(status: 413 | 415, message: string): HttpRefusal {
  return { ...refuse("INVALID_REQUEST", message), status };
}

/** Refuses a method that the path does not support. */
export function refuseMethod(message: string, allowed: readonly string[]): HttpRefusal {
  const headers = { allow: allowed.join(", ") };
  return { ...refuse("INVALID_REQUEST", message), status: 405, headers };
}

/** Refuses a request beyond the rate limit. `Retry-After` is in whole seconds, rounded up. */
export function refuseRate(waitMs: number): HttpRefusal {
  const seconds = Math.ceil(waitMs / 1_000);
  const refusal = refuse("LIMIT_EXCEEDED", `Too many requests: try again in ${seconds} s`);
  return { ...toHttpRefusal(refusal), headers: { "retry-after": String(seconds) } };
}
