import { CyclesAuthenticationError, CyclesConnectionError, usd } from "cycles-client";
import { describe, expect, it } from "vitest";
import { budgeted, type Fault } from "../support/budgeted.js";
import { rateLimited, refusal, request } from "../support/responses.js";

const times = (count: number, fault: () => Fault): Fault[] => Array.from({ length: count }, fault);
const bodies = (list: readonly { body: string }[]) => new Set(list.map(({ body }) => body));

describe("settling a spend", () => {
  it.each([
    ["a dropped request", () => "drop before" as const],
    ["a dropped response", () => "drop after" as const],
    ["a 500", () => refusal(500, "INTERNAL_ERROR")],
    ["a 204", () => ({ status: 204 })],
    ["a 200 with an invalid body", () => ({ body: {} })],
    ["a 200 with another status", () => ({ body: { status: "MAYBE", charged: usd("0.1") } })],
    ["an HTML page", () => ({ status: 502, body: "<h1>bad gateway</h1>" })],
    ["a rate limit", () => rateLimited(2)],
    [
      "a 401, which a server also returns when its store is down",
      () => refusal(401, "UNAUTHORIZED"),
    ],
    ["an unknown code", () => refusal(400, "SOMETHING_NEW")],
  ])("sends the same bytes again after %s, and records the spend once", async (_, fault) => {
    const { client, clock, fail, sent, spent } = budgeted();
    const guard = await client.reserve(request);
    fail("commit", fault());
    const settling = guard.commit(usd("0.3"));
    await clock.advance(3_000);
    expect(await settling).toMatchObject({ state: "committed" });
    expect(sent("commit")).toHaveLength(2);
    expect(bodies(sent("commit")).size).toBe(1);
    expect(spent()).toBe(30_000_000);
  });

  it("waits as long as Retry-After says", async () => {
    const { client, clock, fail, sent } = budgeted();
    const guard = await client.reserve(request);
    fail("commit", rateLimited(5));
    const settling = guard.commit(usd("0.3"));
    await clock.advance(4_900);
    expect(sent("commit")).toHaveLength(1);
    await clock.advance(200);
    expect(sent("commit")).toHaveLength(2);
    await settling;
  });

  it("accepts a response with an unknown field", async () => {
    const { client, fail, sent } = budgeted();
    const guard = await client.reserve(request);
    fail("commit", { body: { status: "COMMITTED", charged: usd("0.3"), brand_new: true } });
    await guard.commit(usd("0.3"));
    expect(sent("commit")).toHaveLength(1);
  });

  it("resolves with `queued` after its attempts, and continues in the background", async () => {
    const { client, clock, fail, notices, spent } = budgeted();
    const guard = await client.reserve(request);
    fail("commit", ...times(7, () => "drop before"));
    const settling = guard.commit(usd("0.3"));
    await clock.advance(10_000);
    expect(await settling).toMatchObject({ state: "queued", durable: false, actual: usd("0.3") });
    expect(guard.state).toBe("queued");
    expect(spent()).toBe(0);
    await clock.advance(120_000);
    expect(spent()).toBe(30_000_000);
    const types = notices.map(({ type }) => type);
    expect(types.filter((type) => type !== "extended" && type !== "heartbeat_failed")).toEqual([
      "reserved",
      "queued",
      "committed",
    ]);
  });

  it("resolves with `queued` after `settleTimeout`, even if the server asks for a longer wait", async () => {
    const { client, clock, fail } = budgeted({ settleTimeout: 2_000 });
    const guard = await client.reserve(request);
    fail("commit", rateLimited(600));
    const settling = guard.commit(usd("0.3"));
    await clock.advance(2_100);
    expect(await settling).toMatchObject({ state: "queued", error: { code: "LIMIT_EXCEEDED" } });
  });

  it("records a spend as an event with the same key if its reservation has expired", async () => {
    const { client, clock, sent, spent, reserved } = budgeted();
    const guard = await client.reserve({ ...request, ttl_ms: 1_000 }, { heartbeat: false });
    await clock.advance(30_000);
    const settlement = await guard.commit(usd("0.3"), { metadata: { step: 1 } });
    expect(settlement).toMatchObject({ state: "committed", via: "event", charged: usd("0.3") });
    const event = JSON.parse(sent("events")[0]?.body ?? "") as Record<string, unknown>;
    const commit = JSON.parse(sent("commit")[0]?.body ?? "") as Record<string, unknown>;
    expect(event).toEqual({
      idempotency_key: commit["idempotency_key"],
      actual: usd("0.3"),
      subject: { tenant: "acme" },
      action: request.action,
      metadata: {
        step: 1,
        recovered_reservation_id: guard.id,
        recovery_reason: "commit_after_reservation_expired",
      },
    });
    expect([spent(), reserved()]).toEqual([30_000_000, 0]);
  });

  it("sends an event again with the same key if its response is lost, and charges once", async () => {
    const { client, clock, fail, sent, spent } = budgeted();
    const guard = await client.reserve({ ...request, ttl_ms: 1_000 }, { heartbeat: false });
    await clock.advance(30_000);
    fail("events", "drop after");
    const settling = guard.commit(usd("0.3"));
    await clock.advance(2_000);
    expect(await settling).toMatchObject({ via: "event" });
    expect(bodies(sent("events")).size).toBe(1);
    expect(spent()).toBe(30_000_000);
  });

  it("sends once with `retry: false`, throws, and keeps the key for the same amount", async () => {
    const { client, fail, sent, spent } = budgeted({ retry: false });
    const guard = await client.reserve(request);
    fail("commit", "drop after");
    await expect(guard.commit(usd("0.3"))).rejects.toThrow(CyclesConnectionError);
    expect(guard.state).toBe("open");
    await guard.commit(usd("0.3"));
    expect(bodies(sent("commit")).size).toBe(1);
    expect(spent()).toBe(30_000_000);
  });

  it("repeats a commit of unknown result unchanged, even if the details differ", async () => {
    const { client, fail, sent, spent } = budgeted({ retry: false });
    const guard = await client.reserve(request);
    fail("commit", "drop after");
    await expect(guard.commit(usd("0.3"), { metadata: { tries: 1 } })).rejects.toThrow();
    await guard.commit(usd("0.3"), { metadata: { tries: 2 } });
    expect(bodies(sent("commit")).size).toBe(1);
    expect(spent()).toBe(30_000_000);
  });

  it("flushes a queued spend without waiting for its delay", async () => {
    const { client, clock, fail, spent } = budgeted();
    const guard = await client.reserve(request);
    fail("commit", ...times(5, () => "drop before"));
    const settling = guard.commit(usd("0.3"));
    await clock.advance(10_000);
    await settling;
    expect(await client.flush()).toBe(0);
    expect(spent()).toBe(30_000_000);
    expect(await client.flush()).toBe(0);
  });

  it("closes within `flushTimeout`, and reports a spend that the ledger does not have", async () => {
    const { client, clock, fail, notices } = budgeted({ flushTimeout: 1_000 });
    const guard = await client.reserve(request);
    fail("commit", ...times(50, () => refusal(401, "UNAUTHORIZED")));
    const settling = guard.commit(usd("0.3"));
    await clock.advance(10_000);
    await settling;
    const closing = client.close();
    await clock.advance(1_100);
    await closing;
    await clock.advance(60_000);
    const lost = notices.find(({ type }) => type === "settlement_failed");
    expect(lost).toMatchObject({ reservationId: guard.id, actual: usd("0.3") });
    expect((lost as { error: unknown }).error).toBeInstanceOf(CyclesAuthenticationError);
    await expect(client.reserve(request)).rejects.toMatchObject({ code: "CLIENT_CLOSED" });
    await expect(client.getReservation("r")).rejects.toMatchObject({ code: "CLIENT_CLOSED" });
  });

  it("passes every settlement to `waitUntil`", async () => {
    const passed: Promise<unknown>[] = [];
    const { client } = budgeted({ waitUntil: (settlement) => passed.push(settlement) });
    await (await client.reserve(request)).commit(usd("0.1"));
    await Promise.all(passed);
    expect(passed).toHaveLength(1);
  });

  it("is shared by a client and its children; closing a child leaves the client open", async () => {
    const { client, spent, sent } = budgeted();
    {
      await using child = client.with({
        subject: { agent: "planner" },
        headers: { "x-team": "a" },
      });
      await (await child.reserve(request)).commit(usd("0.1"));
    }
    expect(JSON.parse(sent("reservations")[0]?.body ?? "")).toMatchObject({
      subject: { tenant: "acme", agent: "planner" },
    });
    expect(sent("commit")[0]?.headers.get("x-team")).toBe("a");
    await (await client.reserve(request)).commit(usd("0.1"));
    expect(spent()).toBe(20_000_000);
    const child = client.with({ maxRetries: 0 });
    await client.close();
    await client.close();
    await expect(child.reserve(request)).rejects.toMatchObject({ code: "CLIENT_CLOSED" });
  });

  it("records a spend as an event if only the code says that its reservation has expired", async () => {
    const { client, fail, sent } = budgeted();
    const guard = await client.reserve(request);
    fail("commit", refusal(409, "RESERVATION_EXPIRED"));
    expect(await guard.commit(usd("0.3"))).toMatchObject({ state: "committed", via: "event" });
    expect(sent("events")).toHaveLength(1);
  });

  it("does not send a spend before Retry-After has passed, even if the client is flushed", async () => {
    const { client, clock, fail, sent } = budgeted({ settleTimeout: 1_000 });
    const guard = await client.reserve(request);
    fail("commit", rateLimited(60));
    const settling = guard.commit(usd("0.3"));
    await clock.advance(500);
    const early = client.flush();
    await clock.advance(10_000);
    expect([(await settling).state, await early, sent("commit").length]).toEqual(["queued", 1, 1]);
    const late = client.flush();
    await clock.advance(10_000);
    expect([await late, sent("commit").length]).toEqual([1, 1]);
    await clock.advance(40_000);
    expect(sent("commit")).toHaveLength(2);
  });
});

describe("a charge that the overage policy cuts short", () => {
  const short = (via: string) => ({
    type: "undercharged",
    actual: usd("0.9"),
    charged: usd("0.5"),
    via,
  });
  const undercharged = (notices: readonly { type: string }[]) =>
    notices.filter(({ type }) => type === "undercharged");

  it("is reported after a commit", async () => {
    const { client, notices } = budgeted({ budget: "0.50" });
    const guard = await client.reserve({ ...request, overage_policy: "ALLOW_IF_AVAILABLE" });
    expect(await guard.commit(usd("0.9"))).toMatchObject({ charged: usd("0.5") });
    expect(undercharged(notices)).toMatchObject([{ ...short("commit"), reservationId: guard.id }]);
  });

  it("is reported after an event", async () => {
    const { client, clock, notices } = budgeted({ budget: "0.50" });
    const guard = await client.reserve({ ...request, ttl_ms: 1_000 }, { heartbeat: false });
    await clock.advance(30_000);
    await guard.commit(usd("0.9"));
    expect(undercharged(notices)).toMatchObject([short("event")]);
  });

  it("is reported in the background too, and printed with advice", async () => {
    const printed: string[] = [];
    const print = (message: string) => void printed.push(message);
    const logger = { debug: print, info: print, warn: print, error: print };
    const options = {
      budget: "0.50",
      retry: { maxAttempts: 1 },
      logger,
      logLevel: "warn",
    } as const;
    const { client, clock, fail, notices } = budgeted(options);
    const guard = await client.reserve(request, { heartbeat: false });
    fail("commit", "drop before");
    await guard.commit(usd("0.9"));
    await clock.advance(5_000);
    expect(undercharged(notices)).toMatchObject([short("commit")]);
    expect(printed.at(-1)).toMatch(/\$0\.90 .*was only \$0\.50.*not in the ledger.*[Rr]aise/);
  });

  it("is not reported if the whole amount was charged", async () => {
    const { client, notices } = budgeted();
    await (await client.reserve(request)).commit(usd("0.9"));
    expect(undercharged(notices)).toEqual([]);
  });
});
