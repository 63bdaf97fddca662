import type { components } from "../../../generated/paths.js";
import type { Unit } from "../../amount.js";
import type { Refusal } from "../refusal.js";

/** The schemas of the contract. */
export type Wire = components["schemas"];

export type BudgetStatus = "ACTIVE" | "FROZEN" | "CLOSED";

/** What one scope may spend in one unit. Amounts are in that unit. */
export interface Budget {
  readonly key: string;
  readonly scope: string;
  readonly unit: Unit;
  readonly status: BudgetStatus;
  readonly allocated: number;
  readonly spent: number;
  readonly reserved: number;
  readonly debt: number;
  readonly overdraftLimit: number;
  /** A charge had to be cut short here, and nobody has funded the budget since. */
  readonly cutShort: boolean;
  readonly caps: Wire["Caps"] | undefined;
}

export interface Reservation {
  readonly id: string;
  /** The effective tenant that made it, whatever its subject says. */
  readonly owner: string;
  readonly status: Wire["ReservationStatus"];
  readonly request: Wire["ReservationCreateRequest"];
  readonly policy: Wire["CommitOveragePolicy"];
  /** Every derived scope, from the tenant down. */
  readonly scopes: readonly string[];
  /** The keys of the budgets that hold the estimate. */
  readonly budgets: readonly string[];
  readonly createdAt: number;
  readonly expiresAt: number;
  readonly graceMs: number;
  readonly extensions: number;
  /** Fixed when it is made: a later change of the rule does not reach back. */
  readonly maxExtensions: number;
  readonly finalizedAt?: number;
  readonly committed?: Wire["Amount"];
  readonly committedMetadata?: Readonly<Record<string, unknown>>;
}

/** The answers that a repeated key gets again. */
export type StoredResult =
  | Wire["DecisionResponse"]
  | Wire["ReservationCreateResponse"]
  | Wire["CommitResponse"]
  | Wire["ReleaseResponse"]
  | Wire["ReservationExtendResponse"]
  | Wire["EventCreateResponse"];

/** What a key was used for, and what came of it. */
export interface Replay {
  readonly key: string;
  /** The request body in canonical JSON. */
  readonly payload: string;
  readonly result: StoredResult;
  /** The reservation that the answer is about, where there is one. */
  readonly reservation: string | undefined;
}

/** All that the authority knows. Rows are immutable; {@link Changes} replace them. */
export interface LedgerState {
  readonly budgets: ReadonlyMap<string, Budget>;
  readonly reservations: ReadonlyMap<string, Reservation>;
  readonly replays: ReadonlyMap<string, Replay>;
  /** In lower case, as in their scopes. */
  readonly closedTenants: ReadonlySet<string>;
}

/** The rows that a command adds or replaces. */
export interface Changes {
  readonly budgets?: readonly Budget[];
  readonly reservation?: Reservation;
  readonly replay?: Replay;
  readonly closedTenant?: string;
}

/** What a command comes to: an answer, and the changes that make it true. */
export interface Execution<Result extends object> {
  readonly result: Result | Refusal;
  readonly changes: Changes;
}

/** What an operator of the authority sets for everyone. */
export interface Rules {
  /** How often one reservation can be extended. */
  readonly maxExtensions: number;
  /** The longest time to live, in milliseconds, that a create or one extension grants. */
  readonly maxTtlMs: number;
  /** How far beyond now, in milliseconds, an extension can move an expiry. */
  readonly maxLeadMs: number;
  /** Whether answers carry `remaining_ttl_ms`; older servers leave it out. */
  readonly reportRemainingTtl: boolean;
  /** How long, in milliseconds, what has ended is remembered. */
  readonly retentionMs: number;
}

export function budgetKey(scope: string, unit: Unit): string {
  return `${scope} ${unit}`;
}

export function remaining({ allocated, spent, reserved, debt }: Budget): number {
  return allocated - spent - reserved - debt;
}

/**
 * Whether new reservations wait for an operator. Debt where none is allowed at all is not this but outstanding
 * debt, which has a code of its own. (Protocol: overdraft reconciliation.)
 */
export function isOverLimit({ cutShort, debt, overdraftLimit }: Budget): boolean {
  return cutShort || (overdraftLimit > 0 && debt > overdraftLimit);
}

/** The last moment at which a reservation can still be settled. */
export function settleableUntil({ expiresAt, graceMs }: Reservation): number {
  return expiresAt + graceMs;
}

/** The budgets that hold a reservation's estimate. */
export function budgetsOf({ budgets }: LedgerState, reservation: Reservation): readonly Budget[] {
  return reservation.budgets.flatMap((key) => budgets.get(key) ?? []);
}

/** The same budgets with the estimate given back. */
export function giveBack(state: LedgerState, reservation: Reservation): readonly Budget[] {
  const { amount } = reservation.request.estimate;
  return budgetsOf(state, reservation).map((budget) => ({
    ...budget,
    reserved: budget.reserved - amount,
  }));
}

/** What the passing of time does to one reservation: beyond its grace period it lapses and gives its budget back. */
export function expire(state: LedgerState, id: string, now: number): Changes {
  const reservation = state.reservations.get(id);
  if (reservation?.status !== "ACTIVE" || now <= settleableUntil(reservation)) return {};
  return {
    budgets: giveBack(state, reservation),
    reservation: { ...reservation, status: "EXPIRED" },
  };
}

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
