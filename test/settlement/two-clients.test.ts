import { usd } from "cycles-client";
import { describe, expect, it } from "vitest";
import { journaled } from "../support/journaled.js";
import { refusal, request } from "../support/responses.js";

describe("two clients of one process with one journal", () => {
  it("do not send or report a spend that the other is settling", async () => {
    const world = journaled();
    const first = world.open();
    const second = world.open();
    const guard = await first.client.reserve(request, { heartbeat: false });
    let release: () => void = () => undefined;
    world.respond = async (path) => {
      if (path === "commit") await new Promise<void>((resolve) => (release = resolve));
      return undefined as never;
    };
    const settling = guard.commit(usd("0.01"));
    await world.clock.advance(0);
    expect(await second.client.recover()).toMatchObject({ found: 0 });
    expect(world.commits()).toHaveLength(1);
    release();
    await settling;
    expect(second.types()).toEqual([]);
    expect(first.types()).toEqual(["reserved", "committed"]);
  });

  it("recover another spend of a reservation of which one is being settled", async () => {
    const world = journaled();
    const first = world.open();
    const guard = await first.client.reserve(request, { heartbeat: false });
    world.respond = () => new Promise<Response>(() => undefined);
    void guard.commit(usd("0.01"));
    await world.clock.advance(0);
    const own = world.records.get(guard.id) ?? "";
    const key = /"idempotency_key":"([^"]+)"/.exec(own)?.[1] ?? "";
    const other = own.replaceAll(key, "another-key");
    const list = () => [own, other].map((record) => ({ reservationId: guard.id, record }));
    world.respond = () => undefined;
    const second = world.open({ journal: { ...world.journal, list } });
    expect(await second.client.recover()).toMatchObject({ found: 1, settled: 1 });
    const keys = world.commits().map(({ body }) => body.includes("another-key"));
    expect(keys).toEqual([false, true]);
  });

  it("do not recover a spend that waits in the backlog of the other", async () => {
    const world = journaled({ retry: { maxAttempts: 1 } });
    const first = world.open();
    const guard = await first.client.reserve(request, { heartbeat: false });
    world.respond = (path) => (path === "commit" ? refusal(503, "INTERNAL_ERROR") : undefined);
    await guard.commit(usd("0.01"));
    world.respond = () => undefined;
    const second = world.open();
    await second.client.getBalances({ tenant: "acme" });
    await second.client.flush();
    expect(world.commits()).toHaveLength(1);
    await world.clock.advance(1_000);
    expect(first.types()).toEqual(["reserved", "queued", "committed"]);
    expect(second.types()).toEqual([]);
  });

  it("recover a spend that the other left when it was closed", async () => {
    const world = journaled({ retry: { maxAttempts: 1 }, flushTimeout: 0 });
    const first = world.open();
    const guard = await first.client.reserve(request, { heartbeat: false });
    world.respond = (path) => (path === "commit" ? refusal(503, "INTERNAL_ERROR") : undefined);
    await guard.commit(usd("0.01"));
    const closing = first.client.close();
    await world.clock.advance(0);
    await closing;
    world.respond = () => undefined;
    const second = world.open({ flushTimeout: 10_000 });
    expect(await second.client.recover()).toMatchObject({ found: 1, settled: 1 });
  });
});
