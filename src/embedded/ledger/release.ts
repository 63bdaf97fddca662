import { toBalance } from "./balance.js";
import { giveBack } from "./budgets-of.js";
import { checkNotExpired } from "./checks.js";
import type { Decision, LedgerState, Reservation, Wire } from "./state.js";

/** Gives the whole estimate back. */
export function release(
  state: LedgerState,
  reservation: Reservation,
  now: number,
): Decision<Wire["ReleaseResponse"]> {
  const expired = checkNotExpired(reservation);
  if (expired) return { answer: expired, changes: {} };
  const budgets = giveBack(state, reservation);
  return {
    answer: {
      status: "RELEASED",
      released: reservation.request.estimate,
      balances: budgets.map(toBalance),
    },
    changes: { budgets, reservation: { ...reservation, status: "RELEASED", finalizedAt: now } },
  };
}
