import type { components } from "../../../generated/paths.js";
import type { Unit } from "../../amount.js";

export type BudgetStatus = "ACTIVE" | "FROZEN" | "CLOSED";

/** The budget of one scope in one unit. All amounts are in that unit. */
export interface LedgerBudget {
  readonly key: string;
  readonly scope: string;
  readonly unit: Unit;
  readonly status: BudgetStatus;
  readonly allocated: number;
  readonly spent: number;
  readonly reserved: number;
  readonly debt: number;
  readonly overdraftLimit: number;
  /** Whether a charge was cut short here, and the budget has not been funded since. */
  readonly cutShort: boolean;
  readonly caps: components["schemas"]["Caps"] | undefined;
}

/** The key of a budget: a scope has at most one budget in each unit. */
export function budgetKey(scope: string, unit: Unit): string {
  return `${scope} ${unit}`;
}

export function remaining({ allocated, spent, reserved, debt }: LedgerBudget): number {
  return allocated - spent - reserved - debt;
}

/**
 * Whether the budget is over its limit, which blocks new reservations. Debt in a budget without an
 * overdraft limit is another case with its own code. (Protocol: overdraft reconciliation.)
 */
export function isOverLimit({ cutShort, debt, overdraftLimit }: LedgerBudget): boolean {
  return cutShort || (overdraftLimit > 0 && debt > overdraftLimit);
}

/** A budget as the protocol's balance, with every field. */
export function toBalance(budget: LedgerBudget): Required<components["schemas"]["Balance"]> {
  const amount = (value: number) => ({ unit: budget.unit, amount: value });
  return {
    scope: budget.scope.slice(budget.scope.lastIndexOf("/") + 1),
    scope_path: budget.scope,
    remaining: amount(remaining(budget)),
    reserved: amount(budget.reserved),
    spent: amount(budget.spent),
    debt: amount(budget.debt),
    allocated: amount(budget.allocated),
    overdraft_limit: amount(budget.overdraftLimit),
    is_over_limit: isOverLimit(budget),
  };
}
