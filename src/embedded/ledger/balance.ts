import { type Budget, isOverLimit, remaining, type Wire } from "./state.js";

/** A budget as the protocol shows it, every field present. */
export function toBalance(budget: Budget): Required<Wire["Balance"]> {
  const amount = (value: number): Wire["Amount"] => ({ unit: budget.unit, amount: value });
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
