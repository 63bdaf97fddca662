import { refuse } from "../errors.js";
import { toBalance } from "./balance.js";
import { budgetsOf } from "./budgets-of.js";
import type { Decision, LedgerState, Reservation, Rules, Wire } from "./state.js";

/** Moves an expiry out, counted from where it stands; the grace period is for settling only. */
export function extend(
  state: LedgerState,
  reservation: Reservation,
  { extend_by_ms }: Wire["ReservationExtendRequest"],
  now: number,
  rules: Rules,
): Decision<Wire["ReservationExtendResponse"]> {
  const { id, extensions, maxExtensions } = reservation;
  if (now > reservation.expiresAt) {
    const refusal = refuse("RESERVATION_EXPIRED", `Reservation ${id} has expired`);
    return { answer: refusal, changes: {} };
  }
  if (extensions >= maxExtensions) {
    const refusal = refuse(
      "MAX_EXTENSIONS_EXCEEDED",
      `Reservation ${id} was already extended ${maxExtensions} times, the most allowed`,
    );
    return { answer: refusal, changes: {} };
  }
  const expiresAt = extended(reservation.expiresAt, extend_by_ms, now, rules);
  return {
    answer: {
      status: "ACTIVE",
      expires_at_ms: expiresAt,
      ...(rules.reportRemainingTtl && { remaining_ttl_ms: expiresAt - now }),
      balances: budgetsOf(state, reservation).map(toBalance),
    },
    changes: { reservation: { ...reservation, expiresAt, extensions: extensions + 1 } },
  };
}

/** Clamped by the rules, and never earlier than it was. */
function extended(expiresAt: number, byMs: number, now: number, rules: Rules): number {
  const granted = expiresAt + Math.min(byMs, rules.maxTtlMs);
  return Math.max(expiresAt, Math.min(granted, now + rules.maxLeadMs));
}
