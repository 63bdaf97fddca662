import type { Unit } from "../../amount.js";
import { type LedgerBudget, budgetKey } from "./budget.js";
import type { CommandOf } from "./command.js";
import { refuse } from "./refusal.js";
import type { Execution, LedgerState } from "./state.js";

/** Adds to a budget. Debt is repaid first, and then counts as spent. (Protocol: debt semantics.) */
export function fund(
  { budgets }: LedgerState,
  { scope, amount }: CommandOf<"fund">,
): Execution<object> {
  const budget = budgets.get(budgetKey(scope, amount.unit));
  if (budget === undefined) {
    return {
      result: refuse("NOT_FOUND", `Scope ${scope} has no budget in ${amount.unit}`),
      changes: {},
    };
  }
  const allocated = budget.allocated + amount.amount;
  if (!Number.isSafeInteger(allocated)) {
    const message = `The budget of ${scope} would grow beyond 2^53 − 1 ${amount.unit}`;
    return { result: refuse("INVALID_REQUEST", message), changes: {} };
  }
  const repaid = Math.min(budget.debt, amount.amount);
  const debt = budget.debt - repaid;
  const cutShort = budget.cutShort && (amount.amount === 0 || debt > budget.overdraftLimit);
  const funded = { ...budget, allocated, debt, spent: budget.spent + repaid, cutShort };
  return { result: {}, changes: { budgets: [funded] } };
}

/** Freezes, unfreezes or closes the budgets of a scope, in one unit or in all. Closing is final. */
export function setStatus(
  { budgets }: LedgerState,
  { scope, unit, status }: CommandOf<"setStatus">,
): Execution<object> {
  const found = [...budgets.values()].filter((budget) => isMeant(budget, scope, unit));
  if (found.length === 0) {
    const missing = unit === undefined ? "no budget" : `no budget in ${unit}`;
    return { result: refuse("NOT_FOUND", `Scope ${scope} has ${missing}`), changes: {} };
  }
  const open = found.filter((budget) => budget.status !== "CLOSED");
  return { result: {}, changes: { budgets: open.map((budget) => ({ ...budget, status })) } };
}

function isMeant(budget: LedgerBudget, scope: string, unit: Unit | undefined): boolean {
  return budget.scope === scope && (unit === undefined || budget.unit === unit);
}
