import { usd } from "cycles-client";
import { describe, expect, it } from "vitest";
import { reservation } from "./support/responses.js";
import { budgeted } from "./support/budgeted.js";
import { StandingClock } from "./support/clock.js";
import { against } from "./support/server.js";
import { refusal, request } from "./support/responses.js";

describe("closing a client", () => {
  it("is one closing, however often it is asked for", async () => {
    const { client, clock, fail, spent } = budgeted();
    const guard = await client.reserve(request);
    fail("commit", ...Array.from({ length: 5 }, () => "drop before" as const));
    const settling = guard.commit(usd("0.3"));
    await clock.advance(10_000);
    expect(await settling).toMatchObject({ state: "queued" });
    const first = client.close();
    await Promise.all([first, client.close()]);
    expect(client.close()).toBe(first);
    expect(spent()).toBe(30_000_000);
  });

  it("reports a guard that is still open, and sends no further beats", async () => {
    const { client, clock, sent, notices } = budgeted();
    const guard = await client.reserve({ ...request, ttl_ms: 20_000 });
    await client.close();
    await clock.advance(600_000);
    expect(sent("extend")).toEqual([]);
    expect(clock.pending).toBe(0);
    expect(notices.filter(({ type }) => type === "guard_open")).toEqual([
      { type: "guard_open", reservationId: guard.id },
    ]);
    expect(guard.state).toBe("open");
  });

  it("still lets the work of such a guard record its spend", async () => {
    const { client, spent } = budgeted();
    const guard = await client.reserve(request);
    await client.close();
    expect(await guard.commit(usd("0.3"))).toMatchObject({ state: "committed" });
    expect(spent()).toBe(30_000_000);
  });

  it("commits what an open guard has noted", async () => {
    const { client, spent } = budgeted();
    const guard = await client.reserve(request);
    guard.setActual(usd("0.3"));
    await client.close();
    expect([guard.state, spent()]).toEqual(["committed", 30_000_000]);
  });

  it("says once which spend of an open guard the ledger does not have", async () => {
    const { client, fail, notices } = budgeted();
    const guard = await client.reserve(request);
    guard.setActual(usd("0.3"));
    fail("commit", refusal(409, "BUDGET_EXCEEDED"));
    await client.close();
    expect(guard.state).toBe("lost");
    expect(notices.filter(({ type }) => type === "settlement_failed")).toHaveLength(1);
  });

  it("takes flushTimeout at the longest, also while a commit hangs", async () => {
    const { client, clock, slow } = budgeted({ flushTimeout: 1_000 });
    const guard = await client.reserve(request);
    slow("commit", 600_000);
    guard.setActual(usd("0.3"));
    const closing = client.close();
    await clock.advance(1_000);
    await closing;
  });
});

describe("closing a client with pooled connections", () => {
  it("takes flushTimeout once, though a request is still under way", async () => {
    const clock = new StandingClock();
    const { client } = await against([{ body: reservation }, () => undefined], {
      clock,
      flushTimeout: 1_000,
      journal: false,
    });
    const guard = await client.reserve(request, { heartbeat: false });
    guard.setActual(usd("0.01"));
    const closing = client.close();
    const closed = new AbortController();
    void closing.then(() => {
      closed.abort();
    });
    const startedAt = clock.monotonic();
    clock.advance(1_000);
    while (!closed.signal.aborted) {
      await new Promise((resolve) => setImmediate(resolve));
      clock.advance(0);
    }
    expect(clock.monotonic() - startedAt).toBe(1_000);
    clock.advance(60_000);
  });
});

describe("a work that fails while the authority hangs", () => {
  it("is not held up longer than settleTimeout by the release", async () => {
    const { client, clock, slow, notices } = budgeted({ settleTimeout: 2_000 });
    const failed = client.run(request, () => {
      slow("release", 600_000, 600_000, 600_000);
      throw new Error("model down");
    });
    const caught = failed.catch((error: unknown) => error);
    await clock.advance(2_000);
    expect(await caught).toMatchObject({ message: "model down" });
    expect(notices.at(-1)).toMatchObject({ type: "release_failed", error: { code: "TIMEOUT" } });
  });

  it("lets a release by hand fail after settleTimeout, and be tried again", async () => {
    const { client, clock, slow, reserved } = budgeted({ settleTimeout: 2_000 });
    const guard = await client.reserve(request);
    slow("release", 600_000);
    const releasing = guard.release();
    const caught = releasing.catch((error: unknown) => error);
    await clock.advance(2_000);
    expect(await caught).toMatchObject({ code: "TIMEOUT", retryable: true });
    await guard.release();
    expect(reserved()).toBe(0);
  });
});
