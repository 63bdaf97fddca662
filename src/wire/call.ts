import type { Operation, OperationId, ResponseBody } from "../../generated/operations.js";
import { sleep } from "../clock.js";
import { readHeader } from "../protocol/headers.js";
import type { Settings } from "../settings.js";
import { redactorOf } from "../secrets.js";
import type { WithResponse } from "./api-promise.js";
import { attempt, type FailedAttempt, type SuccessfulAttempt, type Timing } from "./attempt.js";
import { type Draft, prepare, type Prepared } from "./prepare.js";
import { retryDelay, type RetryPolicy } from "./retry.js";
import type { HttpResponse, Send } from "./send.js";

/** Checks a call, sends it, judges the response, and retries if the operation allows it. */
export async function perform<Id extends OperationId>(
  settings: Settings,
  send: Send,
  draft: Draft<Id>,
): Promise<WithResponse<ResponseBody<Id>>> {
  const { response, data, inexact } = await performTimed(settings, send, draft);
  return describe(response, data, inexact);
}

/** The result of a call, and the times of the attempt that succeeded. */
export interface Performed<Id extends OperationId> {
  /** The body of the request as it was sent. */
  readonly sent: string;
  readonly response: HttpResponse;
  readonly data: ResponseBody<Id>;
  readonly inexact: readonly string[];
  readonly timing: Timing;
}

/**
 * Like {@link perform}, but returns the times of the attempt and does not read headers.
 *
 * @throws {@link CyclesValidationError} at once, if the call is not valid
 */
export function performTimed<Id extends OperationId>(
  settings: Settings,
  send: Send,
  draft: Draft<Id>,
): Promise<Performed<Id>> {
  const prepared = prepare(settings, draft);
  const maxRetries = draft.options?.maxRetries;
  return attempt(settings, send, prepared).then((ended) =>
    "response" in ended
      ? performed(settings, prepared, ended)
      : retry(settings, send, prepared, maxRetries, ended),
  );
}

/** Repeats a call whose first attempt has failed. */
async function retry<Id extends OperationId>(
  settings: Settings,
  send: Send,
  prepared: Prepared<Id>,
  maxRetries: number | undefined,
  first: FailedAttempt,
): Promise<Performed<Id>> {
  const { operation, http } = prepared;
  const policy = policyFor(operation, maxRetries, settings.maxRetries);
  let { verdict, error } = first;
  for (let failed = 1; ; failed += 1) {
    const delayMs = retryDelay(policy, verdict, failed, Math.random());
    if (delayMs === undefined) throw error;
    settings.notify({ type: "retry", operation: operation.id, attempt: failed, delayMs, error });
    if (delayMs > 0) await sleep(settings.clock, delayMs, http.signal);
    const ended = await attempt(settings, send, prepared);
    if ("response" in ended) return performed(settings, prepared, ended);
    ({ verdict, error } = ended);
  }
}

function performed<Id extends OperationId>(
  { apiKey, notify }: Settings,
  { operation, http }: Prepared<Id>,
  { verdict, response, timing }: SuccessfulAttempt<Id>,
): Performed<Id> {
  const { data, inexact } = verdict;
  if (inexact.length > 0) {
    // The server chooses the names of these fields, so they may contain secrets.
    const fields = redactorOf(apiKey, http.headers).value(inexact);
    notify({ type: "inexact_integer", operation: operation.id, fields });
  }
  return { sent: http.body ?? "", response, data, inexact, timing };
}

/** A reserve delays work, so it is retried only once, without a delay. Other calls back off. */
function policyFor({ id }: Operation, own: number | undefined, usual: number): RetryPolicy {
  return id === "createReservation"
    ? { kind: "immediate", maxRetries: Math.min(own ?? 1, 1) }
    : { kind: "backoff", maxRetries: own ?? usual };
}

function describe<T>(
  { status, headers }: HttpResponse,
  data: T,
  inexact: readonly string[],
): WithResponse<T> {
  const remaining = Number(readHeader(headers, "X-RateLimit-Remaining") ?? -1);
  const reset = Number(readHeader(headers, "X-RateLimit-Reset") ?? 0);
  return {
    data,
    status,
    requestId: readHeader(headers, "X-Request-Id"),
    traceId: readHeader(headers, "X-Cycles-Trace-Id"),
    tenant: readHeader(headers, "X-Cycles-Tenant"),
    rateLimit: remaining >= 0 ? { remaining, reset: reset > 0 ? reset : undefined } : undefined,
    inexact,
    headers,
  };
}
