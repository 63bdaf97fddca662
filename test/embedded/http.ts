import type { components } from "../../generated/paths.js";
import { EmbeddedCycles, type EmbeddedOptions, ManualClock } from "../../src/embedded/index.js";
import { operations, type OperationId } from "../../generated/operations.js";

export type Wire = components["schemas"];

let ruleSet: NonNullable<EmbeddedOptions["rules"]> = "server";

/**
 * The rule set of every authority here that does not choose one: `"server"`, unless
 * `under-prose.test.ts` runs the tests.
 */
export const rulesInUse = () => ruleSet;

export function useRules(rules: NonNullable<EmbeddedOptions["rules"]>): void {
  ruleSet = rules;
}

export const START = Date.UTC(2026, 0, 1);

export interface ParsedResponse {
  status: number;
  body: Awaited<ReturnType<Response["json"]>>;
  headers: Headers;
}

interface Call {
  readonly id?: string;
  readonly query?: string;
  readonly key?: string | null;
  readonly headers?: Record<string, string>;
}

const bare = { action: { kind: "llm.completion", name: "gpt-4o-mini" } };

/** The id of the reservation that a response names. */
export const idOf = ({ body }: { readonly body: { readonly reservation_id?: string } }) =>
  body.reservation_id ?? "";

/** An amount in microcents, the unit of most tests. */
export const cents = (amount: number) => ({ unit: "USD_MICROCENTS" as const, amount });

/** An authority on a manual clock, and short functions that send it requests as the tenant acme. */
export function embedded(options: Partial<EmbeddedOptions> = {}) {
  const clock = new ManualClock(START);
  const authority = new EmbeddedCycles({
    budgets: { "tenant:acme": cents(100) },
    clock,
    rules: ruleSet,
    ...options,
  });
  let keys = 0;

  async function call(
    operation: OperationId,
    body: unknown,
    options: Call = {},
  ): Promise<ParsedResponse> {
    const { method, path } = operations[operation];
    const filled = path.replace(/\{\w+\}/, encodeURIComponent(options.id ?? ""));
    const key = options.key === undefined ? authority.apiKey("acme") : options.key;
    const received = await authority.fetch(`http://x${filled}${options.query ?? ""}`, {
      method,
      headers: {
        ...(key !== null && { "X-Cycles-API-Key": key }),
        ...(body !== undefined && { "Content-Type": "application/json" }),
        ...options.headers,
      },
      ...(body !== undefined && { body: typeof body === "string" ? body : JSON.stringify(body) }),
    });
    // Each response has been checked against the contract before: see test/support/strict-responses.ts.
    return { status: received.status, body: await received.json(), headers: received.headers };
  }

  const subject = { tenant: "acme" };
  const fresh = () => ({ idempotency_key: `key-${String(++keys)}` });
  return {
    authority,
    clock,
    call,
    reserve: (amount: number, more: object = {}, options?: Call) =>
      call(
        "createReservation",
        { ...fresh(), subject, ...bare, estimate: cents(amount), ...more },
        options,
      ),
    decide: (amount: number, more: object = {}, options?: Call) =>
      call("decide", { ...fresh(), subject, ...bare, estimate: cents(amount), ...more }, options),
    event: (amount: number, more: object = {}, options?: Call) =>
      call(
        "createEvent",
        { ...fresh(), subject, ...bare, actual: cents(amount), ...more },
        options,
      ),
    commit: (id: string, amount: number, more: object = {}, options?: Call) =>
      call("commitReservation", { ...fresh(), actual: cents(amount), ...more }, { id, ...options }),
    release: (id: string, more: object = {}, options?: Call) =>
      call("releaseReservation", { ...fresh(), ...more }, { id, ...options }),
    extend: (id: string, ms: number, more: object = {}, options?: Call) =>
      call("extendReservation", { ...fresh(), extend_by_ms: ms, ...more }, { id, ...options }),
    get: (id: string, options?: Call) => call("getReservation", undefined, { id, ...options }),
    list: (query = "", options?: Call) =>
      call("listReservations", undefined, { query, ...options }),
    balances: (query: string, options?: Call) =>
      call("getBalances", undefined, { query, ...options }),
    /** allocated, spent, reserved, debt, remaining of one scope. */
    ledger(scope = "tenant:acme") {
      const [balance] = authority.balances(scope);
      if (balance === undefined) throw new Error(`no budget of ${scope}`);
      const { allocated, spent, reserved, debt, remaining, is_over_limit } = balance;
      return {
        allocated: allocated.amount,
        spent: spent.amount,
        reserved: reserved.amount,
        debt: debt.amount,
        remaining: remaining.amount,
        over: is_over_limit,
      };
    },
  };
}
