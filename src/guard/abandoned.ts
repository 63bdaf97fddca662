import { onAbort } from "../clock.js";
import type { GuardContext } from "./context.js";
import type { CreateResponse } from "./grant.js";
import { release } from "./release.js";

/** What `work` comes to; if the signal is aborted first, its reason, and `late` gets what comes afterwards. */
export function unlessAborted<T>(
  work: Promise<T>,
  signal: AbortSignal | undefined,
  late: (value: T) => void,
): Promise<T> {
  if (signal === undefined || signal.aborted) return work;
  return new Promise((resolve, reject) => {
    const stopWaiting = onAbort(signal, () => {
      reject(signal.reason as Error);
    });
    work.then(
      (value) => {
        stopWaiting();
        if (signal.aborted) late(value);
        else resolve(value);
      },
      (error: unknown) => {
        stopWaiting();
        reject(error);
      },
    );
  });
}

/**
 * Releases what was granted after its caller had given up. With a key of the caller's own, another delivery of the same
 * job may be using the reservation: then it is left to lapse.
 */
export function undoGrant(
  context: GuardContext,
  { decision, reservation_id: id }: CreateResponse,
  reserve: {
    readonly idempotencyKey: string;
    readonly isOwnKey: boolean;
    readonly traceId: string;
  },
): void {
  if (decision === "DENY" || id === undefined) return;
  const { notify } = context.settings;
  const { idempotencyKey, isOwnKey, traceId } = reserve;
  if (isOwnKey) {
    notify({ type: "reserve_abandoned", reservationId: id, idempotencyKey });
    return;
  }
  const reason = "the caller gave the reserve up";
  const undone = release(context, id, { reason, traceId }).then((error) => {
    notify(
      error
        ? { type: "release_failed", reservationId: id, error }
        : { type: "released", reservationId: id, reason },
    );
  });
  context.background(undone);
}
