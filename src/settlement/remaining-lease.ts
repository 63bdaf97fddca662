import { type enums, defaults } from "../../generated/constants.js";
import { operations } from "../../generated/operations.js";
import { attempt } from "../wire/attempt.js";
import { idProblem } from "../wire/path.js";
import { prepare } from "../wire/prepare.js";
import type { SettlementContext } from "./context.js";
import { isUnguarded } from "./event-text.js";

const ACTIVE: (typeof enums.ReservationStatus)[number] = "ACTIVE";

/**
 * Asks the server for the lease of a reservation. Resolves to how many milliseconds are left with
 * the grace period, to `over` if nothing extends it any more, and to `unknown` if the server does
 * not say. (Protocol: getReservation.)
 */
export async function remainingLease(
  { settings, send }: SettlementContext,
  reservationId: string,
): Promise<number | "over" | "unknown"> {
  // A damaged log can hold any id. The recovery of its record reports that.
  if (isUnguarded(reservationId) || idProblem(reservationId) !== undefined) return "over";
  const { verdict } = await attempt(
    settings,
    send,
    prepare(settings, {
      operation: operations.getReservation,
      path: { reservation_id: reservationId },
    }),
  );
  if (verdict.kind === "success") {
    const { status, expires_at_ms: expiresAt } = verdict.data;
    if (status !== ACTIVE) return "over";
    return expiresAt + defaults.ReservationCreateRequest.grace_period_ms - settings.clock.now();
  }
  // The server knows the answer, but may keep it from this API key. The commit will find out.
  return verdict.kind === "rejected" && verdict.understood && verdict.status !== 401
    ? "over"
    : "unknown";
}
