import { subjectLevels, units } from "../../../generated/constants.js";
import type { Unit } from "../../amount.js";
import { isPortableId, PORTABLE_CHARACTERS, scopesOf } from "../../protocol/scope.js";
import { type LedgerBudget, budgetKey, isOverLimit, remaining } from "./budget.js";
import { refuse, type Refusal } from "./refusal.js";
import type { LedgerState, Reservation, Wire } from "./state.js";

/**
 * Whether every level of the subject, and the kind and the name of the action, have a visible
 * character.
 */
export function checkNotBlank({
  subject,
  action: { kind, name },
}: Wire["DecisionRequest"] | Wire["EventCreateRequest"]): Refusal | undefined {
  const names = { "action.kind": kind, "action.name": name };
  const levels = subjectLevels.map((level) => [`subject.${level}`, subject[level]] as const);
  const blank = [...Object.entries(names), ...levels].find(([, value]) => value?.trim() === "");
  return blank && refuse("INVALID_REQUEST", `${blank[0]}: must not be blank`);
}

/**
 * Whether scopes can be derived from a subject. Characters that have a meaning in scopes are
 * refused, as on the reference server; a blank level counts as absent. The tenant, if the subject
 * names one, must be the caller's.
 */
export function checkSubject(tenant: string, subject: Wire["Subject"]): Refusal | undefined {
  const filled = subjectLevels.filter((level) => subject[level]);
  if (filled.length === 0) {
    return refuse("INVALID_REQUEST", `subject: needs at least one of ${subjectLevels.join(", ")}`);
  }
  const odd = filled.find((level) => !isPortableId(subject[level] ?? ""));
  if (odd !== undefined) {
    return refuse("INVALID_REQUEST", `subject.${odd}: may contain only ${PORTABLE_CHARACTERS}`);
  }
  if (!subject.tenant || subject.tenant === tenant) return undefined;
  return refuse(
    "FORBIDDEN",
    `subject.tenant is "${subject.tenant}", but the API key belongs to "${tenant}"`,
  );
}

export function checkTenantOpen(
  { closedTenants }: LedgerState,
  tenant: string,
): Refusal | undefined {
  if (!closedTenants.has(tenant.toLowerCase())) return undefined;
  return refuse("TENANT_CLOSED", `Tenant ${tenant} is closed`);
}

/**
 * The reservation, if it exists and the caller owns it. An admin, who has no tenant, may see any.
 */
export function findReservation(
  { reservations }: LedgerState,
  id: string,
  tenant: string | undefined,
): Reservation | Refusal {
  const reservation = reservations.get(id);
  if (reservation === undefined) return refuse("NOT_FOUND", `Reservation not found: ${id}`);
  if (tenant === undefined || reservation.owner === tenant) return reservation;
  return refuse("FORBIDDEN", `Reservation ${id} belongs to another tenant`);
}

/** Whether a reservation has not been settled yet. */
export function checkNotFinalized({ id, status }: Reservation): Refusal | undefined {
  if (status === "ACTIVE" || status === "EXPIRED") return undefined;
  return refuse("RESERVATION_FINALIZED", `Reservation ${id} is already ${status.toLowerCase()}`);
}

/** Whether a reservation has not expired. */
export function checkNotExpired({ id, status }: Reservation): Refusal | undefined {
  if (status !== "EXPIRED") return undefined;
  return refuse("RESERVATION_EXPIRED", `Reservation ${id} has expired`);
}

/** Whether an amount in this unit fits a reservation. */
export function checkUnit({ id, request, scopes }: Reservation, unit: Unit): Refusal | undefined {
  const reserved = request.estimate.unit;
  if (unit === reserved) return undefined;
  return refuse(
    "UNIT_MISMATCH",
    `Reservation ${id} is in ${reserved} and cannot be committed in ${unit}`,
    { scope: scopes.at(-1), requested_unit: unit, expected_units: [reserved] },
  );
}

/**
 * The budgets that a subject's spend counts against, from the tenant down. Scopes without a budget
 * are skipped, but at least one scope must have a budget in the unit.
 */
export function findBudgets(
  { budgets }: LedgerState,
  subject: Wire["Subject"],
  unit: Unit,
): readonly LedgerBudget[] | Refusal {
  const scopes = scopesOf(subject);
  const found = scopes.flatMap((scope) => budgets.get(budgetKey(scope, unit)) ?? []);
  if (found.length > 0) return found;
  for (const scope of scopes) {
    const expected_units = units.filter((other) => budgets.has(budgetKey(scope, other)));
    if (expected_units.length > 0) {
      return refuse(
        "UNIT_MISMATCH",
        `Unit mismatch for scope ${scope}: the request is in ${unit}, the budget in ${expected_units.join(", ")}`,
        { scope, requested_unit: unit, expected_units },
      );
    }
  }
  return refuse("NOT_FOUND", `Budget not found for provided scope: ${scopes.at(-1) ?? ""}`);
}

/** Whether these budgets can be charged: none is frozen or closed. */
export function checkOpen(budgets: readonly LedgerBudget[]): Refusal | undefined {
  return firstRefusal(budgets, checkStatus);
}

/** Whether each of these budgets can pay the whole amount. */
export function checkPayable(
  budgets: readonly LedgerBudget[],
  amount: number,
): Refusal | undefined {
  return firstRefusal(budgets, (budget) => checkStatus(budget) ?? checkLeft(budget, amount));
}

/**
 * Whether an amount can be reserved in all of these budgets. The first refusal, from the tenant
 * down, counts.
 */
export function checkAvailable(
  budgets: readonly LedgerBudget[],
  amount: number,
): Refusal | undefined {
  return firstRefusal(budgets, (budget) => checkStatus(budget) ?? checkRoom(budget, amount));
}

function firstRefusal(
  budgets: readonly LedgerBudget[],
  check: (budget: LedgerBudget) => Refusal | undefined,
): Refusal | undefined {
  for (const budget of budgets) {
    const refusal = check(budget);
    if (refusal) return refusal;
  }
  return undefined;
}

function checkStatus({ scope, status }: LedgerBudget): Refusal | undefined {
  switch (status) {
    case "ACTIVE":
      return undefined;
    case "FROZEN":
      return refuse("BUDGET_FROZEN", `Budget is frozen for scope ${scope}`, { scope });
    case "CLOSED":
      return refuse("BUDGET_CLOSED", `Budget is closed for scope ${scope}`, { scope });
  }
}

function checkRoom(budget: LedgerBudget, amount: number): Refusal | undefined {
  const { scope, unit, debt, overdraftLimit } = budget;
  if (isOverLimit(budget)) {
    return refuse(
      "OVERDRAFT_LIMIT_EXCEEDED",
      `Scope ${scope} is over its limit: fund it before you reserve again`,
      { scope },
    );
  }
  if (debt > 0 && overdraftLimit === 0) {
    return refuse("DEBT_OUTSTANDING", `Scope ${scope} has a debt of ${debt} ${unit} to repay`, {
      scope,
    });
  }
  return checkLeft(budget, amount);
}

function checkLeft(budget: LedgerBudget, amount: number): Refusal | undefined {
  const { scope, unit } = budget;
  const left = remaining(budget);
  if (left >= amount) return undefined;
  return refuse(
    "BUDGET_EXCEEDED",
    `Budget exceeded for scope ${scope}: ${amount} ${unit} requested, ${left} remaining`,
    { scope },
  );
}
