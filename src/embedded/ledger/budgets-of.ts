import type { Budget, LedgerState, Reservation } from "./state.js";

/** The budgets that hold a reservation's estimate. */
export function budgetsOf({ budgets }: LedgerState, reservation: Reservation): readonly Budget[] {
  return reservation.budgets.flatMap((key) => budgets.get(key) ?? []);
}

/** The same budgets with the estimate given back. */
export function giveBack(state: LedgerState, reservation: Reservation): readonly Budget[] {
  const { amount } = reservation.request.estimate;
  return budgetsOf(state, reservation).map((budget) => ({
    ...budget,
    reserved: budget.reserved - amount,
  }));
}
