import { type LedgerBudget, remaining } from "./budget.js";

/** A spend, and the amount that each of its budgets holds for it. */
export interface Chargeable {
  readonly held: number;
  readonly actual: number;
}

/** The amount that was charged, and the budgets after the charge. */
export interface Charge {
  readonly charged: number;
  readonly budgets: readonly LedgerBudget[];
}

/** The part of a spend beyond what is held for it. */
export function overageOf({ held, actual }: Chargeable): number {
  return actual - held;
}

/** Whether a budget cannot pay an amount in full. */
export function isShort(budget: LedgerBudget, amount: number): boolean {
  return remaining(budget) < amount;
}

/** The largest amount, up to the one given, that each of these budgets can pay. */
export function payable(budgets: readonly LedgerBudget[], amount: number): number {
  return Math.max(0, Math.min(amount, ...budgets.map(remaining)));
}

/** Charges an amount to every budget, and frees what was held. */
export function pay(
  budgets: readonly LedgerBudget[],
  { held }: Chargeable,
  charged: number,
): Charge {
  return {
    charged,
    budgets: budgets.map((budget) => ({
      ...budget,
      reserved: budget.reserved - held,
      spent: budget.spent + charged,
    })),
  };
}

/** Charges what the tightest budget can pay, and marks every budget that could not pay in full. */
export function payInPart(budgets: readonly LedgerBudget[], spend: Chargeable): Charge {
  const overage = overageOf(spend);
  const paid = payable(budgets, overage);
  const charge = pay(budgets, spend, spend.held + paid);
  if (paid === overage) return charge;
  const short = new Set(budgets.filter((budget) => isShort(budget, overage)).map(({ key }) => key));
  return {
    ...charge,
    budgets: charge.budgets.map((budget) =>
      short.has(budget.key) ? { ...budget, cutShort: true } : budget,
    ),
  };
}
