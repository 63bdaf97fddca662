import { giveBack } from "./budgets-of.js";
import { type Changes, type LedgerState, settleableUntil } from "./state.js";

/** What the passing of time does to one reservation: beyond its grace period it lapses and gives its budget back. */
export function expire(state: LedgerState, id: string, now: number): Changes {
  const reservation = state.reservations.get(id);
  if (reservation?.status !== "ACTIVE" || now <= settleableUntil(reservation)) return {};
  return {
    budgets: giveBack(state, reservation),
    reservation: { ...reservation, status: "EXPIRED" },
  };
}
