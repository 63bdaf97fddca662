import type { ReservationCreateResponse } from "../../generated/paths.js";
import { onAbort } from "../clock.js";
import type { GuardContext } from "./context.js";
import { release } from "./release.js";

/**
 * Settles as `work` does, or rejects with the signal's reason if the signal is aborted first. If a
 * value arrives after that, `late` receives it.
 */
export function unlessAborted<T>(
  work: Promise<T>,
  signal: AbortSignal | undefined,
  late: (value: T) => void,
): Promise<T> {
  if (signal === undefined || signal.aborted) return work;
  return new Promise((resolve, reject) => {
    const stopWaiting = onAbort(signal, () => {
      const reason: unknown = signal.reason;
      reject(reason);
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
 * Releases a reservation that was granted after its caller had abandoned the reserve.
 *
 * If the caller chose the idempotency key, another call with this key may use the reservation. The
 * lease then lapses, and a notice reports it.
 */
export function undoGrant(
  context: GuardContext,
  { decision, reservation_id: id, affected_scopes: scopes }: ReservationCreateResponse,
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
  const reason = "the caller abandoned the reserve";
  const undone = release(context, id, { reason, traceId, scopes }).then((error) => {
    notify(
      error
        ? { type: "release_failed", reservationId: id, error }
        : { type: "released", reservationId: id, reason },
    );
  });
  context.background(undone);
}
