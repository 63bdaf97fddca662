import { attest, type Attestation } from "./attest.js";
import { type LedgerBudget, toBalance } from "./budget.js";
import type { Command } from "./command.js";
import { CreationOrder } from "./creation-order.js";
import { Deadlines } from "./deadlines.js";
import { execute } from "./execute.js";
import { isRefusal, type Refusal } from "./refusal.js";
import { Retention } from "./retention.js";
import { scopesConcerned } from "./scopes-concerned.js";
import { rulesOf } from "./rules.js";
import {
  type Changes,
  expire,
  type LedgerState,
  type Replay,
  type Reservation,
  type LedgerSettings,
  settleableUntil,
  type Wire,
} from "./state.js";

/** How many unneeded deadlines may remain before they are removed. */
const SPARE_DEADLINES = 1_000;

/** The result of a command that is not refused, as an object and as JSON. */
export interface Outcome {
  readonly kind: "outcome";
  readonly result: object;
  readonly json: string;
}

/**
 * The authority's state: rows in maps, and the deadlines of active reservations. Each command runs
 * as a whole: due reservations expire first, then the command runs, then its changes apply.
 */
export class Ledger {
  readonly #settings: LedgerSettings;
  readonly #budgets = new Map<string, LedgerBudget>();
  readonly #budgetsByScope = new Map<string, string[]>();
  readonly #budgetsByRoot = new Map<string, string[]>();
  readonly #reservations = new Map<string, Reservation>();
  readonly #created = new Map<string, CreationOrder>();
  readonly #replays = new Map<string, Replay>();
  readonly #closedTenants = new Set<string>();
  /** The number of active reservations. */
  #active = 0;
  readonly #deadlines = new Deadlines();
  readonly #retention: Retention;
  readonly #state: LedgerState = {
    budgets: this.#budgets,
    budgetsByRoot: this.#budgetsByRoot,
    reservations: this.#reservations,
    created: this.#created,
    replays: this.#replays,
    closedTenants: this.#closedTenants,
  };

  constructor(budgets: readonly LedgerBudget[], settings: LedgerSettings) {
    this.#settings = settings;
    this.#retention = new Retention(settings);
    for (const { key, scope } of budgets) {
      const [root = ""] = scope.split("/", 1);
      append(this.#budgetsByScope, scope, key);
      append(this.#budgetsByRoot, root, key);
    }
    this.#apply({ budgets }, 0);
  }

  run(command: Command, now: number, attestation?: Attestation): Outcome | Refusal {
    this.#expireDue(now);
    const execution = execute(this.#state, command, now, this.#settings);
    const { result, json, changes } = attestation ? attest(execution, attestation) : execution;
    this.#apply(changes, now);
    return isRefusal(result)
      ? rulesOf(this.#settings).views.refusal(result, command.operation)
      : { kind: "outcome", result, json: json ?? JSON.stringify(result) };
  }

  /** The scopes that a command is about, from the tenant down. Empty if they are not known. */
  scopes(command: Command): readonly string[] {
    return scopesConcerned(this.#state, command);
  }

  /** Every budget, or those of one scope. */
  balances(scope: string | undefined, now: number): Required<Wire["Balance"]>[] {
    this.#expireDue(now);
    if (scope === undefined) return [...this.#budgets.values()].map(toBalance);
    const keys = this.#budgetsByScope.get(scope) ?? [];
    return keys.flatMap((key) => this.#budgets.get(key) ?? []).map(toBalance);
  }

  /** Expires reservations after their grace period, and deletes rows after their retention. */
  #expireDue(now: number): void {
    for (let id = this.#deadlines.take(now); id !== undefined; id = this.#deadlines.take(now)) {
      this.#apply(expire(this.#state, id, now), now);
    }
    for (let ended = this.#retention.take(now); ended; ended = this.#retention.take(now)) {
      if (ended.reservation !== undefined) this.#delete(ended.reservation);
      for (const key of ended.replays) this.#replays.delete(key);
    }
  }

  #apply({ budgets, reservation, replay, closedTenant }: Changes, now: number): void {
    budgets?.forEach((budget) => this.#budgets.set(budget.key, budget));
    if (reservation) this.#put(reservation);
    if (replay) this.#replays.set(replay.key, replay);
    this.#retention.note(now, reservation, replay);
    if (closedTenant !== undefined) this.#closedTenants.add(closedTenant);
  }

  #put(reservation: Reservation): void {
    const { id, owner, createdAt, status } = reservation;
    const isNew = !this.#reservations.has(id);
    this.#reservations.set(id, reservation);
    if (isNew) {
      let created = this.#created.get(owner);
      if (!created) this.#created.set(owner, (created = new CreationOrder()));
      created.add(id, createdAt);
    }
    if (status === "ACTIVE") {
      if (isNew) this.#active += 1;
      this.#deadlines.add(id, settleableUntil(reservation));
      return;
    }
    if (!isNew) this.#active -= 1;
    // Most reservations end long before their deadlines, which would accumulate.
    if (this.#deadlines.size <= 2 * this.#active + SPARE_DEADLINES) return;
    this.#deadlines.prune((needed, at) => {
      const found = this.#reservations.get(needed);
      return found?.status === "ACTIVE" && settleableUntil(found) === at;
    });
  }

  #delete(id: string): void {
    const owner = this.#reservations.get(id)?.owner ?? "";
    this.#reservations.delete(id);
    this.#created.get(owner)?.delete((kept) => this.#reservations.has(kept));
  }
}

function append(lists: Map<string, string[]>, name: string, item: string): void {
  const list = lists.get(name);
  if (list) list.push(item);
  else lists.set(name, [item]);
}
