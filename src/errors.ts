import type { OperationId } from "../generated/operations.js";
import type { components } from "../generated/paths.js";
import { formatIssues, type Issue } from "./protocol/issues.js";

/** The codes that the protocol names; servers may send others, which are kept as they came. */
export type ErrorCode = components["schemas"]["ErrorCode"];

/** Marks our errors across realms and copies of the package, where `instanceof` does not hold. */
const BRAND = Symbol.for("cycles-client.error");

/** What an error knows of the call that it ended. */
export interface CallContext {
  /** The operation, by its name in the contract. */
  readonly operation?: OperationId | undefined;
  /** The key that was sent: with it and the same body, the call can be repeated without acting twice. */
  readonly idempotencyKey?: string | undefined;
}

interface ErrorOptions extends CallContext {
  readonly code: string;
  readonly retryable?: boolean;
  readonly cause?: unknown;
}

/**
 * The base of every error that this package throws.
 *
 * @example
 * ```ts
 * import { CyclesError } from "cycles-client";
 * const describe = (error: unknown) =>
 *   error instanceof CyclesError ? `${error.code}, ${error.retryable ? "try again" : "final"}` : "not ours";
 * ```
 */
export class CyclesError extends Error {
  override readonly name: string = "CyclesError";
  readonly [BRAND] = true;
  /** Stable, for programs: a code of the protocol (`BUDGET_EXCEEDED`), or one of ours (`TIMEOUT`). */
  readonly code: string;
  /** Whether the same call may succeed later; send it with the same idempotency key. */
  readonly retryable: boolean;
  /** The operation that failed, if there was one. */
  readonly operation: OperationId | undefined;
  /** The key that the failed call carried, if it had one. */
  readonly idempotencyKey: string | undefined;

  constructor(message: string, options: ErrorOptions) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = options.code;
    this.retryable = options.retryable ?? false;
    this.operation = options.operation;
    this.idempotencyKey = options.idempotencyKey;
  }
}

/** An option or a `CYCLES_*` variable cannot be used. Thrown when the client is made; nothing was sent. */
export class CyclesConfigError extends CyclesError {
  override readonly name = "CyclesConfigError";
  constructor(message: string) {
    super(message, { code: "CONFIG" });
  }
}

/** A request that the contract does not allow. Nothing was sent; `issues` names every field and the fix. */
export class CyclesValidationError extends CyclesError {
  override readonly name = "CyclesValidationError";
  /** Everything that is wrong, not only the first thing. */
  readonly issues: readonly Issue[];
  constructor(what: string, issues: readonly Issue[], context: CallContext = {}) {
    super(`${what} is not valid: ${formatIssues(issues)}`, { code: "VALIDATION", ...context });
    this.issues = issues;
  }
}

/** No response: refused, reset, DNS, TLS, or a `fetch` of your own that threw. Whether the server acted is unknown; the same key makes a repeat safe. */
export class CyclesConnectionError extends CyclesError {
  override readonly name: string = "CyclesConnectionError";
  constructor(
    message: string,
    context: CallContext & { readonly cause?: unknown; readonly code?: string } = {},
  ) {
    super(message, { code: "CONNECTION", retryable: true, ...context });
  }
}

/** No complete response within the time bound of an attempt. Whether the server acted is unknown. */
export class CyclesTimeoutError extends CyclesConnectionError {
  override readonly name = "CyclesTimeoutError";
  /** The bound that passed, in milliseconds. */
  readonly timeoutMs: number;
  constructor(message: string, timeoutMs: number, context: CallContext = {}) {
    super(message, { code: "TIMEOUT", ...context });
    this.timeoutMs = timeoutMs;
  }
}

/**
 * A response that the protocol does not know: another 2xx, a body that does not fit, a redirect, too many bytes, a list
 * that does not end. It is never taken for a success; whether the server acted is unknown. A redirect and an endless list
 * are not retryable.
 */
export class CyclesResponseError extends CyclesError {
  override readonly name = "CyclesResponseError";
  /** The HTTP status of the response. */
  readonly status: number;
  /** The start of the body, as text without secrets, for the log. */
  readonly excerpt: string;
  constructor(
    message: string,
    response: CallContext & {
      readonly status: number;
      readonly excerpt?: string;
      readonly retryable?: boolean;
    },
  ) {
    super(message, { code: "UNEXPECTED_RESPONSE", retryable: true, ...response });
    this.status = response.status;
    this.excerpt = response.excerpt ?? "";
  }
}

/** What an error answer of the server carried. */
export interface ApiErrorResponse extends CallContext {
  readonly status: number;
  readonly code: string;
  readonly requestId?: string | undefined;
  readonly traceId?: string | undefined;
  readonly retryAfterMs?: number | undefined;
  readonly details?: Readonly<Record<string, unknown>> | undefined;
  /** The body without secrets: an object of the protocol if it was one, else text. */
  readonly body: unknown;
  /** The scopes that the request was for, or that the response names. */
  readonly scopes: readonly string[];
  readonly retryable?: boolean;
}

/** The server responded with an error. The subclasses are the cases that a caller treats differently. */
export class CyclesApiError extends CyclesError {
  override readonly name: string = "CyclesApiError";
  readonly status: number;
  /** Names this one request in the server's log. */
  readonly requestId: string | undefined;
  /** Names the whole operation across services' logs. */
  readonly traceId: string | undefined;
  /** How long the server asks to wait, in milliseconds. */
  readonly retryAfterMs: number | undefined;
  readonly details: Readonly<Record<string, unknown>> | undefined;
  /** The body of the response without secrets: an object of the protocol if it was one, else text. */
  readonly body: unknown;
  /** From the tenant down, the scopes that this was about. */
  readonly scopes: readonly string[];
  constructor(message: string, response: ApiErrorResponse) {
    super(message, response);
    this.status = response.status;
    this.requestId = response.requestId;
    this.traceId = response.traceId;
    this.retryAfterMs = response.retryAfterMs;
    this.details = response.details;
    this.body = response.body;
    this.scopes = response.scopes;
  }
}

/**
 * The budget says no: use something cheaper, wait, or stop. `code` is one of `BUDGET_EXCEEDED`,
 * `OVERDRAFT_LIMIT_EXCEEDED`, `DEBT_OUTSTANDING`, `BUDGET_FROZEN`, `BUDGET_CLOSED`, `TENANT_CLOSED`,
 * or the reason that came with `decision: DENY`.
 */
export class BudgetDeniedError extends CyclesApiError {
  override readonly name = "BudgetDeniedError";
}

/** No budget covers any scope of the request; `hint` says which unit was asked for. */
export class BudgetNotFoundError extends CyclesApiError {
  override readonly name = "BudgetNotFoundError";
  readonly hint: UnitHint;
  constructor(message: string, response: ApiErrorResponse, hint: UnitHint) {
    super(message, response);
    this.hint = hint;
  }
}

/** There is a budget, but it is kept in another unit. */
export class UnitMismatchError extends CyclesApiError {
  override readonly name = "UnitMismatchError";
  readonly hint: UnitHint;
  constructor(message: string, response: ApiErrorResponse, hint: UnitHint) {
    super(message, response);
    this.hint = hint;
  }
}

/** What is known about a unit that found no budget. */
export interface UnitHint {
  /** The unit that was sent, in wire form. */
  readonly requestedUnit: components["schemas"]["UnitEnum"] | undefined;
  /** The units that the scope does have, if the server says so. */
  readonly expectedUnits?: readonly string[];
  /** The scope where the server looked. */
  readonly scope?: string;
}

/** The reservation is past this: expired, committed, released, or out of extensions. */
export class ReservationStateError extends CyclesApiError {
  override readonly name = "ReservationStateError";
}

/** 401: the key is missing, wrong or revoked; or the server cannot check keys just now. */
export class CyclesAuthenticationError extends CyclesApiError {
  override readonly name = "CyclesAuthenticationError";
}

/** 403: the key is good, but not for this tenant or reservation. */
export class CyclesPermissionError extends CyclesApiError {
  override readonly name = "CyclesPermissionError";
}

/** 429: too many requests; this says nothing about the budget. `retryAfterMs` says how long to wait. */
export class CyclesRateLimitError extends CyclesApiError {
  override readonly name = "CyclesRateLimitError";
}

/** The key was used before with another body. Use a fresh key for a new intent, the old body for a repeat. */
export class IdempotencyMismatchError extends CyclesApiError {
  override readonly name = "IdempotencyMismatchError";
}

/**
 * Whether `value` is an error of this package, and has `code` if you pass one. Unlike `instanceof` it
 * holds across realms and across two copies of the package.
 *
 * @example
 * ```ts
 * import { isCyclesError } from "cycles-client";
 * const isBroke = (error: unknown) => isCyclesError(error, "BUDGET_EXCEEDED");
 * ```
 */
export function isCyclesError<Code extends ErrorCode | (string & {})>(
  value: unknown,
  code?: Code,
): value is CyclesError & { readonly code: Code } {
  return (
    typeof value === "object" &&
    value !== null &&
    BRAND in value &&
    (code === undefined || ("code" in value && value.code === code))
  );
}
