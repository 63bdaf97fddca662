import { describe, expect, it } from "vitest";
import { cents, embedded } from "./http.js";

const INNER = "tenant:acme/agent:bot";
const bot = { subject: { tenant: "acme", agent: "bot" }, overage_policy: "ALLOW_WITH_OVERDRAFT" };

type Pair = readonly [allocated: number, overdraftLimit: number];
/** A scope after the charge. */
type After = readonly [spent: number, debt: number, over: boolean];

/** An authority whose tenant and inner scope have these budgets. */
function nested(rules: "server" | "prose", [outer, inner]: readonly [Pair, Pair]) {
  const budget = ([allocated, limit]: Pair) => ({
    allocated: cents(allocated),
    overdraft_limit: cents(limit),
  });
  return embedded({ rules, budgets: { "tenant:acme": budget(outer), [INNER]: budget(inner) } });
}

describe("an overdraft under the server rules", () => {
  it("turns only the unpaid part into debt [debt-6]", async () => {
    const { event, ledger } = embedded({
      budgets: { "tenant:acme": { allocated: cents(1_000), overdraft_limit: cents(10_000) } },
    });
    await event(2_500, { overage_policy: "ALLOW_WITH_OVERDRAFT" });
    expect(ledger()).toMatchObject({ spent: 1_000, debt: 1_500, remaining: -1_500, over: false });
  });

  it("compares the limit with the debt, not with the whole amount [debt-6]", async () => {
    const { event, ledger } = embedded({
      budgets: { "tenant:acme": { allocated: cents(30_000), overdraft_limit: cents(10_000) } },
    });
    const overdraft = { overage_policy: "ALLOW_WITH_OVERDRAFT" };
    expect((await event(35_000, overdraft)).status).toBe(201);
    expect(ledger()).toMatchObject({ spent: 30_000, debt: 5_000 });
    expect((await event(5_000, overdraft)).status).toBe(201);
    const refused = await event(1, overdraft);
    expect([refused.status, refused.body.error]).toEqual([409, "OVERDRAFT_LIMIT_EXCEEDED"]);
    expect(ledger()).toMatchObject({ spent: 30_000, debt: 10_000, over: false });
  });

  it.each<[outer: Pair, inner: Pair, actual: number, outcome: number | string, ...After[]]>([
    // outer and inner budget, with their limits, actual → charged, spent and debt of each, over
    [[100, 0], [20, 50], 40, 40, [40, 0, false], [20, 20, false]],
    [[20, 50], [20, 0], 40, 20, [20, 0, false], [20, 0, true]],
    [[40, 50], [20, 50], 40, 40, [40, 0, false], [20, 20, false]],
    [[30, 0], [20, 50], 60, 30, [30, 0, true], [20, 10, false]],
    [[30, 0], [20, 9], 60, "OVERDRAFT_LIMIT_EXCEEDED", [0, 0, false], [0, 0, false]],
    [[30, 0], [20, 0], 60, 20, [20, 0, true], [20, 0, true]],
    [[60, 0], [20, 0], 60, 20, [20, 0, false], [20, 0, true]],
  ])(
    "with budgets of %j and %j, of %d gives %s [debt-7 debt-8]",
    async (outer, inner, actual, outcome, ...after) => {
      for (const held of [0, 10]) {
        const { event, reserve, commit, ledger } = nested("server", [outer, inner]);
        // An event, and a commit whose estimate is a part of the same amount, are charged alike.
        const { body } = held === 0 ? { body: {} } : await reserve(held, bot);
        const response =
          held === 0 ? await event(actual, bot) : await commit(body.reservation_id, actual);
        const [charged, reserved] =
          typeof outcome === "string" ? [response.body.error, held] : [outcome, 0];
        expect(response.body.charged?.amount ?? response.body.error ?? actual).toBe(charged);
        for (const [index, scope] of ["tenant:acme", INNER].entries()) {
          const [spent, debt, over] = after[index] ?? [];
          expect(ledger(scope)).toMatchObject({ spent, debt, over, reserved });
        }
      }
    },
  );

  it("changes no scope if one of them would exceed its limit [commit-5 debt-7]", async () => {
    const { event, ledger } = nested("server", [
      [20, 50],
      [20, 5],
    ]);
    const refused = await event(26, bot);
    expect([refused.status, refused.body.error]).toEqual([409, "OVERDRAFT_LIMIT_EXCEEDED"]);
    expect([ledger(), ledger(INNER)]).toMatchObject([
      { spent: 0, debt: 0 },
      { spent: 0, debt: 0 },
    ]);
  });

  it("turns the whole amount into debt in a scope that is already below zero", async () => {
    const { event, ledger } = embedded({
      budgets: { "tenant:acme": { allocated: cents(10), overdraft_limit: cents(50) } },
    });
    await event(20, bot);
    await event(5, bot);
    expect(ledger()).toMatchObject({ spent: 10, debt: 15, remaining: -15 });
  });
});

describe("an overdraft under the prose rules", () => {
  it("turns the whole amount into debt in the scopes that cannot pay [commit-5 debt-9]", async () => {
    const { reserve, commit, ledger } = nested("prose", [
      [100, 0],
      [20, 50],
    ]);
    const { body } = await reserve(10, bot);
    expect((await commit(body.reservation_id, 40)).body.charged).toEqual(cents(40));
    expect(ledger()).toMatchObject({ spent: 40, debt: 0 });
    expect(ledger(INNER)).toMatchObject({ spent: 10, debt: 30, remaining: -20 });
  });

  it("makes no debt in a scope that can just pay the overage [debt-9]", async () => {
    const { reserve, commit, ledger } = nested("prose", [
      [40, 50],
      [20, 50],
    ]);
    const { body } = await reserve(10, bot);
    expect((await commit(body.reservation_id, 40)).body.charged).toEqual(cents(40));
    expect(ledger()).toMatchObject({ spent: 40, debt: 0 });
    expect(ledger(INNER)).toMatchObject({ spent: 10, debt: 30 });
  });

  it("compares the limit with the whole amount [debt-9]", async () => {
    const { event } = embedded({
      rules: "prose",
      budgets: { "tenant:acme": { allocated: cents(30_000), overdraft_limit: cents(10_000) } },
    });
    const refused = await event(35_000, { overage_policy: "ALLOW_WITH_OVERDRAFT" });
    expect([refused.status, refused.body.error]).toEqual([409, "OVERDRAFT_LIMIT_EXCEEDED"]);
  });

  it("is cut short if a scope that cannot pay allows no debt, and marks every such scope [commit-4 commit-6]", async () => {
    const { event, ledger } = nested("prose", [
      [30, 50],
      [20, 0],
    ]);
    expect((await event(40, bot)).body.charged).toEqual(cents(20));
    expect(ledger()).toMatchObject({ spent: 20, debt: 0, over: true });
    expect(ledger(INNER)).toMatchObject({ spent: 20, debt: 0, over: true });
  });
});
