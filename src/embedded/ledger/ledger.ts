import type { Refusal } from "../refusal.js";
import {
  toBalance,
  expire,
  type Budget,
  type Changes,
  type LedgerState,
  type Replay,
  type Reservation,
  type Rules,
  settleableUntil,
  type Wire,
} from "./state.js";
import type { Command } from "./command.js";
import { Deadlines } from "./deadlines.js";
import { execute } from "./execute.js";
import { scopesConcerned } from "./scopes-concerned.js";
import { Memory } from "./memory.js";

/**
 * The one place where state lives: rows in maps, and the deadlines of what is active. A command first lets lapse
 * what is due, then is decided as a whole, then applied as a whole; nothing comes in between.
 */
export class Ledger {
  readonly #rules: Rules;
  readonly #budgets = new Map<string, Budget>();
  readonly #reservations = new Map<string, Reservation>();
  readonly #replays = new Map<string, Replay>();
  readonly #closedTenants = new Set<string>();
  readonly #deadlines = new Deadlines();
  readonly #memory: Memory;
  readonly #state: LedgerState = {
    budgets: this.#budgets,
    reservations: this.#reservations,
    replays: this.#replays,
    closedTenants: this.#closedTenants,
  };

  constructor(budgets: readonly Budget[], rules: Rules) {
    this.#rules = rules;
    this.#memory = new Memory(rules.retentionMs);
    this.#apply({ budgets }, 0);
  }

  run(command: Command, now: number): object | Refusal {
    this.#lapse(now);
    const { result, changes } = execute(this.#state, command, now, this.#rules);
    this.#apply(changes, now);
    return result;
  }

  /** The scopes that a command is about, from the tenant down, as far as they are known. */
  scopes(command: Command): readonly string[] {
    return scopesConcerned(this.#state, command);
  }

  /** Every budget, or those of one scope. */
  balances(scope: string | undefined, now: number): Required<Wire["Balance"]>[] {
    this.#lapse(now);
    return [...this.#budgets.values()]
      .filter((budget) => scope === undefined || budget.scope === scope)
      .map(toBalance);
  }

  /** What time does: reservations expire, and what has ended long ago is forgotten. */
  #lapse(now: number): void {
    for (let id = this.#deadlines.take(now); id !== undefined; id = this.#deadlines.take(now)) {
      this.#apply(expire(this.#state, id, now), now);
    }
    for (const { reservation, replays } of this.#memory.due(now)) {
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
    this.#memory.note(now, reservation, replay);
    if (closedTenant !== undefined) this.#closedTenants.add(closedTenant);
  }
}
