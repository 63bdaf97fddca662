import { type Budget, toBalance } from "./budget.js";
import type { Command } from "./command.js";
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

/**
 * The authority's state: rows in maps, and the deadlines of active reservations. Each command runs
 * as a whole: due reservations expire first, then the command runs, then its changes apply.
 */
export class Ledger {
  readonly #settings: LedgerSettings;
  readonly #budgets = new Map<string, Budget>();
  readonly #reservations = new Map<string, Reservation>();
  readonly #replays = new Map<string, Replay>();
  readonly #closedTenants = new Set<string>();
  readonly #deadlines = new Deadlines();
  readonly #retention: Retention;
  readonly #state: LedgerState = {
    budgets: this.#budgets,
    reservations: this.#reservations,
    replays: this.#replays,
    closedTenants: this.#closedTenants,
  };

  constructor(budgets: readonly Budget[], settings: LedgerSettings) {
    this.#settings = settings;
    this.#retention = new Retention(settings.retentionMs);
    this.#apply({ budgets }, 0);
  }

  run(command: Command, now: number): object | Refusal {
    this.#expireDue(now);
    const { result, changes } = execute(this.#state, command, now, this.#settings);
    this.#apply(changes, now);
    if (!isRefusal(result)) return result;
    return rulesOf(this.#settings).views.refusal(result, command.operation);
  }

  /** The scopes that a command is about, from the tenant down. Empty if they are not known. */
  scopes(command: Command): readonly string[] {
    return scopesConcerned(this.#state, command);
  }

  /** Every budget, or those of one scope. */
  balances(scope: string | undefined, now: number): Required<Wire["Balance"]>[] {
    this.#expireDue(now);
    return [...this.#budgets.values()]
      .filter((budget) => scope === undefined || budget.scope === scope)
      .map(toBalance);
  }

  /** Expires reservations after their grace period, and deletes rows after their retention. */
  #expireDue(now: number): void {
    for (let id = this.#deadlines.take(now); id !== undefined; id = this.#deadlines.take(now)) {
      this.#apply(expire(this.#state, id, now), now);
    }
    for (const { reservation, replays } of this.#retention.due(now)) {
      if (reservation !== undefined) this.#reservations.delete(reservation);
      for (const key of replays) this.#replays.delete(key);
    }
  }

  #apply({ budgets = [], reservation, replay, closedTenant }: Changes, now: number): void {
    for (const budget of budgets) this.#budgets.set(budget.key, budget);
    if (reservation) {
      this.#reservations.set(reservation.id, reservation);
      if (reservation.status === "ACTIVE") {
        this.#deadlines.add(reservation.id, settleableUntil(reservation));
      }
    }
    if (replay) this.#replays.set(replay.key, replay);
    this.#retention.note(now, reservation, replay);
    if (closedTenant !== undefined) this.#closedTenants.add(closedTenant);
  }
}
