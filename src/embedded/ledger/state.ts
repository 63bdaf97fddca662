import type { components } from "../../../generated/paths.js";
import type { LedgerBudget } from "./budget.js";
import type { CreationOrder } from "./creation-order.js";
import type { Refusal } from "./refusal.js";

/** The schemas of the contract. */
export type Wire = components["schemas"];

/** The state of the authority. Rows are immutable; {@link Changes} replace them. */
export interface LedgerState {
  readonly budgets: ReadonlyMap<string, LedgerBudget>;
  /** The keys of the budgets, by the first level of their scopes. */
  readonly budgetsByRoot: ReadonlyMap<string, readonly string[]>;
  readonly reservations: ReadonlyMap<string, Reservation>;
  /** The reservations of each owner. */
  readonly created: ReadonlyMap<string, CreationOrder>;
  readonly replays: ReadonlyMap<string, Replay>;
  /** In lower case, as in scopes. */
  readonly closedTenants: ReadonlySet<string>;
}

export interface Reservation {
  readonly id: string;
  /** The tenant whose key made it. The subject may leave the tenant out. */
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
  /** The rule at the time when the reservation was made. */
  readonly maxExtensions: number;
  readonly finalizedAt?: number;
  readonly committed?: Wire["Amount"];
  readonly committedMetadata?: Readonly<Record<string, unknown>>;
  /** The references to the evidence of its operations. */
  readonly evidence?: Wire["ReservationEvidence"];
}

/** The request that an idempotency key was used for, and its result. */
export interface Replay {
  readonly key: string;
  readonly body: object;
  /** JSON, because many are kept, and text takes much less memory than objects. */
  readonly result: string;
  /** The reservation that the result is about, if there is one. */
  readonly reservation: string | undefined;
}

/** The results that a repeated key gets again. */
export type StoredResult =
  | Wire["DecisionResponse"]
  | Wire["ReservationCreateResponse"]
  | Wire["CommitResponse"]
  | Wire["ReleaseResponse"]
  | Wire["ReservationExtendResponse"]
  | Wire["EventCreateResponse"];

/** The result of a command, and the changes that it makes to the ledger. */
export interface Execution<Result extends object> {
  readonly result: Result | Refusal;
  /** The result as JSON, if the command made it. */
  readonly json?: string;
  readonly changes: Changes;
}

/** The rows that a command adds or replaces. */
export interface Changes {
  readonly budgets?: readonly LedgerBudget[];
  readonly reservation?: Reservation;
  readonly replay?: Replay;
  readonly closedTenant?: string;
}

/** Whose rules apply where the reference server and the protocol's text differ. */
export type RuleSet = "server" | "prose";

/** The ledger's settings, which apply to every tenant. */
export interface LedgerSettings {
  readonly rules: RuleSet;
  /** How many times a reservation can be extended. */
  readonly maxExtensions: number;
  /** The longest time to live, in milliseconds, that a reserve or one extension grants. */
  readonly maxTtlMs: number;
  /** How far beyond now, in milliseconds, an extension can move an expiry. */
  readonly maxLeadMs: number;
  /** Whether responses carry `remaining_ttl_ms`. Older servers leave it out. */
  readonly reportRemainingTtl: boolean;
  /** How long, in milliseconds, ended reservations and idempotency keys are kept. */
  readonly retentionMs: number;
  /** How many ended reservations and idempotency keys are kept at most. */
  readonly keepEnded: number;
}

/** The last millisecond in which a reservation can still be settled. */
export function settleableUntil({ expiresAt, graceMs }: Reservation): number {
  return expiresAt + graceMs;
}

/** The budgets that hold a reservation's estimate. */
export function budgetsOf(
  { budgets }: LedgerState,
  reservation: Reservation,
): readonly LedgerBudget[] {
  return reservation.budgets.flatMap((key) => budgets.get(key) ?? []);
}

/** The same budgets, with the estimate freed. */
export function giveBack(state: LedgerState, reservation: Reservation): readonly LedgerBudget[] {
  const { amount } = reservation.request.estimate;
  return budgetsOf(state, reservation).map((budget) => ({
    ...budget,
    reserved: budget.reserved - amount,
  }));
}

/** Expires a reservation after its grace period, and frees its estimate. */
export function expire(state: LedgerState, id: string, now: number): Changes {
  const reservation = state.reservations.get(id);
  if (reservation?.status !== "ACTIVE" || now <= settleableUntil(reservation)) return {};
  return {
    budgets: giveBack(state, reservation),
    reservation: { ...reservation, status: "EXPIRED" },
  };
}
