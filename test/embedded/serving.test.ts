import { CyclesClient, CyclesConfigError, tokens, usd } from "cycles-client";
import { type Budgets, EmbeddedCycles, ManualClock } from "cycles-client/embedded";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { cents, reservation, served } from "./http.js";

describe("lists", () => {
  it("filter, sort and page, with cursors that refuse other filters", async () => {
    const { get, post, reserve, clock } = served({ budgets: { "tenant:acme": usd("9.00") } });
    const ids: string[] = [];
    for (const agent of ["a", "b", "a"]) {
      const subject = { tenant: "acme", agent };
      ids.push(
        await reserve({ subject, estimate: cents(ids.length), metadata: { at: ids.length } }),
      );
      await clock.advance(1_000);
    }
    await post(`/reservations/${ids[1] ?? ""}/commit`, {
      actual: cents(1),
      metadata: { done: true },
    });
    const list = async (query: string) => {
      const { body } = await get(`/reservations?${query}`);
      return (body["reservations"] as { reservation_id: string }[]).map((row) =>
        ids.indexOf(row.reservation_id),
      );
    };
    expect(await list("")).toEqual([2, 1, 0]);
    expect(await list("sort_by=reserved&sort_dir=asc")).toEqual([0, 1, 2]);
    for (const by of ["reservation_id", "tenant", "scope_path", "status", "expires_at_ms"]) {
      expect(await list(`sort_by=${by}`)).toHaveLength(3);
    }
    expect(await list("agent=a")).toEqual([2, 0]);
    expect(await list("status=COMMITTED")).toEqual([1]);
    expect(await list("idempotency_key=key-1")).toEqual([0]);
    expect(await list("from=&to=&expires_from=")).toHaveLength(3);
    const from = new Date(clock.now() - 2_500).toISOString();
    expect(await list(`from=${from}`)).toEqual([2, 1]);
    expect(await list(`finalized_from=${from}`)).toEqual([1]);
    expect((await get(`/reservations?from=${from}&to=2020-01-01T00:00:00Z`)).status).toBe(400);

    const page = await get("/reservations?limit=2&include=metadata,committed_metadata,new");
    expect(page.body["has_more"]).toBe(true);
    expect(page.body["reservations"]).toMatchObject([
      { metadata: { at: 2 } },
      { committed_metadata: { done: true } },
    ]);
    const cursor = encodeURIComponent(String(page.body["next_cursor"]));
    expect(await list(`limit=2&cursor=${cursor}`)).toEqual([0]);
    expect((await get(`/reservations?agent=a&cursor=${cursor}`)).status).toBe(400);
    expect((await get("/reservations?cursor=nonsense")).status).toBe(400);
    expect((await get("/reservations?limit=201")).body["message"]).toContain("limit");
  });

  it("of balances need a level, keep to the tenant, and go down on demand", async () => {
    const { get } = served({
      budgets: {
        "tenant:acme": [usd("1.00"), tokens(5)],
        "tenant:acme/agent:bot": usd("1.00"),
        "tenant:other": usd("1.00"),
      },
    });
    const scopes = async (query: string) => {
      const { body } = await get(`/balances?${query}`);
      return (body["balances"] as { scope_path: string }[]).map((row) => row.scope_path);
    };
    expect(await scopes("tenant=acme")).toEqual(["tenant:acme", "tenant:acme"]);
    expect(await scopes("tenant=acme&include_children=true")).toHaveLength(3);
    expect(await scopes("agent=bot")).toEqual(["tenant:acme/agent:bot"]);
    expect((await get("/balances")).status).toBe(400);
    expect((await get("/balances?tenant=other")).status).toBe(403);
    expect((await get("/balances?tenant=acme&include_children=perhaps")).status).toBe(400);
    expect((await get("/reservations?tenant=other")).status).toBe(403);
  });
});

describe("requests that cannot be served", () => {
  it.each([
    ["GET", "/nowhere", undefined, {}, 404, "NOT_FOUND"],
    ["DELETE", "/balances", undefined, {}, 405, "INVALID_REQUEST"],
    ["GET", "/reservations/%E0%A4%A", undefined, {}, 400, "INVALID_REQUEST"],
    [
      "GET",
      "/balances?tenant=acme",
      undefined,
      { "x-cycles-api-key": "wrong" },
      401,
      "UNAUTHORIZED",
    ],
    ["POST", "/decide", "{", {}, 400, "INVALID_REQUEST"],
    ["POST", "/decide", "x".repeat(1_100_000), {}, 413, "INVALID_REQUEST"],
    ["POST", "/decide", "{}", { "content-type": "text/plain" }, 415, "INVALID_REQUEST"],
    [
      "POST",
      "/decide",
      { ...reservation, idempotency_key: "k", surprise: 1 },
      {},
      400,
      "INVALID_REQUEST",
    ],
    [
      "POST",
      "/decide",
      { ...reservation, idempotency_key: "k", subject: { tenant: "x" } },
      {},
      403,
      "FORBIDDEN",
    ],
    ["GET", "/.well-known/cycles-jwks.json", undefined, {}, 404, "NOT_FOUND"],
    ["GET", `/evidence/${"a".repeat(64)}`, undefined, {}, 404, "NOT_FOUND"],
  ])("%s %s gets the protocol's error", async (method, path, body, headers, status, error) => {
    const { call } = served();
    const answer = await call(method, path, body, headers);
    expect(answer).toMatchObject({ status, body: { error } });
    expect(answer.body["request_id"]).toBe(answer.headers.get("x-request-id"));
    expect(answer.body["trace_id"]).toMatch(/^[0-9a-f]{32}$/);
  });

  it("names the field that is wrong", async () => {
    const { post } = served();
    const { body } = await post("/decide", { ...reservation, estimate: cents(-1) });
    expect(body["message"]).toContain("estimate.amount");
  });
});

describe("tracing", () => {
  const id = "a".repeat(32);
  const parent = `00-${"b".repeat(32)}-${"c".repeat(16)}-01`;
  it.each([
    [{ "x-cycles-trace-id": id }, id],
    [{ "x-cycles-trace-id": id, traceparent: parent }, "b".repeat(32)],
    [{ "x-cycles-trace-id": id, traceparent: "nonsense" }, id],
    [{ "x-cycles-trace-id": "0".repeat(32) }, undefined],
  ])("of %j is %s", async (headers, expected) => {
    const { call } = served();
    const answer = await call("GET", "/balances?tenant=acme", undefined, headers);
    const traceId = answer.headers.get("x-cycles-trace-id");
    if (expected === undefined) expect(traceId).not.toBe("0".repeat(32));
    else expect(traceId).toBe(expected);
    expect(answer.headers.get("x-cycles-tenant")).toBe("acme");
  });
});

describe("an authority", () => {
  it("serves HTTP on loopback, where fifty clients race for twenty places and twenty win", async () => {
    await using authority = new EmbeddedCycles({ budgets: { "tenant:acme": tokens(20) } });
    const server = await authority.listen();
    expect(server.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    const race = Array.from({ length: 50 }, async () => {
      const client = new CyclesClient({ ...server.clientOptions("acme"), logLevel: "off" });
      const { action } = reservation;
      return client.reserve({ action, estimate: tokens(1) }, { heartbeat: false });
    });
    const won = (await Promise.allSettled(race)).filter(({ status }) => status === "fulfilled");
    expect(won).toHaveLength(20);
    expect(authority.balances()[0]?.remaining.amount).toBe(0);
    await server.close();
  });

  it.each([
    ["a scope out of order", { "agent:bot/tenant:acme": usd("1.00") }, "no scope"],
    ["an empty scope", { "": usd("1.00") }, "no scope"],
    ["an unknown unit", { "tenant:a": { unit: "EUR", amount: 1 } }, "USD_MICROCENTS"],
    ["a negative amount", { "tenant:a": { unit: "TOKENS", amount: -1 } }, "whole number"],
    ["two budgets in one unit", { "tenant:a": [tokens(1), tokens(2)] }, "two budgets"],
    [
      "an overdraft in another unit",
      { "tenant:a": { allocated: tokens(1), overdraft_limit: usd("1") } },
      "TOKENS",
    ],
    ["an unknown status", { "tenant:a": { allocated: tokens(1), status: "OPEN" } }, "FROZEN"],
  ])("refuses %s", (_, budgets, message) => {
    const make = () => new EmbeddedCycles({ budgets: budgets as unknown as Budgets });
    expect(make).toThrow(CyclesConfigError);
    expect(make).toThrow(message);
  });

  it("says so where a tenant has no key, or a scope no budget", () => {
    const authority = new EmbeddedCycles({
      budgets: { "app:shop": tokens(1) },
      apiKeys: { k: "acme" },
    });
    expect(authority.apiKey("acme")).toBe("k");
    expect(() => authority.clientOptions("other")).toThrow("apiKeys");
    expect(() => {
      authority.freeze("tenant:acme", "TOKENS");
    }).toThrow("no budget");
  });

  it("keeps its books through any history", async () => {
    const step = fc.record({
      what: fc.constantFrom("reserve", "commit", "release", "event", "wait"),
      amount: fc.integer({ min: 0, max: 60 }),
      policy: fc.constantFrom("REJECT", "ALLOW_IF_AVAILABLE", "ALLOW_WITH_OVERDRAFT"),
      agent: fc.constantFrom("a", "b", undefined),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 25 }), async (history) => {
        const { authority, clock, post } = served({
          budgets: {
            "tenant:acme": { allocated: usd("1.00"), overdraft_limit: usd("0.50") },
            "tenant:acme/agent:a": usd("0.60"),
          },
        });
        const open: string[] = [];
        for (const { what, amount, policy, agent } of history) {
          const subject = { tenant: "acme", ...(agent !== undefined && { agent }) };
          const body = { subject, action: reservation.action, overage_policy: policy };
          if (what === "wait") await clock.advance(amount * 1_000);
          else if (what === "event") await post("/events", { ...body, actual: cents(amount) });
          else if (what === "reserve") {
            const { body: answer } = await post("/reservations", {
              ...body,
              estimate: cents(amount),
            });
            if (typeof answer["reservation_id"] === "string") open.push(answer["reservation_id"]);
          } else {
            const id = open.pop() ?? "none";
            await post(
              `/reservations/${id}/${what}`,
              what === "commit" ? { actual: cents(amount) } : {},
            );
          }
          for (const { allocated, spent, reserved, debt, remaining } of authority.balances()) {
            expect(remaining.amount).toBe(
              allocated.amount - spent.amount - reserved.amount - debt.amount,
            );
            expect(Math.min(spent.amount, reserved.amount, debt.amount)).toBeGreaterThanOrEqual(0);
          }
        }
        await clock.advance(200_000);
        expect(authority.balances().map(({ reserved }) => reserved.amount)).toEqual([0, 0]);
      }),
      { numRuns: 15, seed: 7 },
    );
  });
});

describe("a manual clock", () => {
  it("fires what is due in order, and lets it be cancelled", async () => {
    const clock = new ManualClock(1_000);
    const fired: string[] = [];
    clock.setTimeout(() => fired.push("late"), 20);
    clock.setTimeout(() => fired.push("early"), 10);
    const cancelled = clock.setTimeout(() => fired.push("never"), 15);
    cancelled.unref();
    cancelled.cancel();
    expect(clock.pending).toBe(2);
    await clock.advance(15);
    expect([fired, clock.now(), clock.monotonic()]).toEqual([["early"], 1_015, 15]);
    await clock.advance(5);
    expect(fired).toEqual(["early", "late"]);
  });
});
