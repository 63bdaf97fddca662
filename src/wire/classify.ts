import type { Operation } from "../../generated/operations.js";
import {
  type ApiErrorAnswer,
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
import { readHeader } from "../headers.js";
import { scopesOf } from "../scope.js";
import type { Subject } from "../subject.js";
import { unitHint } from "../unit-hint.js";
import type { Verdict } from "./judge.js";
import type { Answer } from "./send.js";

/** The failure of an attempt, with the answer where one came. */
export interface Failure {
  readonly operation: Operation;
  readonly idempotencyKey: string | undefined;
  /** The body that was sent. */
  readonly request: unknown;
  readonly verdict: Exclude<Verdict, { kind: "success" }>;
  readonly answer: Answer | undefined;
}

/** The error that a caller gets for a failed attempt. */
export function classify({
  operation,
  idempotencyKey,
  request,
  verdict,
  answer,
}: Failure): CyclesError {
  const context = { operation: operation.id, idempotencyKey };
  if (verdict.kind === "unreachable" || answer === undefined) {
    return verdict.kind === "unreachable"
      ? withContext(verdict.error, context)
      : new CyclesConnectionError("No answer", context);
  }
  const { status, text } = answer;
  if (status < 400) return unexpected(operation, verdict, answer, context);
  const { body } = verdict;
  const code = body?.error ?? `HTTP_${String(status)}`;
  const details = body?.details;
  const common: ApiErrorAnswer = {
    ...context,
    status,
    code,
    requestId: body?.request_id ?? readHeader(answer.headers, "X-Request-Id"),
    traceId: body?.trace_id ?? readHeader(answer.headers, "X-Cycles-Trace-Id"),
    retryAfterMs: verdict.kind === "limited" ? verdict.retryAfterMs : undefined,
    details,
    body: body ?? text,
    scopes: scopesIn(details) ?? scopesOfRequest(request),
    retryable: verdict.kind !== "rejected",
  };
  const said = body?.message ?? (text.slice(0, 200) || "no body");
  const hinted = unitHint(operation.id, request, { status, code, message: said, details });
  switch (hinted?.kind) {
    case "not_found":
      return new BudgetNotFoundError(compose(common, hinted.message), common, hinted.hint);
    case "unit_mismatch":
      return new UnitMismatchError(compose(common, hinted.message), common, hinted.hint);
    case undefined:
      return apiError(common, said);
  }
}

/** A reserve that was answered 200 with DENY. */
export function denied(answer: ApiErrorAnswer): BudgetDeniedError {
  return new BudgetDeniedError(
    compose(answer, "The server denied the reservation", DENIED),
    answer,
  );
}

const DENIED = "Use a cheaper action, wait until budget is free, or have the budget raised";

function apiError(answer: ApiErrorAnswer, said: string): CyclesApiError {
  switch (answer.code) {
    case "BUDGET_EXCEEDED":
    case "OVERDRAFT_LIMIT_EXCEEDED":
    case "DEBT_OUTSTANDING":
      return new BudgetDeniedError(compose(answer, said, DENIED), answer);
    case "BUDGET_FROZEN":
    case "BUDGET_CLOSED":
    case "TENANT_CLOSED":
      return new BudgetDeniedError(compose(answer, said, "An operator has to open it"), answer);
    case "RESERVATION_EXPIRED":
    case "RESERVATION_FINALIZED":
    case "MAX_EXTENSIONS_EXCEEDED":
      return new ReservationStateError(compose(answer, said), answer);
    case "IDEMPOTENCY_MISMATCH":
      return new IdempotencyMismatchError(
        compose(
          answer,
          said,
          "Repeat a call with the body of its first attempt; use a fresh key for a new one",
        ),
        answer,
      );
  }
  switch (answer.status) {
    case 401:
      return new CyclesAuthenticationError(
        compose(
          answer,
          said,
          "Check CYCLES_API_KEY; the reference server also answers this while its store is away",
        ),
        answer,
      );
    case 403:
      return new CyclesPermissionError(
        compose(answer, said, "Check that the key belongs to the tenant of the request"),
        answer,
      );
    case 409:
      // Servers may add reasons for a refusal; on these operations each of them is a budget's no.
      return ["createReservation", "createEvent"].includes(answer.operation ?? "") &&
        answer.code !== "HTTP_409"
        ? new BudgetDeniedError(compose(answer, said, DENIED), answer)
        : new CyclesApiError(compose(answer, said), answer);
    case 410:
      return new ReservationStateError(compose(answer, said), answer);
    case 429:
      return new CyclesRateLimitError(compose(answer, said, wait(answer)), answer);
    default:
      return new CyclesApiError(compose(answer, said), answer);
  }
}

/** `reserve for tenant:acme: what the server said. What to do. (409 BUDGET_EXCEEDED, request req_1)` */
function compose(answer: ApiErrorAnswer, said: string, advice?: string): string {
  const scope = answer.scopes.at(-1);
  const about = `${answer.operation ?? "request"}${scope === undefined ? "" : ` for ${scope}`}`;
  const request = answer.requestId === undefined ? "" : `, request ${answer.requestId}`;
  const tail = `(${String(answer.status)} ${answer.code}${request})`;
  return `${about}: ${said.replace(/\.$/, "")}.${advice === undefined ? "" : ` ${advice}.`} ${tail}`;
}

function wait({ retryAfterMs }: ApiErrorAnswer): string {
  return retryAfterMs === undefined
    ? "Slow down and try again later"
    : `Try again in ${String(retryAfterMs)} ms`;
}

function unexpected(
  operation: Operation,
  verdict: Exclude<Verdict, { kind: "success" | "unreachable" }>,
  { status, text }: Answer,
  context: CallContext,
): CyclesResponseError {
  const excerpt = text.slice(0, 200);
  if (status >= 300) {
    const message = `${operation.id}: the server redirects (${String(status)}), which is not followed: the API key would travel along. Point the base URL at the final address`;
    return new CyclesResponseError(message, { ...context, status, excerpt, retryable: false });
  }
  const said =
    status === operation.success && verdict.kind === "ambiguous"
      ? `answered with ${verdict.reason}`
      : `answered ${String(status)}, where only ${String(operation.success)} means success`;
  const message = `${operation.id}: ${said}; whether it took effect is unknown. Repeat it with the same idempotency key`;
  return new CyclesResponseError(message, { ...context, status, excerpt });
}

function withContext(error: CyclesError, context: CallContext): CyclesError {
  const message = `${context.operation ?? "request"}: ${error.message}`;
  if (error instanceof CyclesTimeoutError)
    return new CyclesTimeoutError(message, error.timeoutMs, context);
  if (error instanceof CyclesResponseError) {
    return new CyclesResponseError(message, {
      ...context,
      status: error.status,
      excerpt: error.excerpt,
      retryable: error.retryable,
    });
  }
  return new CyclesConnectionError(message, { ...context, cause: error.cause });
}

function scopesIn(details: Readonly<Record<string, unknown>> | undefined): string[] | undefined {
  const scope = details?.["scope"] ?? details?.["affected_scopes"];
  if (typeof scope === "string") return [scope];
  return Array.isArray(scope) ? scope.map(String) : undefined;
}

function scopesOfRequest(request: unknown): string[] {
  const { subject } = (request ?? {}) as { subject?: Subject };
  return subject === undefined ? [] : scopesOf(subject);
}
