import { type Clock, usd } from "cycles-client";
import { describe, expect, it, vi } from "vitest";
import { journaled } from "../support/journaled.js";
import { rateLimited, refusal, request } from "../support/responses.js";

describe("a spend that is refused again and again for an unknown reason", () => {
  it.each([
    ["403", () => refusal(403, "FORBIDDEN")],
    ["an unknown 4xx", () => refusal(422, "SOMETHING_NEW")],
  ])("with %s does not hold up other spends", async (_, refuse) => {
    const world = journaled({ retry: { maxAttempts: 1 } });
    const bad = new Set(await world.leave(60));
    world.respond = (path, id) => (path === "commit" && bad.has(id) ? refuse() : undefined);
    const { client } = world.open();
    const guard = await client.reserve(request, { heartbeat: false });
    const healthy = guard.id;
    let first = true;
    const before = world.respond;
    world.respond = (path, id) => {
      if (path === "commit" && id === healthy && first) {
        first = false;
        return refusal(503, "INTERNAL_ERROR");
      }
      return before(path, id);
    };
    expect(await guard.commit(usd("0.01"))).toMatchObject({ state: "queued" });
    await world.clock.advance(1_000);
    expect(world.commits(healthy)).toHaveLength(2);
    expect(world.spent()).toBe(1_000_000);
  });

  it("waits longer after each attempt", async () => {
    const world = journaled({ retry: { maxAttempts: 1 } });
    world.respond = (path) => (path === "commit" ? refusal(403, "FORBIDDEN") : undefined);
    const { client } = world.open();
    await (await client.reserve(request, { heartbeat: false })).commit(usd("0.01"));
    await world.clock.advance(120_000);
    const times = world.commits().map(({ at }) => at);
    expect(times.length).toBeGreaterThan(5);
    expect(times.length).toBeLessThan(15);
  });

  it("is tried once in the first pass of a new process, and again later", async () => {
    const world = journaled();
    const ids = await world.leave(61);
    const [good = "", ...bad] = [...ids].reverse();
    const refused = new Set(bad);
    world.respond = (path, id) =>
      path === "commit" && refused.has(id) ? refusal(403, "FORBIDDEN") : undefined;
    const { client, types } = world.open();
    expect(await client.recover()).toEqual({ found: 61, settled: 1, setAside: 0, pending: 60 });
    expect(world.commits(good)).toHaveLength(1);
    expect(world.commits()).toHaveLength(61);
    expect(types().filter((type) => type === "recovering")).toHaveLength(1);
    refused.clear();
    await world.clock.advance(2_000);
    expect(world.spent()).toBe(61_000_000);
    expect(world.records.size).toBe(0);
  });

  it("does not delay the close of a client that has settled its own spends", async () => {
    const world = journaled();
    await world.leave(3);
    world.respond = (path, id) =>
      path === "commit" && world.records.has(id) && id !== own
        ? refusal(403, "FORBIDDEN")
        : undefined;
    const { client } = world.open();
    const guard = await client.reserve(request, { heartbeat: false });
    const own = guard.id;
    await guard.commit(usd("0.01"));
    // The clock is not advanced, so a wait for a timer would never end.
    expect(await client.flush()).toBe(3);
    await client.close();
    expect(world.clock.pending).toBe(0);
  });
});

describe("a server in trouble", () => {
  it.each([
    ["401", () => refusal(401, "UNAUTHORIZED")],
    ["429", () => refusal(429, "LIMIT_EXCEEDED")],
    ["503", () => refusal(503, "INTERNAL_ERROR")],
    ["no connection", () => Promise.reject(new TypeError("fetch failed"))],
  ])("(%s) gets one request at a time, after pauses that grow", async (_, fail) => {
    const world = journaled();
    await world.leave(30);
    world.respond = (path) => (path === "commit" ? fail() : undefined);
    const { client } = world.open();
    void client.recover();
    await world.clock.advance(60_000);
    // Eight requests at once, then one after each pause of 0.5, 1, 2, … 30 s.
    // Chance shortens each pause by up to a half.
    expect(world.commits().length).toBeGreaterThanOrEqual(12);
    expect(world.commits().length).toBeLessThanOrEqual(20);
    world.respond = () => undefined;
    const flushing = client.flush();
    await world.clock.advance(0);
    expect(await flushing).toBe(0);
    expect(world.spent()).toBe(30_000_000);
  });

  it("gets no request before Retry-After has passed, even if the client is flushed", async () => {
    const world = journaled();
    await world.leave(30);
    world.respond = (path) => (path === "commit" ? rateLimited(100) : undefined);
    const { client } = world.open();
    void client.recover();
    await world.clock.advance(0);
    expect(world.commits()).toHaveLength(8);
    world.respond = () => undefined;
    await world.clock.advance(50_000);
    expect(await client.flush()).toBe(30);
    await world.clock.advance(49_000);
    expect(world.commits()).toHaveLength(8);
    await world.clock.advance(1_000);
    expect(world.spent()).toBe(30_000_000);
  });

  it("does not make another spend wait for the failures of the first one", async () => {
    const world = journaled({ retry: { maxAttempts: 1 } });
    const [bad] = await world.leave(1);
    world.respond = (path, id) =>
      path === "commit" && id === bad ? refusal(500, "INTERNAL_ERROR") : undefined;
    const { client } = world.open();
    void client.recover();
    await world.clock.advance(100_000);
    // Only the bad spend has failed, many times in a row.
    let first = true;
    const before = world.respond;
    const guard = await client.reserve(request, { heartbeat: false });
    world.respond = (path, id) => {
      if (id !== guard.id || !first) return before(path, id);
      first = false;
      return refusal(403, "FORBIDDEN");
    };
    await guard.commit(usd("0.01"));
    await world.clock.advance(2_000);
    expect(world.commits(guard.id)).toHaveLength(2);
  });
});

describe("a large journal", () => {
  it("is listed once, and all of its spends are settled", async () => {
    const world = journaled();
    await world.leave(1);
    const [text = ""] = world.records.values();
    const [id = ""] = world.records.keys();
    for (let at = 0; at < 2_500; at += 1) {
      const name = `r-${String(at)}`;
      world.records.set(
        name,
        text.replaceAll(id, name).replace(/"idempotency_key":"/g, `$&${name}`),
      );
    }
    const list = vi.spyOn(world.journal, "list");
    world.respond = (path) =>
      path === "commit" ? Response.json({ status: "COMMITTED", charged: usd("0.01") }) : undefined;
    const { client } = world.open();
    expect(await client.recover()).toEqual({
      found: 2_501,
      settled: 2_501,
      setAside: 0,
      pending: 0,
    });
    expect(new Set(world.commits().map(({ reservationId }) => reservationId)).size).toBe(2_501);
    expect(world.commits()).toHaveLength(2_501);
    expect(list).toHaveBeenCalledTimes(1);
  });
});

describe("a refused spend of an earlier process", () => {
  it("does not keep the process alive", async () => {
    const world = journaled();
    await world.leave(3);
    world.respond = (path) => (path === "commit" ? refusal(403, "FORBIDDEN") : undefined);
    const alive = new Set<object>();
    const clock: Clock = {
      now: () => world.clock.now(),
      monotonic: () => world.clock.monotonic(),
      setTimeout(callback, ms) {
        const held = {};
        alive.add(held);
        const timer = world.clock.setTimeout(() => {
          alive.delete(held);
          callback();
        }, ms);
        return {
          cancel: () => {
            alive.delete(held);
            timer.cancel();
          },
          unref: () => void alive.delete(held),
        };
      },
    };
    const { client } = world.open({ clock });
    await client.getBalances({ tenant: "acme" });
    await world.clock.advance(0);
    expect(world.commits()).toHaveLength(3);
    expect([alive.size, world.clock.pending]).toEqual([0, 1]);
  });
});
