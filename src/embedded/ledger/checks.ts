import { enums } from "../../../generated/constants.js";
import type { components } from "../../../generated/paths.js";
import { type Amount, format } from "../../amount.js";
import { Refusal } from "./refusal.js";
import { type Budget, budgetKey, budgetsFor, type LedgerState, remainingOf } from "./state.js";

/** A closed tenant changes nothing any more. (Protocol: error semantics, closed tenants.) */
export function mustBeOpenTenant(state: LedgerState, tenant: string): void {
  if (state.closedTenants.has(tenant))
    throw new Refusal(409, "TENANT_CLOSED", `Tenant ${tenant} is closed`);
}

/**
 * The budgets of a spend; at least one scope must have one in the unit. A budget in another unit is a mistake of
 * the request, none at all is a missing budget.
 */
export function mustHaveBudgets(
  state: LedgerState,
  scopes: readonly string[],
  unit: Amount["unit"],
): Budget[] {
  const budgets = budgetsFor(state, scopes, unit);
  if (budgets.length > 0) return budgets;
  for (const scope of [...scopes].reverse()) {
    const units = enums.UnitEnum.filter((other) => state.budgets.has(budgetKey(scope, other)));
    if (units.length > 0) {
      const details = { scope, requested_unit: unit, expected_units: units };
      throw new Refusal(
        400,
        "UNIT_MISMATCH",
        `The budget of ${scope} is not kept in ${unit}`,
        details,
      );
    }
  }
  throw new Refusal(
    404,
    "NOT_FOUND",
    `Budget not found for provided scope: ${scopes.at(-1) ?? "none"}`,
  );
}

/** Why a new reservation is denied, by the first budget from the tenant down that objects. */
export function denial(budgets: readonly Budget[], estimate: Amount): Refusal | undefined {
  for (const budget of budgets) {
    const closed = notActive(budget);
    if (closed) return closed;
    const { scope, unit, debt, overdraftLimit, overLimit } = budget;
    if (overLimit || debt > overdraftLimit) {
      return new Refusal(
        409,
        "OVERDRAFT_LIMIT_EXCEEDED",
        `${scope} is over its limit until an operator reconciles it`,
      );
    }
    if (debt > 0 && overdraftLimit === 0) {
      const owed = format({ unit, amount: debt });
      return new Refusal(409, "DEBT_OUTSTANDING", `${scope} has an outstanding debt of ${owed}`);
    }
    const remaining = remainingOf(budget);
    if (remaining < estimate.amount) {
      const left = format({ unit, amount: remaining });
      return new Refusal(
        409,
        "BUDGET_EXCEEDED",
        `${scope} has ${left} left, less than ${format(estimate)}`,
        { scope },
      );
    }
  }
  return undefined;
}

/** A frozen or closed budget takes no charge. */
export function notActive({ scope, status }: Budget): Refusal | undefined {
  if (status === "FROZEN")
    return new Refusal(409, "BUDGET_FROZEN", `The budget of ${scope} is frozen`, { scope });
  if (status === "CLOSED")
    return new Refusal(409, "BUDGET_CLOSED", `The budget of ${scope} is closed`, { scope });
  return undefined;
}

/** The caps of the deepest budget that has any. */
export function capsOf(budgets: readonly Budget[]): components["schemas"]["Caps"] | undefined {
  return [...budgets].reverse().find(({ caps }) => caps !== undefined)?.caps;
}
