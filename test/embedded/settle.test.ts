import { describe, expect, it } from "vitest";
import { cents, embedded, rulesInUse, START } from "./http.js";

const NO_DEBT = { server: 0, prose: 0 };

describe("a commit", () => {
  it("charges less than the estimate and gives the rest back [commit-1]", async () => {
    const { reserve, commit, ledger } = embedded();
    const { body } = await reserve(60);
    const committed = await commit(body.reservation_id, 45);
    expect(committed.status).toBe(200);
    expect(committed.body).toMatchObject({
      status: "COMMITTED",
      charged: cents(45),
      released: cents(15),
    });
    expect(committed.body.balances[0]).toMatchObject({ spent: cents(45), remaining: cents(55) });
    expect(ledger()).toMatchObject({ spent: 45, reserved: 0, remaining: 55 });
  });

  // 100 are allocated, 40 reserved for the commit, and `other` reserved for another reservation.
  it.each([
    // policy, other, actual, overdraft limit → charged, or the code; debt by rules, over limit
    ["REJECT", 0, 40, 0, 40, NO_DEBT, false],
    ["REJECT", 0, 41, 0, "BUDGET_EXCEEDED", NO_DEBT, false],
    ["REJECT", 0, 41, 99, "BUDGET_EXCEEDED", NO_DEBT, false],
    ["ALLOW_IF_AVAILABLE", 50, 50, 0, 50, NO_DEBT, false],
    ["ALLOW_IF_AVAILABLE", 50, 70, 0, 50, NO_DEBT, true],
    ["ALLOW_IF_AVAILABLE", 60, 70, 50, 40, NO_DEBT, true],
    ["ALLOW_WITH_OVERDRAFT", 50, 50, 20, 50, NO_DEBT, false],
    ["ALLOW_WITH_OVERDRAFT", 50, 60, 20, 60, { server: 10, prose: 20 }, false],
    ["ALLOW_WITH_OVERDRAFT", 50, 71, 20, "OVERDRAFT_LIMIT_EXCEEDED", NO_DEBT, false],
    ["ALLOW_WITH_OVERDRAFT", 50, 70, 0, 50, NO_DEBT, true],
  ] as const)(
    "under %s with %d held elsewhere and %d spent (overdraft limit %d) gives %s [commit-2 commit-3 commit-5 commit-6]",
    async (overage_policy, other, actual, limit, outcome, debts, over) => {
      for (const rules of ["server", "prose"] as const) {
        const { reserve, commit, ledger, get } = embedded({
          rules,
          budgets: { "tenant:acme": { allocated: cents(100), overdraft_limit: cents(limit) } },
        });
        await reserve(other);
        const { body } = await reserve(40, { overage_policy });
        const before = ledger();
        const response = await commit(body.reservation_id, actual);
        if (typeof outcome === "string") {
          expect([response.status, response.body.error]).toEqual([409, outcome]);
          expect(ledger()).toEqual(before);
          expect((await get(body.reservation_id)).body.status).toBe("ACTIVE");
        } else {
          const debt = debts[rules];
          expect(response.body.charged).toEqual(cents(outcome));
          expect(ledger()).toMatchObject({ reserved: other, spent: outcome - debt, debt, over });
          expect(ledger().remaining).toBe(100 - other - outcome);
        }
      }
    },
  );

  it("is cut short to what the tightest scope can pay, and marks only that scope [commit-3 commit-4]", async () => {
    const { reserve, commit, ledger } = embedded({
      budgets: { "tenant:acme": cents(100), "tenant:acme/agent:bot": cents(20) },
    });
    const { body } = await reserve(10, { subject: { tenant: "acme", agent: "bot" } });
    expect((await commit(body.reservation_id, 50)).body.charged).toEqual(cents(20));
    expect(ledger()).toMatchObject({ spent: 20, over: false });
    expect(ledger("tenant:acme/agent:bot")).toMatchObject({ spent: 20, over: true });
  });

  it("does not mark a scope that can just pay the overage", async () => {
    const { reserve, commit, ledger } = embedded({
      budgets: { "tenant:acme": cents(50), "tenant:acme/agent:bot": cents(20) },
    });
    const { body } = await reserve(10, { subject: { tenant: "acme", agent: "bot" } });
    expect((await commit(body.reservation_id, 50)).body.charged).toEqual(cents(20));
    expect(ledger().over).toBe(false);
    expect(ledger("tenant:acme/agent:bot").over).toBe(true);
  });

  it("that was refused leaves the reservation active for a commit under another key [commit-9]", async () => {
    const { reserve, commit, get } = embedded();
    const { body } = await reserve(50, { overage_policy: "REJECT" });
    expect((await commit(body.reservation_id, 51)).body.error).toBe("BUDGET_EXCEEDED");
    expect((await get(body.reservation_id)).body.status).toBe("ACTIVE");
    expect((await commit(body.reservation_id, 50)).status).toBe(200);
  });

  it("in another unit is refused and changes nothing [unit-3]", async () => {
    const { reserve, commit, ledger } = embedded();
    const { body } = await reserve(10);
    const response = await commit(body.reservation_id, 1, {
      actual: { unit: "TOKENS", amount: 1 },
    });
    expect([response.status, response.body.error]).toEqual([400, "UNIT_MISMATCH"]);
    expect(ledger().reserved).toBe(10);
  });

  it("names the expected units if its own is wrong [unit-4]", async () => {
    const { reserve, commit } = embedded({ rules: "prose" });
    const { body } = await reserve(10, { subject: { tenant: "acme", agent: "bot" } });
    const response = await commit(body.reservation_id, 1, {
      actual: { unit: "TOKENS", amount: 1 },
    });
    expect(response.body.details).toEqual({
      scope: "tenant:acme/agent:bot",
      requested_unit: "TOKENS",
      expected_units: ["USD_MICROCENTS"],
    });
  });

  it("is refused for the first reason in the order of the checks [closed-2 commit-10]", async () => {
    const { authority, reserve, commit, clock } = embedded({
      budgets: { "tenant:acme": cents(100), "tenant:b": cents(1) },
    });
    const odd = { actual: { unit: "TOKENS", amount: 1 } };
    const settled = (await reserve(1)).body.reservation_id as string;
    await commit(settled, 1);
    const late = (await reserve(1, { overage_policy: "REJECT" })).body.reservation_id as string;
    await clock.advance(65_001);
    const open = (await reserve(1, { overage_policy: "REJECT" })).body.reservation_id as string;
    const code = async (sent: ReturnType<typeof commit>) => (await sent).body.error as string;
    const other = { key: authority.apiKey("b") };
    expect(await code(commit("never", 1, odd, other))).toBe("NOT_FOUND");
    expect(await code(commit(settled, 1, odd, other))).toBe("FORBIDDEN");
    expect(await code(commit(settled, 1, odd))).toBe("RESERVATION_FINALIZED");
    expect(await code(commit(open, 999, odd))).toBe("UNIT_MISMATCH");
    expect(await code(commit(late, 999))).toBe("RESERVATION_EXPIRED");
    expect(await code(commit(open, 999))).toBe("BUDGET_EXCEEDED");
    authority.closeTenant("acme");
    expect(await code(commit(settled, 1, odd))).toBe("TENANT_CLOSED");
    expect(await code(commit(late, 1, odd))).toBe("TENANT_CLOSED");
  });

  it("is cut short if the reserve named no policy [commit-7]", async () => {
    const { reserve, commit } = embedded();
    const { body } = await reserve(40);
    expect((await commit(body.reservation_id, 120)).body.charged).toEqual(cents(100));
  });

  it("is charged at least its estimate, even if a scope is below zero [commit-3]", async () => {
    const { reserve, commit, event, ledger } = embedded({
      budgets: { "tenant:acme": { allocated: cents(100), overdraft_limit: cents(500) } },
    });
    const { body } = await reserve(40);
    await event(300, { overage_policy: "ALLOW_WITH_OVERDRAFT" });
    const debt = rulesInUse() === "server" ? 240 : 300;
    expect(ledger()).toMatchObject({ debt, remaining: -240 });
    expect((await commit(body.reservation_id, 50)).body.charged).toEqual(cents(40));
    expect(ledger()).toMatchObject({ spent: 340 - debt, reserved: 0, debt, over: true });
  });

  it("and a release succeed in a scope that is over its limit [commit-11]", async () => {
    const { reserve, commit, release, event, ledger } = embedded();
    const one = (await reserve(20)).body.reservation_id as string;
    const two = (await reserve(20)).body.reservation_id as string;
    await event(99);
    expect(ledger().over).toBe(true);
    expect((await commit(one, 20)).status).toBe(200);
    expect((await release(two)).status).toBe(200);
  });

  it("makes no debt in any scope if one of them has reached its overdraft limit [commit-5]", async () => {
    const { reserve, commit, ledger } = embedded({
      budgets: {
        "tenant:acme": { allocated: cents(20), overdraft_limit: cents(50) },
        "tenant:acme/agent:bot": { allocated: cents(20), overdraft_limit: cents(5) },
      },
    });
    const { body } = await reserve(20, {
      subject: { tenant: "acme", agent: "bot" },
      overage_policy: "ALLOW_WITH_OVERDRAFT",
    });
    const response = await commit(body.reservation_id, 30);
    expect([response.status, response.body.error]).toEqual([409, "OVERDRAFT_LIMIT_EXCEEDED"]);
    expect(ledger()).toMatchObject({ debt: 0, reserved: 20 });
  });

  it("succeeds until the grace period ends, and not a millisecond longer [error-3 error-4 commit-8]", async () => {
    const { reserve, commit, clock, ledger } = embedded();
    const lease = { ttl_ms: 10_000, grace_period_ms: 2_000 };
    const first = await reserve(10, lease);
    const second = await reserve(20, lease);
    await clock.advance(12_000);
    expect((await commit(first.body.reservation_id, 10)).status).toBe(200);
    await clock.advance(1);
    const late = await commit(second.body.reservation_id, 20);
    expect([late.status, late.body.error]).toEqual([410, "RESERVATION_EXPIRED"]);
    expect(ledger()).toMatchObject({ spent: 10, reserved: 0 });
  });

  it("succeeds on a budget that was frozen meanwhile [commit-11]", async () => {
    const { reserve, commit, authority } = embedded();
    const { body } = await reserve(10);
    authority.freeze("tenant:acme", "USD_MICROCENTS");
    expect((await reserve(1)).body.error).toBe("BUDGET_FROZEN");
    expect((await commit(body.reservation_id, 10)).status).toBe(200);
    authority.unfreeze("tenant:acme");
    expect((await reserve(1)).status).toBe(200);
  });
});

describe("a release", () => {
  it("gives the whole estimate back [release-1]", async () => {
    const { reserve, release, ledger, get } = embedded();
    const { body } = await reserve(60);
    const released = await release(body.reservation_id, { reason: "cancelled" });
    expect(released.body).toMatchObject({ status: "RELEASED", released: cents(60) });
    expect(ledger()).toMatchObject({ reserved: 0, remaining: 100 });
    expect((await get(body.reservation_id)).body).toMatchObject({
      status: "RELEASED",
      finalized_at_ms: START,
    });
  });

  it("gives back what each scope held, through the grace period [release-1]", async () => {
    const { reserve, release, clock, ledger } = embedded({
      budgets: { "tenant:acme": cents(100), "tenant:acme/agent:bot": cents(40) },
    });
    const { body } = await reserve(30, { subject: { tenant: "acme", agent: "bot" } });
    await clock.advance(65_000);
    expect((await release(body.reservation_id)).body.balances).toHaveLength(2);
    expect([ledger().reserved, ledger("tenant:acme/agent:bot").reserved]).toEqual([0, 0]);
  });
});

describe("a settled or expired reservation", () => {
  it.each(["commit", "release", "extend"] as const)(
    "refuses %s [error-1 error-2 error-3 reserve-5]",
    async (operation) => {
      const { reserve, commit, release, extend, clock } = embedded();
      const again = (id: string) =>
        ({
          commit: () => commit(id, 1),
          release: () => release(id),
          extend: () => extend(id, 1_000),
        })[operation]();
      const one = (await reserve(1)).body.reservation_id;
      await commit(one, 1);
      expect((await again(one)).body.error).toBe("RESERVATION_FINALIZED");
      const two = (await reserve(1)).body.reservation_id;
      await release(two);
      expect((await again(two)).status).toBe(409);
      const three = (await reserve(1)).body.reservation_id;
      await clock.advance(65_001);
      expect([(await again(three)).status, (await again("no-such")).status]).toEqual([410, 404]);
    },
  );

  it("gives its estimate back when the grace period ends, without a request [reserve-8]", async () => {
    const { reserve, clock, ledger } = embedded();
    await reserve(30, { ttl_ms: 20_000 });
    await reserve(30, { ttl_ms: 10_000, grace_period_ms: 0 });
    await reserve(30);
    await clock.advance(10_000);
    expect(ledger().reserved).toBe(90);
    await clock.advance(1);
    expect(ledger().reserved).toBe(60);
    await clock.advance(15_000);
    expect(ledger().reserved).toBe(30);
    expect((await reserve(70)).status).toBe(200);
  });
});

describe("many leases", () => {
  it("expire each at its own time, in whatever order they were made", async () => {
    const { reserve, clock, ledger } = embedded();
    const seconds = Array.from({ length: 40 }, (_, index) => 1 + ((index * 17) % 40));
    for (const second of seconds) {
      await reserve(1, { ttl_ms: second * 1_000, grace_period_ms: 0 });
    }
    for (let passed = 10; passed <= 40; passed += 10) {
      await clock.advance(10_000);
      expect(ledger().reserved).toBe(40 - passed + 1);
    }
    await clock.advance(1);
    expect(ledger().reserved).toBe(0);
  });
});

describe("an extension", () => {
  it("counts from the current expiry [extend-1]", async () => {
    const { reserve, extend, clock, get } = embedded();
    const { body } = await reserve(1, { ttl_ms: 10_000 });
    await clock.advance(4_000);
    const extended = await extend(body.reservation_id, 10_000);
    expect(extended.body).toMatchObject({
      status: "ACTIVE",
      expires_at_ms: START + 20_000,
      remaining_ttl_ms: 16_000,
    });
    await clock.advance(15_000);
    expect((await get(body.reservation_id)).body.status).toBe("ACTIVE");
  });

  it("is refused in the grace period, when a commit still succeeds [error-3 extend-3]", async () => {
    const { reserve, extend, commit, clock } = embedded();
    const { body } = await reserve(1, { ttl_ms: 10_000 });
    await clock.advance(10_001);
    const late = await extend(body.reservation_id, 1_000);
    expect([late.status, late.body.error]).toEqual([410, "RESERVATION_EXPIRED"]);
    expect((await commit(body.reservation_id, 1)).status).toBe(200);
  });

  it("is granted in the last millisecond of a lease [extend-3]", async () => {
    const { reserve, extend, clock } = embedded();
    const { body } = await reserve(1, { ttl_ms: 10_000 });
    await clock.advance(10_000);
    expect((await extend(body.reservation_id, 1_000)).body.remaining_ttl_ms).toBe(1_000);
  });

  it("moves the expiry and nothing else [extend-2]", async () => {
    const { reserve, extend, get, ledger } = embedded();
    const { body } = await reserve(10, { metadata: { a: 1 } });
    const before = (await get(body.reservation_id)).body;
    await extend(body.reservation_id, 5_000, { metadata: { b: 2 } });
    const after = (await get(body.reservation_id)).body;
    expect(after).toEqual({ ...before, expires_at_ms: START + 65_000 });
    expect(ledger().reserved).toBe(10);
  });

  it("is granted as often as the rules allow [extend-5]", async () => {
    const { reserve, extend } = embedded({ maxExtensions: 2 });
    const { body } = await reserve(1);
    await extend(body.reservation_id, 1_000);
    await extend(body.reservation_id, 1_000);
    const third = await extend(body.reservation_id, 1_000);
    expect([third.status, third.body.error]).toEqual([409, "MAX_EXTENSIONS_EXCEEDED"]);
  });

  it("is granted ten times by default [extend-5]", async () => {
    const { reserve, extend } = embedded();
    const { body } = await reserve(1);
    for (let count = 0; count < 10; count += 1) {
      expect((await extend(body.reservation_id, 1)).status).toBe(200);
    }
    expect((await extend(body.reservation_id, 1)).status).toBe(409);
  });

  it("is limited in its length and its lead, and never moves an expiry back [extend-4]", async () => {
    const { reserve, extend } = embedded({ maxTtlMs: 30_000, maxLeadMs: 50_000 });
    const { body } = await reserve(1, { ttl_ms: 30_000 });
    const lead = async (ms: number) =>
      (await extend(body.reservation_id, ms)).body.remaining_ttl_ms as number;
    expect(await lead(10_000)).toBe(40_000);
    expect(await lead(86_400_000)).toBe(50_000);
    expect(await lead(10_000)).toBe(50_000);
  });

  it("is at most as long as the longest lease [extend-4]", async () => {
    const { reserve, extend } = embedded({ maxTtlMs: 30_000 });
    const { body } = await reserve(1, { ttl_ms: 30_000 });
    expect((await extend(body.reservation_id, 90_000)).body.remaining_ttl_ms).toBe(60_000);
  });
});

describe("an event", () => {
  it("charges without a reservation, and gets a 201 [event-1]", async () => {
    const { event, ledger } = embedded();
    const { status, body } = await event(30);
    expect(status).toBe(201);
    expect(body).toMatchObject({ status: "APPLIED", event_id: expect.any(String) as string });
    expect(body).not.toHaveProperty("charged");
    expect(ledger()).toMatchObject({ spent: 30, remaining: 70 });
  });

  it.each([
    ["REJECT", 0, 100, 100, NO_DEBT, false],
    ["REJECT", 0, 101, "BUDGET_EXCEEDED", NO_DEBT, false],
    ["ALLOW_IF_AVAILABLE", 0, 130, 100, NO_DEBT, true],
    [undefined, 0, 130, 100, NO_DEBT, true],
    ["ALLOW_WITH_OVERDRAFT", 150, 130, 130, { server: 30, prose: 130 }, false],
    ["ALLOW_WITH_OVERDRAFT", 20, 130, "OVERDRAFT_LIMIT_EXCEEDED", NO_DEBT, false],
    ["ALLOW_WITH_OVERDRAFT", 0, 130, 100, NO_DEBT, true],
  ] as const)(
    "under %s with an overdraft limit of %d and %d spent gives %s [commit-7 event-3]",
    async (overage_policy, limit, actual, outcome, debts, over) => {
      for (const rules of ["server", "prose"] as const) {
        const { event, ledger } = embedded({
          rules,
          budgets: { "tenant:acme": { allocated: cents(100), overdraft_limit: cents(limit) } },
        });
        const { status, body } = await event(actual, { ...(overage_policy && { overage_policy }) });
        if (typeof outcome === "string") {
          expect([status, body.error]).toEqual([409, outcome]);
          expect(ledger().spent).toBe(0);
        } else {
          const debt = debts[rules];
          expect(status).toBe(201);
          if (outcome < actual) expect(body.charged).toEqual(cents(outcome));
          expect(ledger()).toMatchObject({ spent: outcome - debt, debt, over });
        }
      }
    },
  );

  it("of nothing is more than remains in a scope below zero", async () => {
    const { event, ledger } = embedded({
      budgets: { "tenant:acme": { allocated: cents(0), debt: cents(1) } },
    });
    const refused = await event(0, { overage_policy: "REJECT" });
    expect([refused.status, refused.body.error]).toEqual([409, "BUDGET_EXCEEDED"]);
    for (const overage_policy of ["ALLOW_IF_AVAILABLE", "ALLOW_WITH_OVERDRAFT"]) {
      expect((await event(0, { overage_policy })).status).toBe(201);
      expect(ledger()).toMatchObject({ spent: 0, debt: 1, over: false });
    }
  });

  it("charges every scope with a budget, or none [event-2]", async () => {
    const { event, ledger } = embedded({
      budgets: { "tenant:acme": cents(100), "tenant:acme/agent:bot": cents(40) },
    });
    const bot = { subject: { tenant: "acme", agent: "bot" }, overage_policy: "REJECT" };
    expect((await event(30, bot)).status).toBe(201);
    expect([ledger().spent, ledger("tenant:acme/agent:bot").spent]).toEqual([30, 30]);
    expect((await event(30, bot)).status).toBe(409);
    expect([ledger().spent, ledger("tenant:acme/agent:bot").spent]).toEqual([30, 30]);
  });

  it("is refused for the first reason from the tenant down", async () => {
    const { event } = embedded({
      budgets: {
        "tenant:acme": cents(5),
        "tenant:acme/agent:bot": { allocated: cents(100), status: "FROZEN" },
      },
    });
    const bot = { subject: { tenant: "acme", agent: "bot" }, overage_policy: "REJECT" };
    expect((await event(6, bot)).body.error).toBe("BUDGET_EXCEEDED");
    expect((await event(5, bot)).body.error).toBe("BUDGET_FROZEN");
  });

  it("is cut short to what the tightest scope can pay, in every scope [event-3]", async () => {
    const { event, ledger } = embedded({
      budgets: { "tenant:acme": cents(100), "tenant:acme/agent:bot": cents(40) },
    });
    const { body } = await event(70, { subject: { tenant: "acme", agent: "bot" } });
    expect(body.charged).toEqual(cents(40));
    expect(ledger()).toMatchObject({ spent: 40, over: false });
    expect(ledger("tenant:acme/agent:bot")).toMatchObject({ spent: 40, over: true });
  });

  it("is charged by the server's time, whatever the client's clock says [error-4 event-4]", async () => {
    const { event, ledger } = embedded();
    const key = { idempotency_key: "k" };
    expect((await event(1, { ...key, client_time_ms: 0 })).status).toBe(201);
    expect((await event(1, { ...key, client_time_ms: 0 })).status).toBe(201);
    expect((await event(1, { client_time_ms: START * 2 })).status).toBe(201);
    expect(ledger().spent).toBe(2);
  });

  it("is refused by frozen and closed budgets, wrong units and missing budgets [scope-4 unit-1]", async () => {
    const { event, authority } = embedded();
    expect((await event(1, { actual: { unit: "TOKENS", amount: 1 } })).status).toBe(400);
    expect((await event(1, { subject: { agent: "x" } })).status).toBe(404);
    authority.freeze("tenant:acme");
    expect((await event(1)).body.error).toBe("BUDGET_FROZEN");
  });
});

describe("funding", () => {
  it("adds to the remaining amount", () => {
    const { authority, ledger } = embedded();
    authority.fund("tenant:acme", cents(50));
    expect(ledger()).toMatchObject({ allocated: 150, remaining: 150 });
  });

  it("repays debt first and lets a scope over its limit recover [debt-4 debt-5]", async () => {
    const { authority, ledger, reserve, event } = embedded({
      budgets: {
        "tenant:acme": { allocated: cents(0), overdraft_limit: cents(10), debt: cents(30) },
      },
    });
    authority.fund("tenant:acme", cents(15));
    expect(ledger()).toMatchObject({ debt: 15, remaining: -15, over: true });
    authority.fund("tenant:acme", cents(20));
    expect(ledger()).toMatchObject({ debt: 0, remaining: 5, over: false });
    await event(99);
    expect((await reserve(0)).body.error).toBe("OVERDRAFT_LIMIT_EXCEEDED");
    authority.fund("tenant:acme", cents(1));
    expect((await reserve(1)).status).toBe(200);
  });

  it("brings a scope back at the limit itself [debt-4 balance-6]", async () => {
    const { authority, ledger, reserve } = embedded({
      budgets: {
        "tenant:acme": { allocated: cents(100), overdraft_limit: cents(10), debt: cents(12) },
      },
    });
    expect((await reserve(1)).body.error).toBe("OVERDRAFT_LIMIT_EXCEEDED");
    authority.fund("tenant:acme", cents(1));
    expect(ledger()).toMatchObject({ debt: 11, over: true });
    authority.fund("tenant:acme", cents(1));
    expect(ledger()).toMatchObject({ debt: 10, over: false });
    expect((await reserve(1)).status).toBe(200);
  });

  it("clears the mark of a charge that was cut short, unless the debt is still beyond the limit", async () => {
    const { authority, ledger, event } = embedded({
      budgets: { "tenant:acme": { allocated: cents(0), debt: cents(30) } },
    });
    await event(5);
    const over = () => ledger().over;
    expect(over()).toBe(true);
    for (const [amount, isOver] of [
      [0, true],
      [5, true],
      [24, true],
      [1, false],
    ] as const) {
      authority.fund("tenant:acme", cents(amount));
      expect(over()).toBe(isOver);
    }
  });

  it("clears the mark if the debt is exactly at the limit", async () => {
    const { authority, ledger, event } = embedded({
      budgets: {
        "tenant:acme": { allocated: cents(0), debt: cents(30), overdraft_limit: cents(10) },
      },
    });
    await event(5);
    authority.fund("tenant:acme", cents(20));
    expect(ledger()).toMatchObject({ debt: 10, over: false });
  });

  it("with nothing keeps the mark of a charge that was cut short", async () => {
    const { authority, ledger, event } = embedded();
    await event(101);
    authority.fund("tenant:acme", cents(0));
    expect(ledger().over).toBe(true);
    authority.fund("tenant:acme", cents(1));
    expect(ledger().over).toBe(false);
  });

  it("reports a missing budget, and an amount beyond what a number can hold", () => {
    const { authority } = embedded();
    expect(() => authority.fund("tenant:acme", { unit: "TOKENS", amount: 1 })).toThrow(
      "Scope tenant:acme has no budget in TOKENS",
    );
    expect(() => authority.fund("tenant:acme", cents(Number.MAX_SAFE_INTEGER))).toThrow("2^53");
    expect(() => authority.freeze("tenant:nobody")).toThrow("Scope tenant:nobody has no budget");
    expect(() => authority.freeze("tenant:acme", "TOKENS")).toThrow(
      "Scope tenant:acme has no budget in TOKENS",
    );
  });
});
