import { tokens, usd } from "cycles-client";
import { describe, expect, it } from "vitest";
import { cents, reservation, served } from "./http.js";

const M = 1_000_000;

describe("reserving", () => {
  it("holds the estimate in every budget of the subject, or in none", async () => {
    const { post, books } = served({
      budgets: { "tenant:acme": usd("1.00"), "tenant:acme/agent:bot": usd("0.50") },
    });
    const subject = { tenant: "acme", workspace: "prod", agent: "Bot" };
    const granted = await post("/reservations", {
      ...reservation,
      subject: { tenant: "acme", agent: "Bot" },
    });
    expect(granted.body).toMatchObject({
      decision: "ALLOW",
      scope_path: "tenant:acme/agent:bot",
      affected_scopes: ["tenant:acme", "tenant:acme/agent:bot"],
      remaining_ttl_ms: 60_000,
    });
    const denied = await post("/reservations", {
      ...reservation,
      subject: { tenant: "acme", agent: "bot" },
    });
    expect(denied).toMatchObject({ status: 409, body: { error: "BUDGET_EXCEEDED" } });
    expect(books()).toEqual([100 * M, 0, 40 * M, 0, 60 * M]);
    expect(books("tenant:acme/agent:bot")).toEqual([50 * M, 0, 40 * M, 0, 10 * M]);
    expect((await post("/reservations", { ...reservation, subject })).status).toBe(200);
  });

  it.each([
    ["no budget at all", {}, { subject: { agent: "x" } }, 404, "NOT_FOUND"],
    ["another unit", {}, { estimate: { unit: "TOKENS", amount: 1 } }, 400, "UNIT_MISMATCH"],
    ["a frozen budget", { status: "FROZEN" as const }, {}, 409, "BUDGET_FROZEN"],
    ["a closed budget", { status: "CLOSED" as const }, {}, 409, "BUDGET_CLOSED"],
    ["too little left", {}, { estimate: cents(101) }, 409, "BUDGET_EXCEEDED"],
  ])("is refused for %s, and decide says the same", async (_, budget, change, status, error) => {
    const { post } = served({ budgets: { "tenant:acme": { allocated: usd("1.00"), ...budget } } });
    const body = { ...reservation, ...change };
    expect(await post("/reservations", body)).toMatchObject({ status, body: { error } });
    const asked = [
      await post("/decide", body),
      await post("/reservations", { ...body, dry_run: true }),
    ];
    for (const answer of asked) {
      if (status === 400) expect(answer).toMatchObject({ status, body: { error } });
      else {
        const reason_code = status === 404 ? "BUDGET_NOT_FOUND" : error;
        expect(answer).toMatchObject({ status: 200, body: { decision: "DENY", reason_code } });
      }
    }
  });

  it("hands out the caps of the deepest budget", async () => {
    const { post } = served({
      budgets: {
        "tenant:acme": { allocated: usd("1.00"), caps: { max_tokens: 9 } },
        "tenant:acme/agent:bot": { allocated: usd("1.00"), caps: { max_tokens: 5 } },
      },
    });
    const body = { ...reservation, subject: { tenant: "acme", agent: "bot" } };
    const expected = { decision: "ALLOW_WITH_CAPS", caps: { max_tokens: 5 } };
    expect((await post("/reservations", body)).body).toMatchObject(expected);
    expect((await post("/decide", body)).body).toMatchObject(expected);
  });

  it("changes nothing in a dry run", async () => {
    const { post, books } = served();
    const { body } = await post("/reservations", { ...reservation, dry_run: true });
    expect(body).toEqual({ decision: "ALLOW", affected_scopes: ["tenant:acme"] });
    expect(books()).toEqual([100 * M, 0, 0, 0, 100 * M]);
  });
});

describe("committing", () => {
  it.each([
    // policy, overdraft, actual, status, charged, [spent, debt, over limit]
    ["REJECT", 0, 30, 200, 30, [30, 0, false]],
    ["REJECT", 0, 100, 200, 100, [100, 0, false]],
    ["REJECT", 0, 101, 409, undefined, [0, 0, false]],
    ["ALLOW_IF_AVAILABLE", 0, 60, 200, 60, [60, 0, false]],
    ["ALLOW_IF_AVAILABLE", 0, 150, 200, 100, [100, 0, true]],
    ["ALLOW_WITH_OVERDRAFT", 50, 90, 200, 90, [90, 0, false]],
    ["ALLOW_WITH_OVERDRAFT", 200, 150, 200, 150, [40, 110, false]],
    ["ALLOW_WITH_OVERDRAFT", 50, 150, 409, undefined, [0, 0, false]],
  ])(
    "under %s with an overdraft of %d charges %d cents as it should",
    async (overage_policy, overdraft, actual, status, charged, [spent, debt, over]) => {
      const { authority, post, reserve } = served({
        budgets: {
          "tenant:acme": {
            allocated: usd("1.00"),
            overdraft_limit: usd((overdraft / 100).toFixed(2)),
          },
        },
      });
      const id = await reserve({ overage_policy });
      const answer = await post(`/reservations/${id}/commit`, { actual: cents(actual) });
      expect(answer.status).toBe(status);
      if (charged !== undefined) expect(answer.body["charged"]).toEqual(cents(charged));
      expect(authority.balances()[0]).toMatchObject({
        spent: cents(Number(spent)),
        debt: cents(Number(debt)),
        is_over_limit: over,
      });
    },
  );

  it("answers for foreign, unknown, finished and expired reservations, and another unit", async () => {
    const { authority, clock, call, get, post, reserve } = served({
      budgets: { "tenant:acme": usd("9.00"), "tenant:other": usd("9.00") },
    });
    const id = await reserve();
    const commit = { idempotency_key: "c", actual: cents(1) };
    const foreign = { "x-cycles-api-key": authority.apiKey("other") };
    const path = `/reservations/${id}/commit`;
    expect((await call("POST", path, commit, foreign)).status).toBe(403);
    expect((await post("/reservations/nope/commit", commit)).status).toBe(404);
    expect((await post(path, { actual: tokens(1) })).body["error"]).toBe("UNIT_MISMATCH");
    expect((await post(path, commit)).status).toBe(200);
    expect((await post(path, { ...commit, idempotency_key: "d" })).body["error"]).toBe(
      "RESERVATION_FINALIZED",
    );
    expect((await post(`/reservations/${id}/release`, {})).status).toBe(409);
    const late = await reserve({ ttl_ms: 1_000, grace_period_ms: 1_000 });
    await clock.advance(1_500);
    expect((await post(`/reservations/${late}/extend`, { extend_by_ms: 1 })).status).toBe(410);
    await clock.advance(600);
    expect((await post(`/reservations/${late}/commit`, { actual: cents(1) })).status).toBe(410);
    expect((await get(`/reservations/${late}`)).status).toBe(410);
    expect((await get(`/reservations/${id}`)).body).toMatchObject({
      status: "COMMITTED",
      committed: cents(1),
    });
  });

  it("accepts a commit within the grace period", async () => {
    const { clock, post, reserve } = served();
    const id = await reserve({ ttl_ms: 1_000, grace_period_ms: 1_000 });
    await clock.advance(1_900);
    expect((await post(`/reservations/${id}/commit`, { actual: cents(1) })).status).toBe(200);
  });
});

describe("debt", () => {
  it("eats into what is left, and is paid first", async () => {
    const { authority, post, reserve } = served({
      budgets: { "tenant:acme": { allocated: usd("1.00"), overdraft_limit: usd("2.00") } },
    });
    const id = await reserve({ overage_policy: "ALLOW_WITH_OVERDRAFT" });
    await post(`/reservations/${id}/commit`, { actual: cents(150) });
    expect(
      (await post("/reservations", { ...reservation, estimate: cents(1) })).body["error"],
    ).toBe("BUDGET_EXCEEDED");
    authority.fund("tenant:acme", usd("2.00"));
    expect(authority.balances()[0]).toMatchObject({ debt: cents(0), remaining: cents(150) });
    expect((await post("/reservations", reservation)).status).toBe(200);
  });

  it("keeps a budget shut that could not cover an overage, until it is funded", async () => {
    const { authority, post, reserve } = served();
    const id = await reserve();
    await post(`/reservations/${id}/commit`, { actual: cents(150) });
    const small = { ...reservation, estimate: cents(0) };
    expect((await post("/reservations", small)).body["error"]).toBe("OVERDRAFT_LIMIT_EXCEEDED");
    authority.fund("tenant:acme", usd("1.00"));
    expect((await post("/reservations", small)).status).toBe(200);
  });
});

describe("extending, releasing, recording", () => {
  it("extends from the present expiry, ten times", async () => {
    const { post, reserve, clock } = served();
    const id = await reserve({ ttl_ms: 10_000 });
    for (let time = 1; time <= 10; time += 1) {
      const { body } = await post(`/reservations/${id}/extend`, { extend_by_ms: 5_000 });
      expect(body["expires_at_ms"]).toBe(clock.now() + 10_000 + time * 5_000);
    }
    const answer = await post(`/reservations/${id}/extend`, { extend_by_ms: 5_000 });
    expect(answer.body["error"]).toBe("MAX_EXTENSIONS_EXCEEDED");
  });

  it("gives everything back on release and on expiry", async () => {
    const { post, reserve, books, clock } = served();
    await post(`/reservations/${await reserve()}/release`, { reason: "not needed" });
    expect(books()).toEqual([100 * M, 0, 0, 0, 100 * M]);
    await reserve({ ttl_ms: 1_000, grace_period_ms: 0 });
    await clock.advance(1_001);
    expect(books()).toEqual([100 * M, 0, 0, 0, 100 * M]);
  });

  it("records events, and refuses them under REJECT or on a frozen budget", async () => {
    const { authority, post, books } = served();
    const event = { subject: reservation.subject, action: reservation.action, actual: cents(70) };
    expect(await post("/events", event)).toMatchObject({
      status: 201,
      body: { charged: cents(70) },
    });
    const again = await post("/events", { ...event, overage_policy: "REJECT" });
    expect(again.body["error"]).toBe("BUDGET_EXCEEDED");
    expect((await post("/events", event)).body["charged"]).toEqual(cents(30));
    expect(books()).toEqual([100 * M, 100 * M, 0, 0, 0]);
    authority.freeze("tenant:acme");
    expect((await post("/events", event)).body["error"]).toBe("BUDGET_FROZEN");
    authority.unfreeze("tenant:acme", "USD_MICROCENTS");
    expect((await post("/events", event)).status).toBe(201);
  });
});

describe("a closed tenant", () => {
  it("changes nothing any more, and can still be read and replayed", async () => {
    const { authority, call, get, post, reserve } = served();
    const body = { ...reservation, idempotency_key: "before" };
    const before = await call("POST", "/reservations", body);
    const id = await reserve();
    authority.closeTenant("acme");
    for (const [path, request] of [
      ["/reservations", reservation],
      [`/reservations/${id}/commit`, { actual: cents(1) }],
      [`/reservations/${id}/release`, {}],
      [`/reservations/${id}/extend`, { extend_by_ms: 1 }],
    ] as const) {
      expect((await post(path, request)).body["error"]).toBe("TENANT_CLOSED");
    }
    expect((await post("/decide", reservation)).body["reason_code"]).toBe("TENANT_CLOSED");
    expect((await get(`/reservations/${id}`)).status).toBe(200);
    expect((await call("POST", "/reservations", body)).body).toEqual(before.body);
  });
});

describe("an idempotency key", () => {
  it("replays the first answer, with the time to live made anew", async () => {
    const { call, clock, books } = served();
    const body = { ...reservation, idempotency_key: "k" };
    const first = await call("POST", "/reservations", body);
    await clock.advance(1_000);
    const { subject, action, estimate } = body;
    const reordered = { estimate, action, subject, idempotency_key: "k" };
    const second = await call("POST", "/reservations", reordered);
    expect(second.body).toEqual({ ...first.body, remaining_ttl_ms: 59_000 });
    expect(books()[2]).toBe(40 * M);
    await clock.advance(120_000);
    expect((await call("POST", "/reservations", body)).body["remaining_ttl_ms"]).toBe(0);
  });

  it("is refused with another payload, and where header and body differ", async () => {
    const { call } = served();
    const body = { ...reservation, idempotency_key: "k" };
    await call("POST", "/reservations", body);
    const changed = await call("POST", "/reservations", { ...body, estimate: cents(1) });
    expect(changed).toMatchObject({ status: 409, body: { error: "IDEMPOTENCY_MISMATCH" } });
    const headers = { "x-idempotency-key": "other" };
    expect((await call("POST", "/reservations", body, headers)).status).toBe(400);
  });

  it("is not used up by a refusal", async () => {
    const { authority, call } = served();
    const body = { ...reservation, idempotency_key: "k", estimate: cents(120) };
    expect((await call("POST", "/reservations", body)).status).toBe(409);
    authority.fund("tenant:acme", usd("1.00"));
    expect((await call("POST", "/reservations", body)).status).toBe(200);
  });
});
