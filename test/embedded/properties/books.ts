import type { Amount, Subject, Unit } from "cycles-client";
import type { EmbeddedBalance } from "cycles-client/embedded";
import { expect } from "vitest";
import { places, type Start } from "./history.js";

/** The length of every extension, in milliseconds. */
export const EXTENSION_MS = 5_000;

interface Hold {
  readonly subject: Subject;
  readonly amount: Amount;
  readonly grace: number;
  until: number;
}

/**
 * A second set of books, kept only from the responses, and much simpler than the ledger. A scope is
 * charged the sum of all charges in responses, and holds the sum of all grants that have not ended.
 */
export class Books {
  readonly #starts: readonly Start[];
  readonly #funded = new Map<string, number>();
  readonly #charges: { readonly subject: Subject; readonly amount: Amount }[] = [];
  readonly #holds = new Map<string, Hold>();
  readonly #units = new Map<string, Unit>();

  constructor(starts: readonly Start[]) {
    this.#starts = starts;
  }

  hold(id: string, subject: Subject, amount: Amount, expiresAt: number, grace: number): void {
    this.#holds.set(id, { subject, amount, grace, until: expiresAt + grace });
    this.#units.set(id, amount.unit);
  }

  unitOf(id: string): Unit | undefined {
    return this.#units.get(id);
  }

  extend(id: string, expiresAt: number): void {
    const hold = this.#holds.get(id);
    if (hold === undefined) throw new Error(`${id} was extended, and holds nothing`);
    expect(expiresAt + hold.grace).toBe(hold.until + EXTENSION_MS);
    hold.until = expiresAt + hold.grace;
  }

  commit(id: string, { charged, released }: { charged: Amount; released?: Amount }): void {
    const hold = this.#holds.get(id);
    if (hold === undefined) throw new Error(`${id} was committed, and holds nothing`);
    this.#holds.delete(id);
    this.charge(hold.subject, charged);
    // The rest of the estimate is given back.
    const back = Math.max(0, hold.amount.amount - charged.amount);
    expect(released?.amount ?? 0).toBe(back);
  }

  release(id: string): void {
    if (!this.#holds.delete(id)) throw new Error(`${id} was released, and holds nothing`);
  }

  charge(subject: Subject, amount: Amount): void {
    this.#charges.push({ subject, amount });
  }

  fund(scope: string, unit: Unit, amount: number): void {
    const key = `${scope} ${unit}`;
    this.#funded.set(key, (this.#funded.get(key) ?? 0) + amount);
  }

  lapse(now: number): void {
    for (const [id, { until }] of this.#holds) if (until < now) this.#holds.delete(id);
  }

  /** Compares the ledger's balances with these books. */
  check(balances: readonly EmbeddedBalance[]): void {
    expect(balances).toHaveLength(places.length);
    for (const [index, [scope, unit]] of places.entries()) {
      const balance = balances.find(
        (row) => row.scope_path === scope && row.allocated.unit === unit,
      );
      if (balance === undefined) throw new Error(`no balance of ${scope} in ${unit}`);
      const { allocated, spent, reserved, debt, remaining } = balance;
      const { allocated: start = 0, overdraft = 0 } = this.#starts[index] ?? {};
      const within = (subject: Subject, of: Amount) => of.unit === unit && stands(subject, scope);
      const sum = (rows: Iterable<{ subject: Subject; amount: Amount }>) =>
        [...rows].reduce(
          (all, row) => all + (within(row.subject, row.amount) ? row.amount.amount : 0),
          0,
        );

      expect(allocated.amount).toBe(start + (this.#funded.get(`${scope} ${unit}`) ?? 0));
      expect(spent.amount + debt.amount).toBe(sum(this.#charges));
      expect(reserved.amount).toBe(sum(this.#holds.values()));
      expect(remaining.amount).toBe(
        allocated.amount - spent.amount - reserved.amount - debt.amount,
      );
      expect(spent.amount).toBeGreaterThanOrEqual(0);
      expect(debt.amount).toBeGreaterThanOrEqual(0);
      expect(debt.amount).toBeLessThanOrEqual(overdraft);
    }
    this.#checkFamilies(balances);
  }

  /** A charge below a scope is a charge to the scope as well. */
  #checkFamilies(balances: readonly EmbeddedBalance[]): void {
    const used = ({ spent, reserved, debt }: EmbeddedBalance) =>
      spent.amount + reserved.amount + debt.amount;
    for (const parent of balances) {
      const below = balances.filter(
        ({ scope_path, spent }) =>
          scope_path.startsWith(`${parent.scope_path}/`) &&
          spent.unit === parent.spent.unit &&
          !balances.some(
            (between) =>
              between.spent.unit === spent.unit &&
              between.scope_path.startsWith(`${parent.scope_path}/`) &&
              scope_path.startsWith(`${between.scope_path}/`),
          ),
      );
      const children = below.reduce((all, child) => all + used(child), 0);
      expect(used(parent)).toBeGreaterThanOrEqual(children);
    }
  }
}

/**
 * Whether the subject derives the scope: its levels, down to the scope's last, are those of the
 * scope.
 */
function stands(subject: Subject, scope: string): boolean {
  const levels = ["tenant", "workspace", "app", "workflow", "agent", "toolset"] as const;
  const path = levels
    .filter((level) => subject[level] !== undefined)
    .map((level) => `${level}:${subject[level]?.toLowerCase() ?? ""}`)
    .join("/");
  return path === scope || path.startsWith(`${scope}/`);
}
