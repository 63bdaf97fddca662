import type { LedgerBudget } from "./budget.js";
import { checkOpen, checkPayable } from "./checks.js";
import { type Charge, overageOf, pay, payInPart, type Chargeable } from "./payment.js";
import { refuse, type Refusal } from "./refusal.js";
import type { Rules } from "./rules.js";
import type { Wire } from "./state.js";

type Policy = Wire["CommitOveragePolicy"];

/**
 * Charges the actual amount of a reservation to all of its budgets, or to none. `REJECT` refuses
 * every overage, even one that the budgets could pay. (Protocol: CommitOveragePolicy.)
 */
export function chargeReservation(
  budgets: readonly LedgerBudget[],
  spend: Chargeable,
  policy: Policy,
  rules: Rules,
): Charge | Refusal {
  const overage = overageOf(spend);
  if (overage <= 0) return pay(budgets, spend, spend.actual);
  if (policy !== "REJECT") return chargeOverage(budgets, spend, policy, rules);
  return refuse(
    "BUDGET_EXCEEDED",
    `The actual amount is ${overage} ${budgets[0]?.unit ?? ""} beyond the estimate, and the overage policy is REJECT`,
  );
}

/**
 * Charges an event to all of its budgets, or to none. Under `REJECT`, each budget must have the whole
 * amount left.
 */
export function chargeEvent(
  budgets: readonly LedgerBudget[],
  actual: number,
  policy: Policy,
  rules: Rules,
): Charge | Refusal {
  const spend = { held: 0, actual };
  if (policy !== "REJECT") {
    return checkOpen(budgets) ?? chargeOverage(budgets, spend, policy, rules);
  }
  return checkPayable(budgets, actual) ?? pay(budgets, spend, actual);
}

function chargeOverage(
  budgets: readonly LedgerBudget[],
  spend: Chargeable,
  policy: Exclude<Policy, "REJECT">,
  rules: Rules,
): Charge | Refusal {
  switch (policy) {
    case "ALLOW_IF_AVAILABLE":
      return payInPart(budgets, spend);
    case "ALLOW_WITH_OVERDRAFT":
      return rules.overdraw(budgets, spend);
    default:
      return policy satisfies never;
  }
}
