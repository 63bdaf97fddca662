import { operations } from "../../generated/operations.js";
import { thrownText } from "../callback.js";
import { CyclesError, CyclesTimeoutError } from "../errors.js";
import { perform } from "../wire/call.js";
import type { GuardContext } from "./context.js";

/** The parts of a release. */
interface ReleaseDraft {
  readonly reason: string | undefined;
  readonly traceId: string;
  readonly scopes: readonly string[];
}

/**
 * Releases a reservation. Resolves to the error if that fails, and never rejects.
 *
 * It takes at most `settleTimeout`. No request is sent after that time, but a request that was sent
 * before may still take effect.
 */
export async function release(
  { settings, send }: Pick<GuardContext, "settings" | "send">,
  reservationId: string,
  { reason, traceId, scopes }: ReleaseDraft,
): Promise<CyclesError | undefined> {
  const { clock, settleTimeout } = settings;
  const controller = new AbortController();
  const timer = clock.setTimeout(() => {
    controller.abort(timedOut(reservationId, settleTimeout));
  }, settleTimeout);
  try {
    await perform(settings, send, {
      operation: operations.releaseReservation,
      path: { reservation_id: reservationId },
      body: reason === undefined ? {} : { reason },
      options: { signal: controller.signal },
      traceId,
      scopes,
    });
    return undefined;
  } catch (error) {
    if (error instanceof CyclesError) return error;
    return new CyclesError(`releaseReservation: ${thrownText(error)}`, {
      code: "RELEASE",
      operation: "releaseReservation",
      cause: error,
    });
  } finally {
    timer.cancel();
  }
}

function timedOut(reservationId: string, timeoutMs: number): CyclesTimeoutError {
  return new CyclesTimeoutError(
    `releaseReservation: no response for reservation ${reservationId} within ${timeoutMs} ms (settleTimeout)`,
    timeoutMs,
    { operation: "releaseReservation" },
  );
}
