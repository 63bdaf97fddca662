import { refuse } from "./refusal.js";
import { rulesOf } from "./rules.js";
import {
  budgetsOf,
  type Execution,
  type LedgerState,
  type Reservation,
  type LedgerSettings,
  type Wire,
} from "./state.js";

/** Extends a reservation from its current expiry, but not in the grace period. */
export function extend(
  state: LedgerState,
  reservation: Reservation,
  { extend_by_ms }: Wire["ReservationExtendRequest"],
  now: number,
  settings: LedgerSettings,
): Execution<Wire["ReservationExtendResponse"]> {
  const { id, extensions, maxExtensions } = reservation;
  if (now > reservation.expiresAt) {
    const refusal = refuse("RESERVATION_EXPIRED", `Reservation ${id} has expired`);
    return { result: refusal, changes: {} };
  }
  if (extensions >= maxExtensions) {
    const refusal = refuse(
      "MAX_EXTENSIONS_EXCEEDED",
      `Reservation ${id} was extended ${maxExtensions} times, which is the maximum`,
    );
    return { result: refusal, changes: {} };
  }
  const expiresAt = extended(reservation.expiresAt, extend_by_ms, now, settings);
  return {
    result: {
      status: "ACTIVE",
      expires_at_ms: expiresAt,
      ...(settings.reportRemainingTtl && { remaining_ttl_ms: expiresAt - now }),
      balances: budgetsOf(state, reservation).map(rulesOf(settings).views.balance),
    },
    changes: { reservation: { ...reservation, expiresAt, extensions: extensions + 1 } },
  };
}

/** The new expiry. The settings limit it, but it never moves backwards. */
function extended(expiresAt: number, byMs: number, now: number, settings: LedgerSettings): number {
  const granted = expiresAt + Math.min(byMs, settings.maxTtlMs);
  return Math.max(expiresAt, Math.min(granted, now + settings.maxLeadMs));
}
