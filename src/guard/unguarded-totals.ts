import type { Amount } from "../amount.js";

/**
 * How much the unguarded work of a client may have spent that the ledger does not have: estimates of
 * running work, and spends until their events are acknowledged. A refused spend stays in the total.
 */
export class UnguardedTotals {
  /** What each piece of work counts, by its id. */
  readonly #amounts = new Map<string, Amount>();

  /**
   * Adds work, unless the total in its unit would exceed the limit, or work with the same id is in
   * the total already. Returns whether it was added.
   */
  admit(id: string, estimate: Amount, limit = -1): boolean {
    let total = estimate.amount;
    for (const { unit, amount } of this.#amounts.values())
      if (unit === estimate.unit) total += amount;
    if (total > limit || this.#amounts.has(id)) return false;
    this.#amounts.set(id, estimate);
    return true;
  }

  /** Replaces the estimate of work by what it has spent, if the work was admitted. */
  spent(id: string, actual: Amount): void {
    if (this.#amounts.has(id)) this.#amounts.set(id, actual);
  }

  /** Removes work that has spent nothing, or whose spend is in the ledger. */
  giveBack(id: string): void {
    this.#amounts.delete(id);
  }
}
