import { usd } from "cycles-client";
import { describe, expect, it } from "vitest";
import { reservation } from "./support/responses.js";
import { budgeted } from "./support/budgeted.js";
import { StandingClock } from "./support/clock.js";
import { against } from "./support/server.js";
import { refusal, request } from "./support/responses.js";

describe("closing a client", () => {
  it("happens once, even if close is called several times", async () => {
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

  it("reports a guard that is still open, and sends no further heartbeats", async () => {
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

  it("still allows an open guard to commit", async () => {
    const { client, spent } = budgeted();
    const guard = await client.reserve(request);
    await client.close();
    expect(await guard.commit(usd("0.3"))).toMatchObject({ state: "committed" });
    expect(spent()).toBe(30_000_000);
  });

  it("commits the spend that an open guard has noted", async () => {
    const { client, spent } = budgeted();
    const guard = await client.reserve(request);
    guard.setActual(usd("0.3"));
    await client.close();
    expect([guard.state, spent()]).toEqual(["committed", 30_000_000]);
  });

  it("reports once that the ledger refused the spend of an open guard", async () => {
    const { client, fail, notices } = budgeted();
    const guard = await client.reserve(request);
    guard.setActual(usd("0.3"));
    fail("commit", refusal(409, "BUDGET_EXCEEDED"));
    await client.close();
    expect(guard.state).toBe("lost");
    expect(notices.filter(({ type }) => type === "settlement_failed")).toHaveLength(1);
  });

  it("takes no longer than flushTimeout, even if a commit hangs", async () => {
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
  it("waits for flushTimeout only once, even if a request is still in flight", async () => {
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

describe("a release while the authority hangs", () => {
  it("delays the error of the work by no more than settleTimeout", async () => {
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

  it("fails after settleTimeout if the caller asked for it, and can be repeated", async () => {
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
