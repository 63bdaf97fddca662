import { checkNotExpired } from "./checks.js";
import { rulesOf } from "./rules.js";
import {
  type Execution,
  giveBack,
  type LedgerSettings,
  type LedgerState,
  type Reservation,
  type Wire,
} from "./state.js";

/** Frees the whole estimate, and charges nothing. */
export function release(
  state: LedgerState,
  reservation: Reservation,
  now: number,
  settings: LedgerSettings,
): Execution<Wire["ReleaseResponse"]> {
  const expired = checkNotExpired(reservation);
  if (expired) return { result: expired, changes: {} };
  const budgets = giveBack(state, reservation);
  return {
    result: {
      status: "RELEASED",
      released: reservation.request.estimate,
      balances: budgets.map(rulesOf(settings).views.balance),
    },
    changes: { budgets, reservation: { ...reservation, status: "RELEASED", finalizedAt: now } },
  };
}
