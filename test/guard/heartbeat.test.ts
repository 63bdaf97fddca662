import { describe, expect, it } from "vitest";
import { budgeted, refusal, request } from "../support/budgeted.js";

const lease = { ...request, ttl_ms: 10_000 };

describe("the heartbeat", () => {
  it("keeps a lease alive far beyond its ttl", async () => {
    const { client, clock, sent } = budgeted();
    const guard = await client.reserve(lease);
    await clock.advance(60_000);
    expect(sent("extend").length).toBeGreaterThanOrEqual(5);
    expect(guard.expiresAt).toBeGreaterThan(clock.now());
    await guard.release();
    expect(guard.state).toBe("released");
  });

  it("sends nothing for work that is done before half the ttl", async () => {
    const { client, clock, sent } = budgeted();
    const guard = await client.reserve(lease);
    await clock.advance(4_900);
    await guard.release();
    await clock.advance(60_000);
    expect(sent("extend")).toHaveLength(0);
  });

  it("can be switched off", async () => {
    const { client, clock, sent } = budgeted();
    await client.reserve(lease, { heartbeat: false });
    await clock.advance(30_000);
    expect(sent("extend")).toHaveLength(0);
  });

  it("repeats a lost extension with the same key", async () => {
    const { client, clock, sent, fail, notices } = budgeted();
    fail("extend", "drop after");
    const guard = await client.reserve(lease);
    const before = guard.expiresAt;
    await clock.advance(8_000);
    const [first, second] = sent("extend");
    expect(second?.body).toBe(first?.body);
    expect(guard.expiresAt).toBe(before + 10_000);
    expect(notices).toContainEqual(
      expect.objectContaining({ type: "heartbeat_failed", reservationId: guard.id }),
    );
    await guard.release();
  });

  it("stops where no extension is possible, says so, and never cancels by itself", async () => {
    const { client, clock, fail, notices, sent } = budgeted();
    fail("extend", refusal(410, "RESERVATION_EXPIRED"));
    const guard = await client.reserve(lease);
    expect(guard.signal.aborted).toBe(false);
    await clock.advance(60_000);
    expect(sent("extend")).toHaveLength(1);
    expect(notices.slice(1).map(({ type }) => type)).toEqual(["heartbeat_failed", "lease_lost"]);
    expect(guard.signal.aborted).toBe(false);
  });

  it("gives up before the lease ends when nothing gets through", async () => {
    const { client, clock, fail, sent, notices } = budgeted();
    fail("extend", ...Array.from({ length: 40 }, () => "drop before" as const));
    await client.reserve(lease);
    await clock.advance(60_000);
    const failed = notices.filter(({ type }) => type === "heartbeat_failed");
    expect(failed).toHaveLength(sent("extend").length);
    expect(failed.at(-1)).toMatchObject({
      next: expect.stringContaining("no further extension") as string,
    });
    expect(sent("extend").length).toBeLessThan(20);
  });

  it("aborts the guard's signal under the policy cancel", async () => {
    const { client, clock, fail } = budgeted();
    fail("extend", refusal(409, "MAX_EXTENSIONS_EXCEEDED"));
    const guard = await client.reserve(lease, { heartbeat: "cancel" });
    const { signal } = guard;
    await clock.advance(6_000);
    expect(signal.reason).toMatchObject({ code: "MAX_EXTENSIONS_EXCEEDED" });
  });
});
