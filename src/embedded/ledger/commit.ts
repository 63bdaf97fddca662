import { chargeReservation } from "./charge.js";
import { isRefusal } from "./refusal.js";
import { rulesOf } from "./rules.js";
import {
  budgetsOf,
  type Execution,
  type LedgerSettings,
  type LedgerState,
  type Reservation,
  type Wire,
} from "./state.js";

/**
 * Charges the actual amount, and frees the rest of the estimate. A refused commit changes nothing.
 */
export function commit(
  state: LedgerState,
  reservation: Reservation,
  { actual, metadata }: Wire["CommitRequest"],
  now: number,
  settings: LedgerSettings,
): Execution<Wire["CommitResponse"]> {
  const { estimate } = reservation.request;
  const { unit } = estimate;
  const rules = rulesOf(settings);
  const refusal = rules.checkCommit(reservation, actual.unit);
  if (refusal) return { result: refusal, changes: {} };
  const charged = chargeReservation(
    budgetsOf(state, reservation),
    { held: estimate.amount, actual: actual.amount },
    reservation.policy,
    rules,
  );
  if (isRefusal(charged)) return { result: charged, changes: {} };

  return {
    result: rules.views.commit({
      unit,
      charged: charged.charged,
      released: Math.max(0, estimate.amount - actual.amount),
      budgets: charged.budgets,
    }),
    changes: {
      budgets: charged.budgets,
      reservation: {
        ...reservation,
        status: "COMMITTED",
        committed: { unit, amount: charged.charged },
        finalizedAt: now,
        ...(metadata && { committedMetadata: metadata }),
      },
    },
  };
}
