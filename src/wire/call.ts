import type { Operation } from "../../generated/operations.js";
import { sleep } from "../clock.js";
import { readHeader } from "../headers.js";
import type { Settings } from "../options.js";
import type { WithResponse } from "./api-promise.js";
import { attempt, type Draft, prepare, type Timing } from "./attempt.js";
import type { Carry } from "./light.js";
import { retryDelay, type RetryPolicy } from "./retry.js";
import type { Answer } from "./send.js";

/** Checks, sends, judges, and tries again as the operation allows. */
export async function perform<T>(
  settings: Settings,
  carry: Carry,
  draft: Draft,
): Promise<WithResponse<T>> {
  return (await performTimed<T>(settings, carry, draft)).response;
}

/** The same, with the times of the one attempt that was answered. */
export async function performTimed<T>(
  settings: Settings,
  carry: Carry,
  draft: Draft,
): Promise<{ readonly response: WithResponse<T>; readonly timing: Timing }> {
  const prepared = prepare(settings, draft);
  const { operation, signal } = prepared;
  const policy = policyFor(operation, draft.options?.maxRetries, settings.maxRetries);
  for (let failed = 1; ; failed += 1) {
    const ended = await attempt(settings, carry, prepared);
    if ("answer" in ended) {
      const { data, inexact } = ended.verdict;
      if (inexact.length > 0)
        settings.notify({ type: "inexact_integer", operation: operation.id, fields: inexact });
      // The validator of the operation has just said that the body fits.
      return { response: describe(ended.answer, data as T, inexact), timing: ended.timing };
    }
    const { verdict, error } = ended;
    const delayMs = retryDelay(policy, verdict, failed, Math.random());
    if (delayMs === undefined) throw error;
    settings.notify({ type: "retry", operation: operation.id, attempt: failed, delayMs, error });
    if (delayMs > 0) await sleep(settings.clock, delayMs, signal);
  }
}

/** A reserve holds somebody up: one immediate repeat, then the caller decides. The rest can wait a little. */
function policyFor({ id }: Operation, own: number | undefined, usual: number): RetryPolicy {
  return id === "createReservation"
    ? { kind: "immediate", maxRetries: Math.min(own ?? 1, 1) }
    : { kind: "backoff", maxRetries: own ?? usual };
}

function describe<T>(
  { status, headers }: Answer,
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
