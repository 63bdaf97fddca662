import { enums, subjectLevels } from "../../generated/constants.js";
import type { components } from "../../generated/paths.js";
import { type Amount, checkAmount } from "../amount.js";
import { CyclesConfigError } from "../errors.js";
import { type Budget, budgetKey } from "./ledger/state.js";

/** A budget with more to say than its amount. */
export interface BudgetOptions {
  /** What may be spent. */
  readonly allocated: Amount;
  /** How much debt commits may run up, in the same unit; none where absent. */
  readonly overdraft_limit?: Amount;
  /** `FROZEN` and `CLOSED` budgets refuse what would charge them. Default `ACTIVE`. */
  readonly status?: Budget["status"];
  /** Handed out with every grant as ALLOW_WITH_CAPS. */
  readonly caps?: components["schemas"]["Caps"];
}

/** Budgets by scope, such as `tenant:acme/agent:bot`; several where a scope has several units. */
export type Budgets = Readonly<
  Record<string, Amount | BudgetOptions | readonly (Amount | BudgetOptions)[]>
>;

/** Checks budgets, and makes ledger rows of them. Throws {@link CyclesConfigError} with the scope and the fix. */
export function toBudgets(budgets: Budgets): Budget[] {
  const rows = new Map<string, Budget>();
  for (const [scope, given] of Object.entries(budgets)) {
    checkScope(scope);
    for (const one of toList(given)) {
      const row = toRow(scope, "unit" in one ? { allocated: one } : one);
      const key = budgetKey(scope, row.unit);
      if (rows.has(key))
        throw new CyclesConfigError(`budgets["${scope}"] has two budgets in ${row.unit}; keep one`);
      rows.set(key, row);
    }
  }
  return [...rows.values()];
}

/** The tenant that a scope belongs to; undefined for a scope that starts below the tenant. */
export function tenantOf(scope: string): string | undefined {
  return /^tenant:([^/]+)/.exec(scope)?.[1];
}

function toList<T>(given: T | readonly T[]): readonly T[] {
  return Array.isArray(given) ? (given as readonly T[]) : [given as T];
}

function toRow(scope: string, options: BudgetOptions): Budget {
  const { allocated, overdraft_limit: overdraft, status = "ACTIVE", caps } = options;
  const { unit, amount } = checked(scope, allocated);
  if (overdraft && checked(scope, overdraft).unit !== unit) {
    throw new CyclesConfigError(
      `budgets["${scope}"].overdraft_limit must be in ${unit}, as allocated is`,
    );
  }
  if (!["ACTIVE", "FROZEN", "CLOSED"].includes(status)) {
    throw new CyclesConfigError(`budgets["${scope}"].status must be ACTIVE, FROZEN or CLOSED`);
  }
  const overdraftLimit = overdraft?.amount ?? 0;
  return {
    scope,
    unit,
    allocated: amount,
    spent: 0,
    reserved: 0,
    debt: 0,
    overdraftLimit,
    status,
    overLimit: false,
    ...(caps && { caps }),
  };
}

function checked(scope: string, amount: Amount): Amount {
  try {
    return checkAmount(amount);
  } catch (error) {
    const units = enums.UnitEnum.join(", ");
    throw new CyclesConfigError(
      `budgets["${scope}"]: ${(error as Error).message} (units: ${units}; for dollars, usd("5.00"))`,
    );
  }
}

function checkScope(scope: string): void {
  const levels = scope.split("/").map((part) => /^([a-z]+):([a-z0-9_.-]+)$/.exec(part)?.[1]);
  const places = levels.map((level) =>
    (subjectLevels as readonly (string | undefined)[]).indexOf(level),
  );
  const inOrder = places.every(
    (place, at) => place >= 0 && (at === 0 || place > (places[at - 1] ?? -1)),
  );
  if (!inOrder) {
    throw new CyclesConfigError(
      `budgets["${scope}"] is no scope: it is written level:name in lower case, joined by "/", in the order ${subjectLevels.join(", ")}; for example tenant:acme/agent:bot`,
    );
  }
}
