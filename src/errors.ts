import type { OperationId } from "../generated/operations.js";
import type { components } from "../generated/paths.js";
import type { ClientErrorCode, CyclesErrorCode, ErrorCode } from "./error-codes.js";
import { formatIssues, type Issue } from "./protocol/issues.js";

/** Identifies our errors across realms and copies of the package, where `instanceof` fails. */
const BRAND = Symbol.for("cycles-client.error");

/** The call that failed. */
export interface CallContext {
  /** The operation, by its name in the contract. */
  readonly operation?: OperationId | undefined;
  /** The key that was sent. With this key and the same body, you can repeat the call safely. */
  readonly idempotencyKey?: string | undefined;
}

interface Failure extends CallContext {
  readonly code: ErrorCode | ClientErrorCode;
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
 *   error instanceof CyclesError
 *     ? `${error.code}, ${error.retryable ? "try again" : "final"}`
 *     : "not an error of Cycles";
 * ```
 */
export class CyclesError extends Error {
  override readonly name: string = "CyclesError";
  /** @internal */
  readonly [BRAND] = true;
  /** A stable code for programs, from the protocol or from the client. */
  readonly code: CyclesErrorCode;
  /** Whether the same call may succeed later. Repeat a write with the same idempotency key. */
  readonly retryable: boolean;
  /** The operation that failed, if there was one. */
  readonly operation: OperationId | undefined;
  /** The key of the failed call, if it had one. */
  readonly idempotencyKey: string | undefined;

  /** @internal */
  constructor(message: string, failure: Failure | ApiErrorResponse = { code: "UNEXPECTED" }) {
    const cause = "cause" in failure ? failure.cause : undefined;
    super(message, cause === undefined ? undefined : { cause });
    this.code = failure.code;
    this.retryable = failure.retryable ?? false;
    this.operation = failure.operation;
    this.idempotencyKey = failure.idempotencyKey;
  }
}

/**
 * An option or a `CYCLES_*` variable cannot be used. Thrown when a client is created. No request
 * was sent.
 */
export class CyclesConfigError extends CyclesError {
  override readonly name = "CyclesConfigError";

  /** @internal */
  constructor(message: string) {
    super(message, { code: "CONFIG" });
  }
}

/** The contract does not allow the request. No request was sent. */
export class CyclesValidationError extends CyclesError {
  override readonly name = "CyclesValidationError";
  /** Every problem, each with its field and how to correct it. */
  readonly issues: readonly Issue[];

  /** @internal */
  constructor(what: string, issues: readonly Issue[], context: CallContext = {}) {
    super(`${what} is not valid: ${formatIssues(issues)}`, { code: "VALIDATION", ...context });
    this.issues = issues;
  }
}

/**
 * No response came: the connection was refused or reset, DNS or TLS failed, or your own `fetch`
 * threw. A write may have taken effect. With the same idempotency key, you can repeat it safely.
 */
export class CyclesConnectionError extends CyclesError {
  override readonly name: string = "CyclesConnectionError";

  /** @internal */
  constructor(
    message: string,
    context: CallContext & { readonly cause?: unknown; readonly code?: ClientErrorCode } = {},
  ) {
    super(message, { code: "CONNECTION", retryable: true, ...context });
  }
}

/** No complete response came within the time limit of an attempt. A write may have taken effect. */
export class CyclesTimeoutError extends CyclesConnectionError {
  override readonly name = "CyclesTimeoutError";
  /** The time limit, in milliseconds. */
  readonly timeoutMs: number;

  /** @internal */
  constructor(message: string, timeoutMs: number, context: CallContext = {}) {
    super(message, { code: "TIMEOUT", ...context });
    this.timeoutMs = timeoutMs;
  }
}

/**
 * The response does not conform to the protocol: another 2xx status, an invalid body, a
 * redirect, a body over 4 MiB, or a list that does not end. A write may have taken effect. Redirects
 * and lists that do not end are not retryable.
 */
export class CyclesResponseError extends CyclesError {
  override readonly name = "CyclesResponseError";
  /** The HTTP status of the response. Express sends the `status` of an error to the end user. */
  readonly httpStatus: number;
  /** The start of the body as text, without secrets. */
  readonly excerpt: string;

  /** @internal */
  constructor(
    message: string,
    response: CallContext & {
      readonly status: number;
      readonly excerpt?: string;
      readonly retryable?: boolean;
    },
  ) {
    super(message, { code: "UNEXPECTED_RESPONSE", retryable: true, ...response });
    this.httpStatus = response.status;
    this.excerpt = response.excerpt ?? "";
  }
}

/** The contents of an error response. */
export interface ApiErrorResponse extends CallContext {
  readonly status: number;
  readonly code: string;
  readonly requestId?: string | undefined;
  readonly traceId?: string | undefined;
  readonly retryAfterMs?: number | undefined;
  readonly details?: Readonly<Record<string, unknown>> | undefined;
  /** The body without secrets: an object of the protocol if it was one, else text. */
  readonly body: unknown;
  /** The scope that the response names. */
  readonly scope?: string | undefined;
  /** The scopes of the request, or other scopes that the response names. */
  readonly scopes: readonly string[];
  readonly retryable?: boolean;
}

/**
 * The server returned an error. There is a subclass for each case that programs handle differently.
 * (Protocol: ErrorResponse.)
 */
export class CyclesApiError extends CyclesError {
  override readonly name: string = "CyclesApiError";
  /** The HTTP status of the response. Web frameworks would respond with a `status`. */
  readonly httpStatus: number;
  /** Identifies this request in the server's log. */
  readonly requestId: string | undefined;
  /** Identifies the whole operation in the logs of all services. */
  readonly traceId: string | undefined;
  /** How long the server asks you to wait, in milliseconds. */
  readonly retryAfterMs: number | undefined;
  /** The server's own details, without secrets. */
  readonly details: Readonly<Record<string, unknown>> | undefined;
  /** The body without secrets: an object of the protocol if it was one, else text. */
  readonly body: unknown;
  /** The scope that caused the error, if the server names it. */
  readonly scope: string | undefined;
  /**
   * The scopes of the request's subject or of the guard's reservation, from the tenant down, even if
   * the server names one of them. If the server names other scopes, only those. For a read, or a call
   * with only the id of a reservation, the scopes that the server names, if any.
   */
  readonly scopes: readonly string[];

  /** @internal */
  constructor(message: string, response: ApiErrorResponse) {
    super(message, response);
    this.httpStatus = response.status;
    this.requestId = response.requestId;
    this.traceId = response.traceId;
    this.retryAfterMs = response.retryAfterMs;
    this.details = response.details;
    this.body = response.body;
    this.scope = response.scope;
    this.scopes = response.scopes;
  }
}

/**
 * The budget does not allow the spend: use a cheaper action, wait, or stop. `code` is
 * `BUDGET_EXCEEDED`, `OVERDRAFT_LIMIT_EXCEEDED`, `DEBT_OUTSTANDING`, `BUDGET_FROZEN`,
 * `BUDGET_CLOSED`, `TENANT_CLOSED`, or the reason that came with `decision: DENY`.
 */
export class BudgetDeniedError extends CyclesApiError {
  override readonly name = "BudgetDeniedError";
}

/** No budget covers any scope of the request. */
export class BudgetNotFoundError extends CyclesApiError {
  override readonly name = "BudgetNotFoundError";
  /** The unit that was requested, and where the server looked. */
  readonly hint: UnitHint;

  /** @internal */
  constructor(message: string, response: ApiErrorResponse, hint: UnitHint) {
    super(message, response);
    this.hint = hint;
  }
}

/** The unit of the request is not that of its budgets or, for a commit, of its reservation. */
export class UnitMismatchError extends CyclesApiError {
  override readonly name = "UnitMismatchError";
  /** The unit that was sent. */
  readonly requestedUnit: UnitHint["requestedUnit"];
  /** The units that the server accepts, if it names them. */
  readonly expectedUnits: readonly string[] | undefined;
  /** Where the server looked for a budget. Only reserve, decide and events have a hint. */
  declare readonly hint?: UnitHint;

  /** @internal */
  constructor(message: string, response: ApiErrorResponse, hint: UnitHint, isHinted: boolean) {
    super(message, response);
    this.requestedUnit = hint.requestedUnit;
    this.expectedUnits = hint.expectedUnits;
    if (isHinted) this.hint = hint;
  }
}

/** Details of a unit for which no budget was found. */
export interface UnitHint {
  /** The unit that was sent. */
  readonly requestedUnit: components["schemas"]["UnitEnum"] | undefined;
  /** The units that the scope has, if the server names them. */
  readonly expectedUnits?: readonly string[];
  /** The scope where the server looked. */
  readonly scope?: string;
}

/** The reservation has expired, was committed or released, or cannot be extended any further. */
export class ReservationStateError extends CyclesApiError {
  override readonly name = "ReservationStateError";
}

/** 401: the key is missing, wrong or revoked, or the server cannot check keys now. */
export class CyclesAuthenticationError extends CyclesApiError {
  override readonly name = "CyclesAuthenticationError";
}

/** 403: the key is valid, but not for this tenant or reservation. */
export class CyclesPermissionError extends CyclesApiError {
  override readonly name = "CyclesPermissionError";
}

/** 429: too many requests. This says nothing about the budget. Wait for `retryAfterMs`. */
export class CyclesRateLimitError extends CyclesApiError {
  override readonly name = "CyclesRateLimitError";
}

/**
 * The idempotency key was used before with another body. For a new request, use a new key. To
 * repeat the earlier request, send the same body.
 */
export class IdempotencyMismatchError extends CyclesApiError {
  override readonly name = "IdempotencyMismatchError";
}

/**
 * Whether `value` is an error of this package and, if you pass a `code`, has that code. Unlike
 * `instanceof`, it works across realms and copies of the package.
 *
 * @example
 * ```ts
 * import { isCyclesError } from "cycles-client";
 * const isExceeded = (error: unknown) => isCyclesError(error, "BUDGET_EXCEEDED");
 * const isClosed = (error: unknown) => isCyclesError(error, "CLIENT_CLOSED");
 * ```
 */
export function isCyclesError<Code extends CyclesErrorCode>(
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
