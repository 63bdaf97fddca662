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
  IdempotencyMismatchError,
  ReservationStateError,
  UnitMismatchError,
} from "../errors.js";
import { readHeader } from "../protocol/headers.js";
import type { Redactor } from "../secrets.js";
import { unitHint } from "../unit-hint.js";
import { concernedScopes, scopesOfRequest } from "./concerned-scopes.js";
import { compose, line, LONGEST_EXCERPT, LONGEST_HINT, LONGEST_TEXT } from "./error-text.js";
import { type FailedVerdict, isKnown } from "./judge.js";
import type { Prepared } from "./prepare.js";
import type { HttpResponse } from "./send.js";
import { shownError } from "./shown-error.js";

/** The failure of an attempt, with the response if there is one. */
export interface Failure extends Omit<Prepared, "http"> {
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
    ...concernedScopes(failure.scopes ?? scopesOfRequest(request), body?.details),
    retryable: verdict.kind !== "rejected",
  };
  const shown = shownResponse(common, redactor);
  const hinted = unitHint(operation.id, request, { ...common, message: said });
  if (hinted === undefined) return apiError(code, shown, redactor.text(said));
  const message = compose(shown, redactor.text(hinted.message), undefined, LONGEST_HINT);
  const hint = redactor.value(hinted.hint);
  switch (hinted.kind) {
    case "not_found":
      return new BudgetNotFoundError(message, shown, hint);
    case "unit_mismatch":
      return new UnitMismatchError(message, shown, hint, hinted.isHinted);
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
    scope: value(response.scope),
    scopes: value(response.scopes),
    code: isKnown(code) || code === `HTTP_${response.status}` ? code : text(code),
  };
}

const DENIED = "Use a cheaper action, wait until budget is free, or raise the budget";
/** For a commit above the estimate under the policy REJECT: the reservation is still active. */
const OVERRUN = "Commit at most the estimate, and record the rest as an event";
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
  const isOverrun = code === "BUDGET_EXCEEDED" && response.operation === "commitReservation";
  const advice = isOverrun ? OVERRUN : ADVICE.get(code);
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
          response.idempotencyKey &&
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
  const advice = operation.keyed
    ? "Whether the call took effect is unknown. Repeat it with the same idempotency key"
    : "Repeat the call";
  const message = `${operation.id}: ${said}. ${advice}`;
  return new CyclesResponseError(message, { ...context, status, excerpt });
}
