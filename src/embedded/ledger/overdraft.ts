import type { LedgerBudget } from "./budget.js";
import { type Charge, isShort, overageOf, payable, payInPart, type Chargeable } from "./payment.js";
import { refuse, type Refusal } from "./refusal.js";

/** Charges a spend under `ALLOW_WITH_OVERDRAFT`. */
export type Overdraw = (budgets: readonly LedgerBudget[], spend: Chargeable) => Charge | Refusal;

/**
 * Charges as the reference server does. Budgets without an overdraft limit first cut the overage to
 * the amount that they can pay. Each other budget then pays what it can of this amount, and only the
 * rest becomes debt.
 */
export const overdrawAsServer: Overdraw = (budgets, spend) => {
  const overage = overageOf(spend);
  const cut = payable(budgets.filter(hasNoOverdraft), overage);
  const charged: LedgerBudget[] = [];
  for (const budget of budgets) {
    const unpaid = cut - payable([budget], cut);
    const debt = budget.debt + unpaid;
    if (!hasNoOverdraft(budget) && isShort(budget, cut) && debt > budget.overdraftLimit) {
      return beyondLimit(budget, debt);
    }
    charged.push({
      ...budget,
      debt,
      reserved: budget.reserved - spend.held,
      spent: budget.spent + spend.held + cut - unpaid,
      cutShort:
        budget.cutShort || (hasNoOverdraft(budget) && cut < overage && isShort(budget, overage)),
    });
  }
  return { charged: spend.held + cut, budgets: charged };
};

/**
 * Charges as the protocol's text says. Budgets that can pay the overage pay it. In the others, all of
 * it becomes debt. If one of these has no overdraft limit, the charge is cut in every budget.
 */
export const overdrawAsProse: Overdraw = (budgets, spend) => {
  const overage = overageOf(spend);
  const short = budgets.filter((budget) => isShort(budget, overage));
  if (short.some(hasNoOverdraft)) return payInPart(budgets, spend);
  const charged: LedgerBudget[] = [];
  for (const budget of budgets) {
    const unpaid = isShort(budget, overage) ? overage : 0;
    const debt = budget.debt + unpaid;
    if (isShort(budget, overage) && debt > budget.overdraftLimit) return beyondLimit(budget, debt);
    charged.push({
      ...budget,
      debt,
      reserved: budget.reserved - spend.held,
      spent: budget.spent + spend.actual - unpaid,
    });
  }
  return { charged: spend.actual, budgets: charged };
};

function hasNoOverdraft({ overdraftLimit }: LedgerBudget): boolean {
  return overdraftLimit === 0;
}

function beyondLimit({ scope, unit, overdraftLimit }: LedgerBudget, debt: number): Refusal {
  return refuse(
    "OVERDRAFT_LIMIT_EXCEEDED",
    `Overdraft limit exceeded for scope ${scope}: the debt would be ${debt} ${unit}, ` +
      `and the limit is ${overdraftLimit}`,
    { scope },
  );
}
