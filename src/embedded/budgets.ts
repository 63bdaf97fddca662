import { subjectLevels, units } from "../../generated/constants.js";
import type { components } from "../../generated/paths.js";
import type { Amount } from "../amount.js";
import { CyclesConfigError } from "../errors.js";
import { type LedgerBudget, budgetKey, type BudgetStatus } from "./ledger/budget.js";

/**
 * A budget and its rules. Every amount is in the unit of `allocated`.
 *
 * @example
 * ```ts
 * import { usd } from "cycles-client";
 * import type { BudgetOptions } from "cycles-client/embedded";
 * const budget: BudgetOptions = { allocated: usd("1.00"), caps: { max_tokens: 2_000 } };
 * ```
 */
export interface BudgetOptions {
  readonly allocated: Amount;
  /** The maximum debt that `ALLOW_WITH_OVERDRAFT` allows. Default: none. */
  readonly overdraft_limit?: Amount;
  /** The initial debt, to test what debt blocks. Default: none. */
  readonly debt?: Amount;
  /** Default: `ACTIVE`. */
  readonly status?: BudgetStatus;
  /**
   * The caps for reserves whose subject ends at this scope. Under the `"prose"` rules, they
   * also apply to deeper scopes without caps.
   */
  readonly caps?: components["schemas"]["Caps"];
}

/** The budgets of one scope: an amount, a budget with its rules, or several in different units. */
export type ScopeBudgets = Amount | BudgetOptions | readonly (Amount | BudgetOptions)[];

const STATUSES: readonly BudgetStatus[] = ["ACTIVE", "FROZEN", "CLOSED"];

/**
 * Checks and resolves the `budgets` option. Throws a `CyclesConfigError` that names the field and
 * the fix.
 */
export function toBudgets(given: Readonly<Record<string, ScopeBudgets>>): LedgerBudget[] {
  const budgets = new Map<string, LedgerBudget>();
  for (const [scope, value] of Object.entries(given)) {
    const field = `budgets[${JSON.stringify(scope)}]`;
    checkScope(field, scope);
    for (const options of isList(value) ? value : [value]) {
      const budget = toBudget(
        field,
        scope,
        "allocated" in options ? options : { allocated: options },
      );
      if (budgets.has(budget.key)) {
        throw new CyclesConfigError(
          `${field} has two budgets in ${budget.unit}: give one budget for each unit, such as their sum`,
        );
      }
      budgets.set(budget.key, budget);
    }
  }
  return [...budgets.values()];
}

/** The tenants in the scopes of the budgets. */
export function tenantsOf(budgets: readonly LedgerBudget[]): string[] {
  const named = budgets.map(({ scope }) => /^tenant:([^/]+)/.exec(scope)?.[1] ?? "");
  return [...new Set(named.filter((tenant) => tenant !== ""))];
}

function isList(value: ScopeBudgets): value is readonly (Amount | BudgetOptions)[] {
  return Array.isArray(value);
}

/** Throws unless a subject can have this scope: known levels, in order, in lower case. */
function checkScope(field: string, scope: string): void {
  let depth = -1;
  for (const part of scope.split("/")) {
    const [, name = "", value] = /^([^:]+):([a-z0-9_.-]+)$/.exec(part) ?? [];
    const level = subjectLevels.findIndex((known) => known === name);
    if (value === undefined || level <= depth) {
      throw new CyclesConfigError(
        `${field} is not a scope: write levels such as "tenant:acme/agent:bot", in lower case, ` +
          `in the order ${subjectLevels.join(", ")}, with letters, digits, "_", "." and "-"`,
      );
    }
    depth = level;
  }
}

function toBudget(field: string, scope: string, options: BudgetOptions): LedgerBudget {
  const { allocated, overdraft_limit, debt, status = "ACTIVE", caps } = options;
  const { unit } = allocated;
  if (!units.includes(unit)) {
    throw new CyclesConfigError(
      `${field}: unit must be one of ${units.join(", ")}, not ${JSON.stringify(unit)}`,
    );
  }
  if (!STATUSES.includes(status)) {
    throw new CyclesConfigError(
      `${field}: status must be one of ${STATUSES.join(", ")}, not ${JSON.stringify(status)}`,
    );
  }
  const number = (name: string, amount: Amount) => checkedAmount(`${field}: ${name}`, unit, amount);
  const zero = { unit, amount: 0 };
  return {
    key: budgetKey(scope, unit),
    scope,
    unit,
    status,
    allocated: number("allocated", allocated),
    spent: 0,
    reserved: 0,
    debt: number("debt", debt ?? zero),
    overdraftLimit: number("overdraft_limit", overdraft_limit ?? zero),
    cutShort: false,
    caps,
  };
}

function checkedAmount(field: string, unit: string, { unit: given, amount }: Amount): number {
  if (given !== unit) {
    throw new CyclesConfigError(`${field} is in ${given}, but the budget is in ${unit}`);
  }
  if (!Number.isSafeInteger(amount) || amount < 0) {
    throw new CyclesConfigError(
      `${field} must be a whole number of ${unit} from 0 to 2^53 − 1, not ${amount}`,
    );
  }
  return amount;
}
