import { describe, expect, it } from "vitest";
import { type ParsedResponse, cents, embedded } from "./http.js";

type Embedded = ReturnType<typeof embedded>;
type Options = Parameters<typeof embedded>[0];

const tokens = { unit: "TOKENS" as const, amount: 1 };
const bot = { subject: { tenant: "acme", agent: "bot" } };
const scope = "tenant:acme";

/** A reservation of 10. */
const held = async ({ reserve }: Embedded) =>
  (await reserve(10, { overage_policy: "REJECT" })).body.reservation_id as string;

describe("a refusal names what was refused and where", () => {
  // name, options, request → code, message, details (under the prose rules; under the server rules, only some have details)
  it.each<
    [
      string,
      Options,
      (world: Embedded) => Promise<ParsedResponse>,
      string,
      string,
      object | undefined,
    ]
  >([
    [
      "a reserve of more than remains",
      {},
      ({ reserve }) => reserve(101),
      "BUDGET_EXCEEDED",
      "Budget exceeded for scope tenant:acme: 101 USD_MICROCENTS requested, 100 remaining",
      { scope },
    ],
    [
      "a reserve in a frozen scope",
      { budgets: { [scope]: { allocated: cents(100), status: "FROZEN" } } },
      ({ reserve }) => reserve(1),
      "BUDGET_FROZEN",
      "Budget is frozen for scope tenant:acme",
      { scope },
    ],
    [
      "a reserve in a closed scope",
      { budgets: { [scope]: { allocated: cents(100), status: "CLOSED" } } },
      ({ reserve }) => reserve(1),
      "BUDGET_CLOSED",
      "Budget is closed for scope tenant:acme",
      { scope },
    ],
    [
      "a reserve in a scope with debt",
      { budgets: { [scope]: { allocated: cents(100), debt: cents(7) } } },
      ({ reserve }) => reserve(1),
      "DEBT_OUTSTANDING",
      "Scope tenant:acme has a debt of 7 USD_MICROCENTS to repay",
      { scope },
    ],
    [
      "a reserve in a scope over its limit",
      {
        budgets: {
          [scope]: { allocated: cents(100), debt: cents(7), overdraft_limit: cents(6) },
        },
      },
      ({ reserve }) => reserve(1),
      "OVERDRAFT_LIMIT_EXCEEDED",
      "Scope tenant:acme is over its limit: fund it before you reserve again",
      { scope },
    ],
    [
      "a reserve in another unit",
      {},
      ({ reserve }) => reserve(1, { ...bot, estimate: tokens }),
      "UNIT_MISMATCH",
      "Unit mismatch for scope tenant:acme: the request is in TOKENS, the budget in USD_MICROCENTS",
      { scope, requested_unit: "TOKENS", expected_units: ["USD_MICROCENTS"] },
    ],
    [
      "a reserve without a budget",
      { budgets: { "tenant:acme/agent:bot": cents(1) } },
      ({ reserve }) => reserve(1, { subject: { tenant: "acme", workspace: "prod" } }),
      "NOT_FOUND",
      "Budget not found for provided scope: tenant:acme/workspace:prod",
      undefined,
    ],
    [
      "a reserve for another tenant",
      {},
      ({ reserve }) => reserve(1, { subject: { tenant: "globex" } }),
      "FORBIDDEN",
      'subject.tenant is "globex", but the API key belongs to "acme"',
      undefined,
    ],
    [
      "a commit of more than the estimate",
      {},
      async (world) => world.commit(await held(world), 13),
      "BUDGET_EXCEEDED",
      "The actual amount is 3 USD_MICROCENTS beyond the estimate, and the overage policy is REJECT",
      undefined,
    ],
    [
      "an event of more than remains",
      {},
      ({ event }) => event(101, { overage_policy: "REJECT" }),
      "BUDGET_EXCEEDED",
      "Budget exceeded for scope tenant:acme: 101 USD_MICROCENTS requested, 100 remaining",
      { scope },
    ],
    [
      "an event beyond the overdraft limit",
      { budgets: { [scope]: { allocated: cents(0), overdraft_limit: cents(5) } } },
      ({ event }) => event(20, { overage_policy: "ALLOW_WITH_OVERDRAFT" }),
      "OVERDRAFT_LIMIT_EXCEEDED",
      "Overdraft limit exceeded for scope tenant:acme: the debt would be 20 USD_MICROCENTS, and the limit is 5",
      { scope },
    ],
    [
      "an operation on a reservation that does not exist",
      {},
      ({ get }) => get("nobody"),
      "NOT_FOUND",
      "Reservation not found: nobody",
      undefined,
    ],
    [
      "the list of another tenant",
      {},
      ({ list }) => list("?tenant=globex"),
      "FORBIDDEN",
      'tenant is "globex", but the API key belongs to "acme"',
      undefined,
    ],
    [
      "a key with another body",
      {},
      async ({ event }) => {
        await event(1, { idempotency_key: "k" });
        return event(2, { idempotency_key: "k" });
      },
      "IDEMPOTENCY_MISMATCH",
      "This idempotency key was used with another body: repeat the request unchanged, or use a new key",
      undefined,
    ],
    [
      "a call of a closed tenant",
      {},
      ({ authority, reserve }) => {
        authority.closeTenant("acme");
        return reserve(1);
      },
      "TENANT_CLOSED",
      "Tenant acme is closed",
      undefined,
    ],
  ])("%s", async (_, options, act, error, message, details) => {
    const { status, body } = await act(embedded(options));
    expect(status).toBeGreaterThanOrEqual(400);
    expect(body).toMatchObject({ error, message });
    expect(body.details).toEqual(error === "UNIT_MISMATCH" ? details : undefined);
    const prose = await act(embedded({ ...options, rules: "prose" }));
    expect(prose.body).toMatchObject({ error });
    expect(prose.body.details).toEqual(details);
  });

  // name, request about a reservation R → code, message, details
  it.each<
    [string, (world: Embedded, id: string) => Promise<ParsedResponse>, string, string, object?]
  >([
    [
      "a commit in another unit",
      ({ commit }, id) => commit(id, 1, { actual: tokens }),
      "UNIT_MISMATCH",
      "Reservation R is in USD_MICROCENTS and cannot be committed in TOKENS",
      { scope, requested_unit: "TOKENS", expected_units: ["USD_MICROCENTS"] },
    ],
    [
      "a read of another tenant",
      ({ authority, get }, id) => get(id, { key: authority.apiKey("b") }),
      "FORBIDDEN",
      "Reservation R belongs to another tenant",
    ],
    [
      "a release after a commit",
      async ({ commit, release }, id) => {
        await commit(id, 1);
        return release(id);
      },
      "RESERVATION_FINALIZED",
      "Reservation R is already committed",
    ],
    [
      "a read after the expiry",
      async ({ clock, get }, id) => {
        await clock.advance(3_600_000);
        return get(id);
      },
      "RESERVATION_EXPIRED",
      "Reservation R has expired",
    ],
    [
      "a commit after the grace period",
      async ({ clock, commit }, id) => {
        await clock.advance(3_600_000);
        return commit(id, 1);
      },
      "RESERVATION_EXPIRED",
      "Reservation R has expired",
    ],
    [
      "an extension in the grace period",
      async ({ clock, extend }, id) => {
        await clock.advance(60_001);
        return extend(id, 1_000);
      },
      "RESERVATION_EXPIRED",
      "Reservation R has expired",
    ],
    [
      "an extension too many",
      async ({ extend }, id) => {
        await extend(id, 1_000);
        return extend(id, 1_000);
      },
      "MAX_EXTENSIONS_EXCEEDED",
      "Reservation R was extended 1 times, which is the maximum",
    ],
  ])("%s", async (_, act, error, message, details) => {
    const budgets = { [scope]: cents(100), "tenant:b": cents(1) };
    const options = { budgets, maxExtensions: 1 };
    const world = embedded(options);
    const id = await held(world);
    const { status, body } = await act(world, id);
    expect(status).toBeGreaterThanOrEqual(400);
    expect(body).toMatchObject({
      error,
      message: message.replace("Reservation R", `Reservation ${id}`),
    });
    expect(body).not.toHaveProperty("details");
    const prose = embedded({ ...options, rules: "prose" });
    expect((await act(prose, await held(prose))).body.details).toEqual(details);
  });
});
