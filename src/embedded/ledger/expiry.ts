import { givenBack } from "./settle.js";
import type { Changes, LedgerState } from "./state.js";

/** When an active reservation could expire at the earliest; after an extension this may be too early, never too late. */
export function earliestExpiry(state: LedgerState): number {
  let earliest = Infinity;
  for (const id of state.active) {
    const reservation = state.reservations.get(id);
    if (reservation) earliest = Math.min(earliest, reservation.expiresAt + reservation.graceMs);
  }
  return earliest;
}

/** Ends the reservations whose lease and grace have passed, one set of changes each, and gives their budget back. */
export function* expire(state: LedgerState, now: number): Generator<Changes> {
  for (const id of [...state.active]) {
    const reservation = state.reservations.get(id);
    if (reservation && now > reservation.expiresAt + reservation.graceMs) {
      yield {
        budgets: givenBack(state, reservation),
        reservations: [{ ...reservation, status: "EXPIRED" }],
      };
    }
  }
}
