import { usd } from "cycles-client";
import { describe, expect, it } from "vitest";
import { noted, notes, turns, until } from "../support/noted.js";
import { request } from "../support/responses.js";

const ceiling = { allow: usd("1.00") };

/** A client with a journal, whose authority cannot be reached until `heal` is called. */
async function unreachable() {
  const world = noted({ onUnavailable: ceiling });
  const { faults } = world.authority;
  faults.on("*", { times: 1_000 }).drop("before");
  const dir = world.folder();
  return { ...world, dir, owner: world.open(dir), heal: () => faults.clear() };
}

describe("when a process dies", () => {
  it("in the middle of unguarded work, what was noted is recorded once", async () => {
    const world = await unreachable();
    const guard = await world.owner.client.reserve({ ...request, ttl_ms: 60_000 });
    guard.setActual(usd("0.25"), { metadata: { step: 1 } });
    await until(() => notes(world.dir).length === 1);
    const dir = world.afterDeath(world.dir);
    world.heal();
    const heirs = [world.open(dir), world.open(dir)];
    await world.advance(200_000, ...heirs);
    for (const { client } of heirs) await client.recover();
    await until(() => world.spent() === usd("0.25").amount);
    await world.advance(200_000, ...heirs);
    for (const { client } of heirs) await client.recover();
    await turns();
    expect(world.spent()).toBe(usd("0.25").amount);
    expect(world.sent("commit")).toEqual([]);
    expect(world.sent("events")[0]).toMatchObject({
      actual: usd("0.25"),
      metadata: { step: 1, unguarded: true },
    });
  });

  it("during the first attempt of an event, a later process records it with the same bytes", async () => {
    const world = await unreachable();
    const { client } = world.owner;
    const guard = await client.reserve(request);
    void guard.commit(usd("0.25"));
    await until(() => world.sent("events").length === 1);
    const dir = world.afterDeath(world.dir);
    world.heal();
    const heir = world.open(dir);
    await heir.client.recover();
    await world.advance(200_000, heir);
    await heir.client.recover();
    const events = world.sent("events");
    expect(world.spent()).toBe(usd("0.25").amount);
    expect(events.length).toBeGreaterThan(1);
    for (const event of events) expect(event).toEqual(events[0]);
  });
});
