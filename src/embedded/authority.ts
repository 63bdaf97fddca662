import type { components } from "../../generated/paths.js";
import { type Amount, checkAmount, type Unit } from "../amount.js";
import { type Clock, systemClock } from "../clock.js";
import { CyclesConfigError } from "../errors.js";
import { type Budgets, tenantOf, toBudgets } from "./budgets.js";
import { earliestExpiry, expire } from "./ledger/expiry.js";
import { type Budget, type Decision, Ledger, toBalance } from "./ledger/state.js";
import { listen, type Listener } from "./listener.js";
import { type Desk, serve } from "./serve.js";

/** What an authority is made of. */
export interface AuthorityOptions {
  /** Budgets by scope: `{ "tenant:acme": usd("5.00") }`. */
  readonly budgets: Budgets;
  /** Tenants by API key; by default every tenant with a budget has one key, see `apiKey`. */
  readonly apiKeys?: Readonly<Record<string, string>>;
  /** Where its time comes from; a {@link ManualClock} lets a test move it. */
  readonly clock?: Clock;
  /** How often a reservation can be extended; default 10. */
  readonly maxExtensions?: number;
  /** The longest lease that is granted at a time, in milliseconds; default one hour. */
  readonly maxTtlMs?: number;
}

/** The options with which a client reaches an authority. */
export interface ClientConnection {
  readonly baseUrl: string;
  readonly apiKey: string;
  readonly subject: { readonly tenant: string };
  readonly clock: Clock;
}

/** Nothing listens here: `fetch` answers in the process. */
const IN_PROCESS = "http://embedded.invalid";
const ONE_HOUR_MS = 3_600_000;

/**
 * A budget authority inside your own process: the protocol's runtime operations over a ledger in memory. It is
 * for development, tests and demos; production runs the Redis-backed reference server.
 *
 * @throws {@link CyclesConfigError} for budgets and keys that cannot be.
 * @example
 * ```ts
 * import { CyclesClient, usd } from "cycles-client";
 * import { EmbeddedCycles } from "cycles-client/embedded";
 * const authority = new EmbeddedCycles({ budgets: { "tenant:acme": usd("5.00") } });
 * const cycles = new CyclesClient(authority.clientOptions("acme"));
 * ```
 */
export class EmbeddedCycles implements AsyncDisposable {
  /** Answers requests of the protocol, like a server behind the platform's `fetch`. */
  readonly fetch: (input: Request | string | URL, init?: RequestInit) => Promise<Response>;
  readonly #ledger: Ledger;
  readonly #clock: Clock;
  /** API key → tenant. */
  readonly #tenants: Map<string, string>;
  readonly #listeners = new Set<Listener>();
  /** No reservation expires before this. */
  #nextExpiry = -Infinity;

  constructor(options: AuthorityOptions) {
    const {
      budgets,
      apiKeys,
      clock = systemClock,
      maxExtensions = 10,
      maxTtlMs = ONE_HOUR_MS,
    } = options;
    const rows = toBudgets(budgets);
    this.#ledger = new Ledger(rows, { maxExtensions, maxTtlMs });
    this.#clock = clock;
    this.#tenants = new Map(Object.entries(apiKeys ?? keysFor(rows)));
    const desk: Desk = {
      open: () => this.#open(),
      apply: (decision) => {
        this.#apply(decision);
      },
      tenantOf: (key) => this.#tenants.get(key),
    };
    this.fetch = (input, init) => serve(desk, new Request(input, init));
  }

  /** The key of a tenant. Throws {@link CyclesConfigError} for a tenant without one. */
  apiKey(tenant: string): string {
    for (const [key, owner] of this.#tenants) if (owner === tenant) return key;
    throw new CyclesConfigError(
      `No API key belongs to tenant "${tenant}": give it a budget, or name it in apiKeys`,
    );
  }

  /** What a client in this process is made with: no socket is opened. */
  clientOptions(tenant: string): ClientConnection & { readonly fetch: EmbeddedCycles["fetch"] } {
    return { ...this.#connection(IN_PROCESS, tenant), fetch: this.fetch };
  }

  /** Serves HTTP on the loopback interface; port 0 takes any that is free. Node, Bun and Deno only. */
  async listen(port = 0): Promise<Listener & { clientOptions(tenant: string): ClientConnection }> {
    const listener = await listen(this.fetch, port);
    this.#listeners.add(listener);
    return { ...listener, clientOptions: (tenant) => this.#connection(listener.url, tenant) };
  }

  /** All balances, or those of one scope, every field filled in. */
  balances(scope?: string): Required<components["schemas"]["Balance"]>[] {
    const { state } = this.#open();
    return [...state.budgets.values()]
      .filter((budget) => scope === undefined || budget.scope === scope)
      .map(toBalance);
  }

  /** Adds to a budget; debt is paid first. */
  fund(scope: string, amount: Amount): void {
    const { unit, amount: added } = checkAmount(amount);
    this.#change(scope, unit, (budget) => {
      const repaid = Math.min(budget.debt, added);
      const debt = budget.debt - repaid;
      return {
        ...budget,
        allocated: budget.allocated + added,
        spent: budget.spent + repaid,
        debt,
        overLimit: debt > budget.overdraftLimit,
      };
    });
  }

  /** Refuses what would charge a scope's budgets, until `unfreeze`. */
  freeze(scope: string, unit?: Unit): void {
    this.#change(scope, unit, (budget) => ({ ...budget, status: "FROZEN" }));
  }

  /** Ends a `freeze`. */
  unfreeze(scope: string, unit?: Unit): void {
    this.#change(scope, unit, (budget) => ({ ...budget, status: "ACTIVE" }));
  }

  /** Closes a tenant: nothing of it changes any more; what it has can still be read. */
  closeTenant(tenant: string): void {
    this.#ledger.closedTenants.add(tenant);
  }

  /** Stops listening. */
  async close(): Promise<void> {
    await Promise.all([...this.#listeners].map((listener) => listener.close()));
    this.#listeners.clear();
  }

  /** {@link EmbeddedCycles.close}, for `await using`. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #connection(baseUrl: string, tenant: string): ClientConnection {
    return { baseUrl, apiKey: this.apiKey(tenant), subject: { tenant }, clock: this.#clock };
  }

  #open() {
    const now = this.#clock.now();
    if (now > this.#nextExpiry) {
      for (const changes of expire(this.#ledger, now)) this.#ledger.apply(changes);
      this.#nextExpiry = earliestExpiry(this.#ledger);
    }
    return { state: this.#ledger, now };
  }

  #apply({ changes }: Decision): void {
    this.#ledger.apply(changes);
    for (const { status, expiresAt, graceMs } of changes.reservations ?? []) {
      if (status === "ACTIVE") this.#nextExpiry = Math.min(this.#nextExpiry, expiresAt + graceMs);
    }
  }

  #change(scope: string, unit: Unit | undefined, change: (budget: Budget) => Budget): void {
    const found = [...this.#ledger.budgets.values()].filter(
      (budget) => budget.scope === scope && (unit === undefined || budget.unit === unit),
    );
    if (found.length === 0)
      throw new CyclesConfigError(
        `There is no budget at "${scope}"${unit === undefined ? "" : ` in ${unit}`}`,
      );
    this.#ledger.apply({ budgets: found.map(change) });
  }
}

function keysFor(budgets: readonly Budget[]): Record<string, string> {
  const tenants = new Set(budgets.flatMap(({ scope }) => tenantOf(scope) ?? []));
  return Object.fromEntries(
    [...tenants].map((tenant) => [`cyc_live_${tenant}_${crypto.randomUUID()}`, tenant]),
  );
}
