import type { components } from "../../../generated/paths.js";
import { Refusal } from "./refusal.js";
import { type Budget, remainingOf } from "./state.js";

/** What a spend does to its budgets. */
export interface Charge {
  /** What was charged: less than the actual where the policy caps it. */
  readonly charged: number;
  readonly budgets: readonly Budget[];
}

/**
 * Charges `actual` to all budgets alike, after giving `held` back to each. What goes beyond `held` is the overage,
 * which the policy decides about. (Protocol: CommitOveragePolicy.)
 *
 * @throws {@link Refusal} where the policy refuses; nothing is charged then.
 */
export function charge(
  budgets: readonly Budget[],
  held: number,
  actual: number,
  policy: components["schemas"]["CommitOveragePolicy"],
): Charge {
  const overage = Math.max(0, actual - held);
  const available = Math.max(0, Math.min(...budgets.map(remainingOf)));
  if (overage <= available)
    return { charged: actual, budgets: budgets.map((budget) => spend(budget, held, actual)) };
  switch (policy) {
    case "REJECT":
      throw new Refusal(
        409,
        "BUDGET_EXCEEDED",
        `The actual goes ${String(overage)} beyond the reservation, ${String(available)} is left`,
      );
    case "ALLOW_IF_AVAILABLE":
      return {
        charged: held + available,
        budgets: budgets.map((budget) => ({
          ...spend(budget, held, held + available),
          overLimit: budget.overLimit || remainingOf(budget) < overage,
        })),
      };
    case "ALLOW_WITH_OVERDRAFT":
      return { charged: actual, budgets: budgets.map((budget) => overdraw(budget, held, overage)) };
    default:
      return policy satisfies never;
  }
}

function spend(budget: Budget, held: number, actual: number): Budget {
  return { ...budget, reserved: budget.reserved - held, spent: budget.spent + actual };
}

/** A budget that can pay the overage pays it; another takes it as debt, within its limit. */
function overdraw(budget: Budget, held: number, overage: number): Budget {
  if (remainingOf(budget) >= overage) return spend(budget, held, held + overage);
  const debt = budget.debt + overage;
  if (debt > budget.overdraftLimit) {
    throw new Refusal(
      409,
      "OVERDRAFT_LIMIT_EXCEEDED",
      `${budget.scope} would owe ${String(debt)}, its limit is ${String(budget.overdraftLimit)}`,
    );
  }
  return { ...spend(budget, held, held), debt };
}
