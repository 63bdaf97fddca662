import type { components } from "../../../generated/paths.js";
import type { Unit } from "../../amount.js";

type Schemas = components["schemas"];

/** One budget: a row for each scope and unit. All amounts are whole numbers of the unit. */
export interface Budget {
  readonly scope: string;
  readonly unit: Unit;
  readonly allocated: number;
  readonly spent: number;
  readonly reserved: number;
  readonly debt: number;
  readonly overdraftLimit: number;
  readonly status: "ACTIVE" | "FROZEN" | "CLOSED";
  /** An overage could not be covered, or debt went over its limit: no new reservations. */
  readonly overLimit: boolean;
  readonly caps?: Schemas["Caps"];
}

/** One reservation, from its grant on. */
export interface Reservation {
  readonly id: string;
  readonly tenant: string;
  readonly status: Schemas["ReservationStatus"];
  readonly request: Schemas["ReservationCreateRequest"];
  readonly reserved: Schemas["Amount"];
  readonly policy: Schemas["CommitOveragePolicy"];
  readonly scopes: readonly string[];
  readonly createdAt: number;
  readonly expiresAt: number;
  readonly graceMs: number;
  readonly extensions: number;
  readonly finalizedAt?: number;
  readonly committed?: Schemas["Amount"];
  readonly committedMetadata?: Readonly<Record<string, unknown>>;
}

/** The answer of a success, kept for those who ask again with the same key. */
export interface Replay {
  readonly fingerprint: string;
  readonly answer: Answer;
}

/** What the ledger answers to a command. */
export interface Answer {
  readonly status: number;
  readonly body: object;
}

/** Rows that take the place of what the ledger held before. */
export interface Changes {
  readonly budgets?: readonly Budget[];
  readonly reservations?: readonly Reservation[];
  readonly replay?: readonly [key: string, replay: Replay];
}

/** What a command leads to; nothing has happened until the changes are applied. */
export interface Decision {
  readonly answer: Answer;
  readonly changes: Changes;
}

/** The ledger as commands see it. */
export interface LedgerState {
  readonly budgets: ReadonlyMap<string, Budget>;
  readonly reservations: ReadonlyMap<string, Reservation>;
  /** The ids of the active ones. */
  readonly active: ReadonlySet<string>;
  readonly replays: ReadonlyMap<string, Replay>;
  readonly closedTenants: ReadonlySet<string>;
  readonly maxExtensions: number;
  readonly maxTtlMs: number;
}

/** The ledger's memory. Rows are never altered, only replaced, all of one decision together. */
export class Ledger implements LedgerState {
  readonly budgets = new Map<string, Budget>();
  readonly reservations = new Map<string, Reservation>();
  readonly active = new Set<string>();
  readonly replays = new Map<string, Replay>();
  readonly closedTenants = new Set<string>();
  readonly maxExtensions: number;
  readonly maxTtlMs: number;

  constructor(
    budgets: readonly Budget[],
    limits: { readonly maxExtensions: number; readonly maxTtlMs: number },
  ) {
    this.maxExtensions = limits.maxExtensions;
    this.maxTtlMs = limits.maxTtlMs;
    this.apply({ budgets });
  }

  apply({ budgets = [], reservations = [], replay }: Changes): void {
    for (const budget of budgets) this.budgets.set(budgetKey(budget.scope, budget.unit), budget);
    for (const reservation of reservations) {
      this.reservations.set(reservation.id, reservation);
      if (reservation.status === "ACTIVE") this.active.add(reservation.id);
      else this.active.delete(reservation.id);
    }
    if (replay) this.replays.set(...replay);
  }
}

export function budgetKey(scope: string, unit: string): string {
  return `${scope} ${unit}`;
}

/** What is left for new reservations; negative where debt has eaten into it. (Protocol: Balance.) */
export function remainingOf({ allocated, spent, reserved, debt }: Budget): number {
  return allocated - spent - reserved - debt;
}

/** The budgets that a spend in `unit` counts against, from the tenant down. */
export function budgetsFor(state: LedgerState, scopes: readonly string[], unit: Unit): Budget[] {
  return scopes.flatMap((scope) => state.budgets.get(budgetKey(scope, unit)) ?? []);
}

/** A budget as the protocol shows it. */
export function toBalance(budget: Budget): Required<Schemas["Balance"]> {
  const { scope, unit, allocated, spent, reserved, debt, overdraftLimit, overLimit } = budget;
  const amount = (value: number) => ({ unit, amount: value });
  return {
    scope: scope.split("/").at(-1) ?? scope,
    scope_path: scope,
    remaining: amount(remainingOf(budget)),
    reserved: amount(reserved),
    spent: amount(spent),
    debt: amount(debt),
    allocated: amount(allocated),
    overdraft_limit: amount(overdraftLimit),
    is_over_limit: overLimit,
  };
}
