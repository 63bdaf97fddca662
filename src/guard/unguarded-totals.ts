import type { Amount } from "../amount.js";

/**
 * How much the unguarded work of a client may have spent that the ledger does not have: estimates of
 * running work, and spends until their events are acknowledged. A refused spend stays in the total.
 */
export class UnguardedTotals {
  readonly #amounts = new Map<string, Amount>();
  readonly #totals = new Map<string, number>();

  /**
   * Adds work, unless the total in its unit would exceed the limit, or work with the same id has not
   * ended. Returns whether it was added.
   */
  admit(id: string, estimate: Amount, limit: number | undefined): boolean {
    const { unit, amount } = estimate;
    const total = (this.#totals.get(unit) ?? 0) + amount;
    if (limit === undefined || total > limit || this.#amounts.has(id)) return false;
    this.#set(id, estimate);
    return true;
  }

  /** Replaces the estimate of work by what it has spent, if the work was admitted. */
  spent(id: string, actual: Amount): void {
    if (this.#amounts.has(id)) this.#set(id, actual);
  }

  /** Removes work that has spent nothing, or whose spend is in the ledger. */
  giveBack(id: string): void {
    const before = this.#amounts.get(id);
    if (before !== undefined) this.#set(id, { ...before, amount: 0 });
    this.#amounts.delete(id);
  }

  #set(id: string, amount: Amount): void {
    const { unit } = amount;
    const total = this.#totals.get(unit) ?? 0;
    this.#totals.set(unit, total - (this.#amounts.get(id)?.amount ?? 0) + amount.amount);
    this.#amounts.set(id, amount);
  }
}
