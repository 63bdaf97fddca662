import { describe, expect, it } from "vitest";
import { cents, embedded, START } from "./http.js";

const nested = {
  budgets: { "tenant:acme": cents(100), "tenant:acme/agent:bot": cents(40) },
};
const bot = { subject: { tenant: "acme", agent: "bot" } };

describe("a reserve", () => {
  it("holds the estimate in every scope that has a budget [scope-3 reserve-5 reserve-6]", async () => {
    const { reserve, ledger } = embedded(nested);
    const { status, body } = await reserve(30, {
      subject: { tenant: "acme", workspace: "prod", agent: "BOT" },
    });
    expect(status).toBe(200);
    expect(body).toMatchObject({
      decision: "ALLOW",
      scope_path: "tenant:acme/workspace:prod/agent:bot",
      affected_scopes: [
        "tenant:acme",
        "tenant:acme/workspace:prod",
        "tenant:acme/workspace:prod/agent:bot",
      ],
      reserved: cents(30),
      expires_at_ms: START + 60_000,
      remaining_ttl_ms: 60_000,
    });
    expect(body.balances).toHaveLength(1);
    expect(ledger().reserved).toBe(30);
    expect(ledger("tenant:acme/agent:bot").reserved).toBe(0);
  });

  it("derives its scopes in one order, whatever the order of the subject's fields [scope-1]", async () => {
    const { reserve, decide } = embedded();
    const subject = {
      toolset: "t",
      agent: "a",
      workflow: "f",
      app: "p",
      workspace: "w",
      tenant: "acme",
    };
    const path = "tenant:acme/workspace:w/app:p/workflow:f/agent:a/toolset:t";
    const parts = path.split("/");
    const scopes = parts.map((_, depth) => parts.slice(0, depth + 1).join("/"));
    const { body } = await reserve(1, { subject });
    expect([body.scope_path, body.affected_scopes]).toEqual([path, scopes]);
    expect((await decide(1, { subject })).body.affected_scopes).toEqual(scopes);
  });

  it("derives no scope from dimensions [scope-7]", async () => {
    const { reserve } = embedded();
    const subject = { tenant: "acme", dimensions: { workspace: "prod", cost_center: "7" } };
    expect((await reserve(1, { subject })).body.affected_scopes).toEqual(["tenant:acme"]);
  });

  it("is all or nothing [reserve-1]", async () => {
    const { reserve, ledger } = embedded(nested);
    const { status, body } = await reserve(50, bot);
    expect(status).toBe(409);
    expect(body).toMatchObject({
      error: "BUDGET_EXCEEDED",
      message: expect.stringContaining("tenant:acme/agent:bot"),
    });
    expect(ledger().reserved).toBe(0);
  });

  it("skips levels that the subject leaves out, and budgets of other scopes [scope-2]", async () => {
    const { reserve, ledger } = embedded(nested);
    await reserve(40, bot);
    expect(ledger()).toMatchObject({ reserved: 40, remaining: 60 });
    expect(ledger("tenant:acme/agent:bot")).toMatchObject({ reserved: 40, remaining: 0 });
  });

  it("may take the last unit, but not one more [reserve-3]", async () => {
    const { reserve } = embedded();
    expect((await reserve(100)).status).toBe(200);
    expect((await reserve(1)).body.error).toBe("BUDGET_EXCEEDED");
    expect((await reserve(0)).status).toBe(200);
  });

  it("gets a 404 with the scope if no scope has a budget [scope-4]", async () => {
    const { reserve } = embedded({ budgets: { "tenant:other": cents(1) }, apiKeys: { k: "acme" } });
    const { status, body } = await reserve(1, bot);
    expect(status).toBe(404);
    expect(body).toMatchObject({
      error: "NOT_FOUND",
      message: "Budget not found for provided scope: tenant:acme/agent:bot",
    });
  });

  it("gets a 400 with the available units if only the unit is wrong [unit-1 unit-4]", async () => {
    const { reserve } = embedded(nested);
    const { status, body } = await reserve(1, { estimate: { unit: "TOKENS", amount: 5 } });
    expect(status).toBe(400);
    expect(body).toMatchObject({
      error: "UNIT_MISMATCH",
      details: {
        scope: "tenant:acme",
        requested_unit: "TOKENS",
        expected_units: ["USD_MICROCENTS"],
      },
    });
  });

  it("skips scopes that have budgets only in other units [unit-2]", async () => {
    const { reserve, authority } = embedded({
      budgets: {
        "tenant:acme": { unit: "TOKENS", amount: 1 },
        "tenant:acme/agent:bot": cents(40),
      },
    });
    expect((await reserve(30, bot)).status).toBe(200);
    expect(authority.balances().map(({ reserved }) => reserved.amount)).toEqual([0, 30]);
  });

  it("uses only the budgets in its unit if scopes have several [unit-2]", async () => {
    const { reserve, authority } = embedded({
      budgets: { "tenant:acme": [cents(100), { unit: "TOKENS", amount: 10 }] },
    });
    await reserve(0, { estimate: { unit: "TOKENS", amount: 4 } });
    expect(authority.balances("tenant:acme").map(({ reserved }) => reserved)).toEqual([
      cents(0),
      { unit: "TOKENS", amount: 4 },
    ]);
  });

  it("without a tenant in its subject does not count against the tenant's budget", async () => {
    const { reserve, ledger } = embedded({
      budgets: { "tenant:acme": cents(5), "agent:bot": cents(50) },
    });
    expect((await reserve(20, { subject: { agent: "bot" } })).status).toBe(200);
    expect(ledger().reserved).toBe(0);
    expect(ledger("agent:bot").reserved).toBe(20);
  });

  it.each([
    ["frozen", { status: "FROZEN" }, "BUDGET_FROZEN"],
    ["closed", { status: "CLOSED" }, "BUDGET_CLOSED"],
    ["over its limit", { overdraft_limit: cents(5), debt: cents(6) }, "OVERDRAFT_LIMIT_EXCEEDED"],
    ["in debt without a limit", { debt: cents(6) }, "DEBT_OUTSTANDING"],
  ] as const)(
    "is refused if a budget is %s [reserve-4 evaluate-5 debt-2 debt-3]",
    async (_, more, code) => {
      const { reserve, decide } = embedded({
        budgets: { "tenant:acme": { allocated: cents(100), ...more } },
      });
      const { status, body } = await reserve(200);
      expect([status, body.error]).toEqual([409, code]);
      expect((await decide(200)).body).toMatchObject({ decision: "DENY", reason_code: code });
    },
  );

  it.each([
    ["frozen rather than over its limit", { status: "FROZEN", debt: cents(9) }, "BUDGET_FROZEN"],
    ["closed rather than over its limit", { status: "CLOSED", debt: cents(9) }, "BUDGET_CLOSED"],
    ["over its limit rather than empty", { debt: cents(9) }, "OVERDRAFT_LIMIT_EXCEEDED"],
    ["empty if nothing else is wrong", { debt: cents(5) }, "BUDGET_EXCEEDED"],
  ] as const)("reports a scope as %s [reserve-4 debt-2]", async (_, more, code) => {
    const { reserve } = embedded({
      budgets: { "tenant:acme": { allocated: cents(1), overdraft_limit: cents(5), ...more } },
    });
    expect((await reserve(2)).body.error).toBe(code);
  });

  it("is blocked if any of its scopes is over its limit, even if enough remains [debt-1]", async () => {
    const { reserve, ledger } = embedded({
      budgets: {
        "tenant:acme": cents(100),
        "tenant:acme/agent:bot": {
          allocated: cents(100),
          overdraft_limit: cents(5),
          debt: cents(6),
        },
      },
    });
    expect((await reserve(0, bot)).body.error).toBe("OVERDRAFT_LIMIT_EXCEEDED");
    expect((await reserve(0, { ...bot, dry_run: true })).body).toMatchObject({
      decision: "DENY",
      reason_code: "OVERDRAFT_LIMIT_EXCEEDED",
    });
    expect(ledger("tenant:acme/agent:bot")).toMatchObject({ remaining: 94, over: true });
    expect((await reserve(1)).status).toBe(200);
  });

  it("is not blocked by debt within the limit [debt-3]", async () => {
    const { reserve } = embedded({
      budgets: {
        "tenant:acme": { allocated: cents(100), overdraft_limit: cents(10), debt: cents(10) },
      },
    });
    expect((await reserve(90)).status).toBe(200);
    expect((await reserve(1)).body.error).toBe("BUDGET_EXCEEDED");
  });

  it("is refused for the first reason from the tenant down [reserve-4]", async () => {
    const { reserve } = embedded({
      budgets: {
        "tenant:acme": cents(1),
        "tenant:acme/agent:bot": { allocated: cents(100), status: "FROZEN" },
      },
    });
    expect((await reserve(5, bot)).body.error).toBe("BUDGET_EXCEEDED");
    expect((await reserve(1, bot)).body.error).toBe("BUDGET_FROZEN");
  });

  it("gets no caps if it is denied, or if no scope has caps [reserve-7]", async () => {
    const capped = { budgets: { "tenant:acme": { allocated: cents(1), caps: { max_tokens: 1 } } } };
    const { reserve, decide } = embedded(capped);
    expect((await decide(2)).body).not.toHaveProperty("caps");
    expect((await reserve(2, { dry_run: true })).body).not.toHaveProperty("caps");
    expect((await embedded().reserve(1)).body).not.toHaveProperty("caps");
  });

  it("gets a lease that is at most as long as the rules allow [reserve-5]", async () => {
    const { reserve } = embedded({ maxTtlMs: 5_000 });
    expect((await reserve(1, { ttl_ms: 60_000 })).body.remaining_ttl_ms).toBe(5_000);
  });

  it("gets no remaining_ttl_ms if the authority behaves as an older server [reserve-6]", async () => {
    const { reserve, extend } = embedded({ reportRemainingTtl: false });
    const { body } = await reserve(1);
    expect(body).not.toHaveProperty("remaining_ttl_ms");
    expect((await extend(body.reservation_id, 1_000)).body).not.toHaveProperty("remaining_ttl_ms");
  });
});

describe("a dry run", () => {
  it("returns the decision and holds nothing [evaluate-1 evaluate-2]", async () => {
    const { reserve, ledger, list } = embedded();
    const { status, body } = await reserve(60, { dry_run: true });
    expect(status).toBe(200);
    expect(body).toMatchObject({ decision: "ALLOW", affected_scopes: ["tenant:acme"] });
    expect(body.balances[0].remaining).toEqual(cents(100));
    for (const field of ["reservation_id", "expires_at_ms", "remaining_ttl_ms"]) {
      expect(body).not.toHaveProperty(field);
    }
    expect(ledger().reserved).toBe(0);
    expect((await list()).body.reservations).toEqual([]);
  });

  it("denies with a reason instead of failing [evaluate-2 evaluate-3]", async () => {
    const { reserve } = embedded();
    const { status, body } = await reserve(101, { dry_run: true });
    expect(status).toBe(200);
    expect(body).toEqual({
      decision: "DENY",
      reason_code: "BUDGET_EXCEEDED",
      scope_path: "tenant:acme",
      affected_scopes: ["tenant:acme"],
    });
  });

  it("refuses a wrong unit, and denies if there is no budget at all [unit-1 evaluate-3]", async () => {
    const { reserve } = embedded();
    const estimate = { unit: "TOKENS", amount: 1 };
    expect((await reserve(1, { dry_run: true, estimate })).body.error).toBe("UNIT_MISMATCH");
    const nowhere = await reserve(1, { dry_run: true, subject: { agent: "x" } });
    expect(nowhere.body).toMatchObject({ decision: "DENY", reason_code: "BUDGET_NOT_FOUND" });
  });
});

describe("a decide", () => {
  it("allows what a reserve would get, and holds nothing [evaluate-4]", async () => {
    const { decide, ledger } = embedded();
    expect((await decide(100)).body).toEqual({
      decision: "ALLOW",
      affected_scopes: ["tenant:acme"],
    });
    expect(ledger().reserved).toBe(0);
  });

  it("denies with 200, whatever the state of the budget [evaluate-5]", async () => {
    const { decide } = embedded();
    const { status, body } = await decide(101);
    expect([status, body.decision, body.reason_code]).toEqual([200, "DENY", "BUDGET_EXCEEDED"]);
    const nowhere = await decide(1, { subject: { agent: "x" } });
    expect(nowhere.body).toMatchObject({ decision: "DENY", reason_code: "BUDGET_NOT_FOUND" });
  });

  it("refuses a wrong unit [unit-1]", async () => {
    const { decide } = embedded();
    const { status, body } = await decide(1, { estimate: { unit: "TOKENS", amount: 1 } });
    expect([status, body.error]).toEqual([400, "UNIT_MISMATCH"]);
  });
});
