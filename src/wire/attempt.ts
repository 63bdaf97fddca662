import type { OperationId } from "../../generated/operations.js";
import { CyclesError } from "../errors.js";
import type { Settings } from "../settings.js";
import { redactorOf } from "../secrets.js";
import { classify } from "./classify.js";
import { type FailedVerdict, judge, type Success } from "./judge.js";
import type { Prepared } from "./prepare.js";
import type { HttpResponse, Send, TimedResponse } from "./send.js";

/** When an attempt was sent, and when its response was judged, on the monotonic clock. */
export interface Timing {
  readonly sentAt: number;
  readonly receivedAt: number;
}

/** How an attempt ended. */
export type Attempt<Id extends OperationId = OperationId> = SuccessfulAttempt<Id> | FailedAttempt;

/** An attempt that did what was asked. */
export interface SuccessfulAttempt<Id extends OperationId = OperationId> {
  readonly verdict: Success<Id>;
  readonly response: HttpResponse;
  readonly timing: Timing;
}

/** An attempt that did not succeed, as far as the client knows. */
export interface FailedAttempt {
  readonly verdict: FailedVerdict;
  readonly error: CyclesError;
}

/**
 * Sends a prepared call once. Rejects only with the reason of the caller's signal.
 *
 * A thousand calls can be in flight, so this is not an async function: a suspended one holds twice
 * as much memory as two callbacks.
 */
export function attempt<Id extends OperationId>(
  settings: Settings,
  send: Send,
  prepared: Prepared<Id>,
): Promise<Attempt<Id>> {
  return send(prepared.http).then(
    (response) => received(settings, prepared, response),
    (error: unknown) => notReceived(settings, prepared, error),
  );
}

function received<Id extends OperationId>(
  settings: Settings,
  prepared: Prepared<Id>,
  response: TimedResponse,
): Attempt<Id> {
  const { operation, request, http } = prepared;
  const reveals = (id: string) => redactorOf(settings.apiKey, http.headers).reveals(id);
  const verdict = judge(operation, request, response, reveals);
  if (verdict.kind !== "success") return failure(settings, prepared, verdict, response);
  settings.lowBudgets.read(verdict.data);
  const timing = { sentAt: response.sentAt, receivedAt: settings.clock.monotonic() };
  return { verdict, response, timing };
}

function notReceived(settings: Settings, prepared: Prepared, error: unknown): FailedAttempt {
  const { signal } = prepared.http;
  const isReason = signal?.aborted === true && error === signal.reason;
  if (isReason || !(error instanceof CyclesError)) throw error;
  return failure(settings, prepared, { kind: "unreachable", error });
}

function failure(
  { apiKey }: Settings,
  prepared: Prepared,
  verdict: FailedVerdict,
  response?: HttpResponse,
): FailedAttempt {
  const redactor = redactorOf(apiKey, prepared.http.headers);
  return { verdict, error: classify({ ...prepared, verdict, response, redactor }) };
}
