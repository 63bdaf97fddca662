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
export type Attempt<Id extends OperationId = OperationId> =
  | {
      readonly verdict: Success<Id>;
      readonly response: HttpResponse;
      readonly timing: Timing;
    }
  | FailedAttempt;

/** An attempt that did not succeed, as far as the client knows. */
export interface FailedAttempt {
  readonly verdict: FailedVerdict;
  readonly error: CyclesError;
}

/** Sends a prepared call once. Rejects only with the reason of the caller's signal. */
export async function attempt<Id extends OperationId>(
  settings: Settings,
  send: Send,
  prepared: Prepared<Id>,
): Promise<Attempt<Id>> {
  const { operation, request, http } = prepared;
  let response: TimedResponse;
  try {
    response = await send(http);
  } catch (error) {
    const isReason = http.signal?.aborted === true && error === http.signal.reason;
    if (isReason || !(error instanceof CyclesError)) throw error;
    return failure(settings, prepared, { kind: "unreachable", error });
  }
  const reveals = (id: string) => redactorOf(settings.apiKey, http.headers).reveals(id);
  const verdict = judge(operation, request, response, reveals);
  if (verdict.kind !== "success") return failure(settings, prepared, verdict, response);
  const timing = { sentAt: response.sentAt, receivedAt: settings.clock.monotonic() };
  return { verdict, response, timing };
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
