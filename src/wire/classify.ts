import type { Operation } from "../../generated/operations.js";
import {
  type ApiErrorResponse,
  BudgetDeniedError,
  BudgetNotFoundError,
  type CallContext,
  CyclesApiError,
  CyclesAuthenticationError,
  CyclesConnectionError,
  type CyclesError,
  CyclesPermissionError,
  CyclesRateLimitError,
  CyclesResponseError,
  CyclesTimeoutError,
  IdempotencyMismatchError,
  ReservationStateError,
  UnitMismatchError,
} from "../errors.js";
import { member } from "../member.js";
import { readHeader } from "../protocol/headers.js";
import { scopesOf } from "../protocol/scope.js";
import type { Redactor } from "../secrets.js";
import { isSubject } from "../protocol/subject.js";
import { cut, plain } from "../text.js";
import { unitHint } from "../unit-hint.js";
import { type FailedVerdict, isKnown } from "./judge.js";
import type { HttpResponse } from "./send.js";

/** The failure of an attempt, with the response if there is one. */
export interface Failure {
  readonly operation: Operation;
  readonly idempotencyKey: string | undefined;
  /** The body that was sent. */
  readonly request: unknown;
  readonly verdict: FailedVerdict;
  readonly response: HttpResponse | undefined;
  /** Redacts the parts of the response that are shown. The response was judged unredacted. */
  readonly redactor: Redactor;
}

/** The error that a caller gets for a failed attempt. */
export function classify(failure: Failure): CyclesError {
  const { operation, idempotencyKey, request, verdict, response, redactor } = failure;
  const context = { operation: operation.id, idempotencyKey };
  if (verdict.kind === "unreachable" || response === undefined) {
    return verdict.kind === "unreachable"
      ? shownError(verdict.error, redactor, context)
      : new CyclesConnectionError("No response", context);
  }
  const { status, text } = response;
  if (status < 400) return unexpected(failure, verdict, response, context);
  const { body } = verdict;
  const code = body?.error ?? `HTTP_${status}`;
  const said = body?.message ?? (text || "no body");
  const common: ApiErrorResponse = {
    ...context,
    status,
    code,
    requestId: body?.request_id ?? readHeader(response.headers, "X-Request-Id"),
    traceId: body?.trace_id ?? readHeader(response.headers, "X-Cycles-Trace-Id"),
    retryAfterMs: verdict.kind === "limited" ? verdict.retryAfterMs : undefined,
    details: body?.details,
    body: body ?? text,
    scopes: scopesIn(body?.details) ?? scopesOfRequest(request),
    retryable: verdict.kind !== "rejected",
  };
  const shown = shownResponse(common, redactor);
  const hinted = unitHint(operation.id, request, {
    status,
    code,
    message: said,
    details: body?.details,
  });
  if (hinted === undefined) return apiError(code, shown, redactor.text(said));
  const message = compose(shown, redactor.text(hinted.message), undefined, LONGEST_HINT);
  const hint = redactor.value(hinted.hint);
  switch (hinted.kind) {
    case "not_found":
      return new BudgetNotFoundError(message, shown, hint);
    case "unit_mismatch":
      return new UnitMismatchError(message, shown, hint);
    default:
      return hinted.kind satisfies never;
  }
}

/** The error of a reserve whose response is 200 with DENY. */
export function denied(response: ApiErrorResponse, redactor: Redactor): BudgetDeniedError {
  const shown = shownResponse(response, redactor);
  const advice = ADVICE.get(response.code) ?? DENIED;
  return new BudgetDeniedError(compose(shown, "The server denied the reservation", advice), shown);
}

/** The response as an error shows it, without secrets. The protocol's codes are never secrets. */
function shownResponse(response: ApiErrorResponse, { text, value }: Redactor): ApiErrorResponse {
  const { code } = response;
  return {
    ...response,
    requestId: value(response.requestId),
    traceId: value(response.traceId),
    details: value(response.details),
    body: value(response.body),
    scopes: value(response.scopes),
    code: isKnown(code) || code === `HTTP_${response.status}` ? code : text(code),
  };
}

const DENIED = "Use a cheaper action, wait until budget is free, or raise the budget";
const IN_DEBT =
  "nothing can be reserved until it is repaid. Fund the budget, which repays the debt first";
const CLOSED = "An operator must open it";

/** The advice for a denial, by its code. */
const ADVICE: ReadonlyMap<string, string> = new Map([
  ["BUDGET_EXCEEDED", DENIED],
  [
    "OVERDRAFT_LIMIT_EXCEEDED",
    `The scope has reached its overdraft limit, and ${IN_DEBT}, or raise the limit`,
  ],
  ["DEBT_OUTSTANDING", `The scope has debt from earlier work, and ${IN_DEBT}`],
  ["BUDGET_FROZEN", CLOSED],
  ["BUDGET_CLOSED", CLOSED],
  ["TENANT_CLOSED", CLOSED],
]);

/** @param code the code as the server sent it; `response` has the redacted code */
function apiError(code: string, response: ApiErrorResponse, said: string): CyclesApiError {
  const advice = ADVICE.get(code);
  if (advice !== undefined) return new BudgetDeniedError(compose(response, said, advice), response);
  switch (code) {
    case "RESERVATION_EXPIRED":
    case "RESERVATION_FINALIZED":
    case "MAX_EXTENSIONS_EXCEEDED":
      return new ReservationStateError(compose(response, said), response);
    case "IDEMPOTENCY_MISMATCH":
      return new IdempotencyMismatchError(
        compose(
          response,
          said,
          "Repeat a call with the body of its first attempt. Use a new key for a new call",
        ),
        response,
      );
  }
  switch (response.status) {
    case 401:
      return new CyclesAuthenticationError(
        compose(
          response,
          said,
          "Check CYCLES_API_KEY. The reference server also returns 401 while its store is down",
        ),
        response,
      );
    case 403:
      return new CyclesPermissionError(
        compose(response, said, "Check that the API key belongs to the tenant"),
        response,
      );
    case 409:
      // A newer server can send new codes. On these operations, an unknown code is a denial.
      return ["createReservation", "createEvent"].includes(response.operation ?? "") &&
        code !== "HTTP_409" &&
        !isKnown(code)
        ? new BudgetDeniedError(compose(response, said, DENIED), response)
        : new CyclesApiError(compose(response, said), response);
    case 410:
      return new ReservationStateError(compose(response, said), response);
    case 429:
      return new CyclesRateLimitError(compose(response, said, wait(response)), response);
    default:
      return new CyclesApiError(compose(response, said), response);
  }
}

/** `createReservation for tenant:acme: the server's message. What to do. (409 CODE, request id)` */
function compose(
  response: ApiErrorResponse,
  said: string,
  advice?: string,
  most = LONGEST_TEXT,
): string {
  const scope = response.scopes.at(-1);
  const about = `${response.operation ?? "request"}${scope === undefined ? "" : ` for ${short(scope)}`}`;
  const request = response.requestId === undefined ? "" : `, request ${short(response.requestId)}`;
  const tail = `(${response.status} ${short(response.code)}${request})`;
  const sentence = line(said, most).replace(/\.$/, "");
  return `${about}: ${sentence}.${advice === undefined ? "" : ` ${advice}.`} ${tail}`;
}

/** A name that the server chose, as part of a message. */
function short(name: string): string {
  return line(name, LONGEST_NAME);
}

/** Puts a redacted text on one line of limited length. Half a secret would not be recognised. */
function line(text: string, most: number): string {
  return cut(plain(cut(text, most)), most);
}

/** In characters. Messages go to logs, and a server's text may be very long. */
const LONGEST_TEXT = 500;
/** A hint says what to do after it names the scope, which can have six levels. */
const LONGEST_HINT = 1_500;
const LONGEST_NAME = 200;
const LONGEST_EXCERPT = 200;

function wait({ retryAfterMs }: ApiErrorResponse): string {
  return retryAfterMs === undefined
    ? "Send fewer requests, and try again later"
    : `Try again in ${retryAfterMs} ms`;
}

function unexpected(
  { operation, redactor }: Failure,
  verdict: Exclude<FailedVerdict, { kind: "unreachable" }>,
  { status, text }: HttpResponse,
  context: CallContext,
): CyclesResponseError {
  const excerpt = redactor.text(text).slice(0, LONGEST_EXCERPT);
  if (status >= 300) {
    const message = `${operation.id}: the server redirects (${status}). Redirects are not followed, because the API key would be sent along. Set the base URL to the final address`;
    return new CyclesResponseError(message, { ...context, status, excerpt, retryable: false });
  }
  const said =
    status === operation.success && verdict.kind === "ambiguous"
      ? `the server responded with ${line(redactor.text(verdict.reason), LONGEST_TEXT)}`
      : `the server responded with status ${status} instead of ${operation.success}`;
  const message = `${operation.id}: ${said}. Whether the call took effect is unknown. Repeat it with the same idempotency key`;
  return new CyclesResponseError(message, { ...context, status, excerpt });
}

/** An error of the transport as it is shown: with the call's context, and without secrets. */
export function shownError(
  error: CyclesError,
  redactor: Redactor,
  context: CallContext = {},
): CyclesError {
  const said = line(redactor.text(error.message), LONGEST_TEXT);
  const message = context.operation === undefined ? said : `${context.operation}: ${said}`;
  if (error instanceof CyclesTimeoutError)
    return new CyclesTimeoutError(message, error.timeoutMs, context);
  if (error instanceof CyclesResponseError) {
    return new CyclesResponseError(message, {
      ...context,
      status: error.status,
      excerpt: redactor.text(error.excerpt).slice(0, LONGEST_EXCERPT),
      retryable: error.retryable,
    });
  }
  return new CyclesConnectionError(message, {
    ...context,
    cause: shownCause(error.cause, redactor, MOST_CAUSES),
  });
}

/**
 * Copies only the name, message and code of a cause, because the cause may contain a whole request
 * with its key.
 */
function shownCause(cause: unknown, redactor: Redactor, most: number): Error | undefined {
  if (cause === undefined || cause === null || most === 0) return undefined;
  try {
    return copiedCause(cause, redactor, most);
  } catch {
    return new Error("an error that cannot be read");
  }
}

function copiedCause(cause: unknown, redactor: Redactor, most: number): Error {
  const [name, code] = [member(cause, "name"), member(cause, "code")];
  const text = (value: unknown) =>
    typeof value === "string" ? cut(redactor.text(value), LONGEST_TEXT) : undefined;
  const inner = shownCause(member(cause, "cause"), redactor, most - 1);
  return Object.assign(
    new Error(text(member(cause, "message") ?? cause) ?? typeof cause, inner && { cause: inner }),
    typeof name === "string" && { name: text(name) },
    typeof code === "string" && { code: text(code) },
  );
}

/** `fetch` wraps the error of the connection. Deeper causes are not useful. */
const MOST_CAUSES = 3;

function scopesIn(details: Readonly<Record<string, unknown>> | undefined): string[] | undefined {
  const scope = details?.["scope"] ?? details?.["affected_scopes"];
  if (typeof scope === "string") return [scope];
  return Array.isArray(scope) ? scope.filter((one) => typeof one === "string") : undefined;
}

function scopesOfRequest(request: unknown): string[] {
  const subject = member(request, "subject");
  return isSubject(subject) ? scopesOf(subject) : [];
}
