import { usd } from "cycles-client";
import { describe, expect, it } from "vitest";
import { ageOfRecord, isStale } from "../../src/settlement/disposition.js";
import { journaled, settable } from "../support/journaled.js";
import { refusal, request } from "../support/responses.js";

const DAY_MS = 86_400_000;
const NOW = Date.UTC(2026, 0, 1);

describe("the age of a record", () => {
  it.each([
    ["now", NOW, 0],
    ["a week ago", NOW - 7 * DAY_MS, 7 * DAY_MS],
    ["an hour ahead, by a clock that differs from ours", NOW + 3_600_000, -3_600_000],
    ["in 1970", 1_000, undefined],
    ["at the start of 2020", Date.UTC(2020, 0, 1), NOW - Date.UTC(2020, 0, 1)],
    ["just before 2020", Date.UTC(2020, 0, 1) - 1, undefined],
    ["a day ahead", NOW + DAY_MS, -DAY_MS],
    ["over a day ahead", NOW + DAY_MS + 1, undefined],
    ["two days ahead", NOW + 2 * DAY_MS, undefined],
  ])("recorded %s", (_, recordedAt, age) => {
    expect(ageOfRecord(recordedAt, NOW)).toBe(age);
  });

  it.each([
    ["commit", 30 * DAY_MS, Infinity, false],
    ["commit", 30 * DAY_MS + 1, Infinity, true],
    ["event", 7 * DAY_MS, Infinity, false],
    ["event", 7 * DAY_MS + 1, Infinity, true],
    ["commit", 1, 0, true],
    ["commit", 0, 0, false],
    ["commit", undefined, 0, false],
    ["event", undefined, Infinity, true],
  ] as const)("as a %s of %s ms, with journalMaxAge %s: stale is %s", (mode, age, max, stale) => {
    expect(isStale(mode, age, max)).toBe(stale);
  });
});

describe("a spend of a living process", () => {
  it("is sent, whatever journalMaxAge says and whatever the wall clock does before its first try", async () => {
    const world = journaled();
    const clock = settable(world.clock);
    const { client } = world.open({
      clock,
      journalMaxAge: 0,
      journal: {
        ...world.journal,
        put: (id, record) => {
          clock.offset += 31 * DAY_MS;
          return world.journal.put(id, record);
        },
      },
    });
    const guard = await client.reserve(request, { heartbeat: false });
    expect(await guard.commit(usd("0.01"))).toMatchObject({ state: "committed" });
  });

  it("does not age when the wall clock jumps between two tries", async () => {
    const world = journaled();
    const clock = settable(world.clock);
    let tries = 0;
    world.answer = (path) => {
      if (path !== "commit" || (tries += 1) > 1) return undefined;
      clock.offset += 31 * DAY_MS;
      return refusal(503, "INTERNAL_ERROR");
    };
    const { client } = world.open({ clock });
    const guard = await client.reserve(request, { heartbeat: false });
    const settling = guard.commit(usd("0.01"));
    await world.clock.advance(1_000);
    expect(await settling).toMatchObject({ state: "committed" });
  });

  it("ages on the monotonic clock", async () => {
    const world = journaled({ journalMaxAge: 60_000 });
    world.answer = (path) => (path === "commit" ? refusal(503, "INTERNAL_ERROR") : undefined);
    const { client, notices } = world.open();
    const guard = await client.reserve(request, { heartbeat: false });
    const settling = guard.commit(usd("0.01"));
    await world.clock.advance(120_000);
    expect(await settling).toMatchObject({ state: "queued" });
    expect(world.aside.map(({ why }) => why)).toEqual(["stale"]);
    expect(notices.filter(({ type }) => type === "settlement_failed")).toMatchObject([
      { kept: true, error: { code: "STALE" } },
    ]);
  });
});

/** The record of a spend, with another time and mode. */
function rewritten(record: string, recordedAt: number, mode: "commit" | "event"): string {
  return record
    .replace(/"recorded_at_ms":\d+/, `"recorded_at_ms":${String(recordedAt)}`)
    .replace('"mode":"commit"', `"mode":"${mode}"`);
}

describe("a spend of an earlier process", () => {
  it("that became an event today is sent as such, eight days after it was spent", async () => {
    const world = journaled();
    const [id = ""] = await world.leave(1);
    await world.clock.advance(8 * DAY_MS);
    world.answer = (path) => (path === "events" ? refusal(503, "INTERNAL_ERROR") : undefined);
    const before = world.open({ retry: false });
    await before.client.recover();
    expect(JSON.parse(world.records.get(id) ?? "{}")).toMatchObject({
      mode: "event",
      recorded_at_ms: world.clock.now(),
    });
    world.answer = () => undefined;
    expect(await world.open().client.recover()).toMatchObject({ found: 1, settled: 1 });
    expect(world.spent()).toBe(1_000_000);
    const bodies = world.sent.filter(({ path }) => path === "events").map(({ body }) => body);
    expect(bodies).toHaveLength(2);
    expect(new Set(bodies).size).toBe(1);
  });

  it.each([
    ["1970", 1_000],
    ["the future", Date.UTC(2027, 0, 1)],
  ])("that was recorded in %s is sent as a commit, and set aside as an event", async (_, at) => {
    const world = journaled();
    const [commit = "", event = ""] = await world.leave(2);
    world.records.set(commit, rewritten(world.records.get(commit) ?? "", at, "commit"));
    world.records.set(event, rewritten(world.records.get(event) ?? "", at, "event"));
    const { client, notices } = world.open();
    expect(await client.recover()).toMatchObject({ found: 2, settled: 1, setAside: 1 });
    expect(world.sent.map(({ path, reservationId }) => [path, reservationId])).toEqual([
      ["commit", commit],
    ]);
    expect(world.aside.map(({ why }) => why)).toEqual(["stale"]);
    const failed = notices.find(({ type }) => type === "settlement_failed");
    expect(failed).toMatchObject({ reservationId: event, kept: true });
    expect((failed as { error: Error }).error.message).toMatch(/recorded time that is implausible/);
  });

  it("ages on the monotonic clock from when it was found", async () => {
    const world = journaled();
    await world.leave(1);
    const clock = settable(world.clock);
    let tries = 0;
    world.answer = (path) => {
      if (path !== "commit" || (tries += 1) > 1) return undefined;
      clock.offset += 31 * DAY_MS;
      return refusal(503, "INTERNAL_ERROR");
    };
    const recovering = world.open({ clock }).client.recover();
    await world.clock.advance(1_000);
    expect(await recovering).toMatchObject({ settled: 1 });
  });
});
