import type { Amount } from "../amount.js";

/** What a piece of work counts. */
interface Counted {
  readonly amount: Amount;
  /** The key of the event that was sent last; undefined before that. */
  readonly key?: string | undefined;
}

/**
 * How much the unguarded work of a client may have spent that the ledger does not have: the
 * estimate or the spend of each piece of work, whichever is greater, until its event is acknowledged.
 * A refused spend stays in the total.
 */
export class UnguardedTotals {
  /** By the id of the work. */
  readonly #counted = new Map<string, Counted>();

  /**
   * Adds work, unless the total in its unit would exceed the limit, or work with the same id is in
   * the total already. Returns whether it was added.
   */
  admit(id: string, estimate: Amount, limit = -1): boolean {
    let total = estimate.amount;
    for (const { amount } of this.#counted.values())
      if (amount.unit === estimate.unit) total += amount.amount;
    if (total > limit || this.#counted.has(id)) return false;
    this.#counted.set(id, { amount: estimate });
    return true;
  }

  /** Counts what admitted work has spent, if that is more than its estimate. */
  spent(id: string, actual: Amount, key?: string): void {
    const before = this.#counted.get(id);
    if (before === undefined) return;
    const amount = actual.amount > before.amount.amount ? actual : before.amount;
    this.#counted.set(id, { amount, key: key ?? before.key });
  }

  /**
   * Removes work whose event the ledger has acknowledged. Earlier work can have the same id, and
   * its event another key.
   */
  acknowledged(id: string, key: string): void {
    if (this.#counted.get(id)?.key === key) this.giveBack(id);
  }

  /** Removes work that has spent nothing. */
  giveBack(id: string): void {
    this.#counted.delete(id);
  }
}
