import { CyclesConnectionError, usd } from "cycles-client";
import { describe, expect, it } from "vitest";
import { ageOfRecord, backoff, disposition, isStale } from "../../src/settlement/disposition.js";
import type { FailedVerdict } from "../../src/wire/judge.js";
import { budgeted } from "../support/budgeted.js";
import { journaled, settable } from "../support/journaled.js";
import { refusal, request } from "../support/responses.js";

const rejected = (status: number, error?: string, understood = true): FailedVerdict => ({
  kind: "rejected",
  status,
  body: error === undefined ? undefined : { error, message: "m", request_id: "r" },
  understood: error !== undefined && understood,
});
const limited = (retryAfterMs: number | undefined): FailedVerdict => ({
  kind: "limited",
  body: undefined,
  retryAfterMs,
});
const unreachable: FailedVerdict = {
  kind: "unreachable",
  error: new CyclesConnectionError("down"),
};
const ambiguous: FailedVerdict = { kind: "ambiguous", body: undefined, reason: "status 503" };
const retried = (scope: "spend" | "server", retryAfterMs?: number) => ({
  next: "retry",
  scope,
  retryAfterMs,
});
const asEvent = { next: "record_as_event" };
const refused = { next: "refused" };

/** Refuses the first commit, and then sets the wall clock 31 days ahead. */
function failOnceAndJump(
  world: ReturnType<typeof journaled>,
  clock: ReturnType<typeof settable>,
): void {
  let tries = 0;
  world.respond = (path) => {
    if (path !== "commit" || (tries += 1) > 1) return undefined;
    clock.offset += 31 * DAY_MS;
    return refusal(503, "INTERNAL_ERROR");
  };
}

describe("a failed attempt to record a spend", () => {
  it.each<[string, FailedVerdict, object, object]>([
    ["without a response", unreachable, retried("server"), retried("server")],
    ["with a 5xx or an invalid body", ambiguous, retried("server"), retried("server")],
    ["with 429", limited(undefined), retried("server"), retried("server")],
    [
      "with 429 and Retry-After",
      limited(5_000),
      retried("server", 5_000),
      retried("server", 5_000),
    ],
    [
      "with 429 and a Retry-After of a day",
      limited(86_400_000),
      retried("server", 3_600_000),
      retried("server", 3_600_000),
    ],
    ["with 401", rejected(401, "UNAUTHORIZED"), retried("server"), retried("server")],
    ["with a bare 401", rejected(401), retried("server"), retried("server")],
    ["with a redirect", rejected(302), retried("server"), retried("server")],
    ["with 403", rejected(403, "FORBIDDEN"), retried("spend"), retried("spend")],
    ["with a bare 403", rejected(403), retried("spend"), retried("spend")],
    ["with an unknown code", rejected(400, "NEW", false), retried("spend"), retried("spend")],
    ["with an unknown 409", rejected(409, "NEW", false), retried("spend"), retried("spend")],
    ["with a bare 404", rejected(404), retried("spend"), retried("spend")],
    ["with a known code", rejected(409, "BUDGET_EXCEEDED"), refused, refused],
    ["with 410", rejected(410, "RESERVATION_EXPIRED"), asEvent, refused],
    ["with a bare 410", rejected(410), asEvent, retried("spend")],
    ["with RESERVATION_EXPIRED under 409", rejected(409, "RESERVATION_EXPIRED"), asEvent, refused],
  ])("%s is retried, refused or recorded as an event", (_, verdict, asCommit, asAnEvent) => {
    expect(disposition("commit", verdict)).toEqual(asCommit);
    expect(disposition("event", verdict)).toEqual(asAnEvent);
  });
});

const defaults = { maxAttempts: 5, initialDelay: 500, multiplier: 2, maxDelay: 30_000 };
const noInitialDelay = { ...defaults, initialDelay: 0 };

describe("the delay between two attempts", () => {
  it.each([
    ["at most 500 ms after the first failure", defaults, 1, 1, 500],
    ["at least 250 ms after the first failure", defaults, 1, 0, 250],
    ["doubled with each failure", defaults, 4, 1, 4_000],
    ["limited to `maxDelay`", defaults, 40, 1, 30_000],
    ["at least 50 ms at first with `initialDelay: 0`", noInitialDelay, 1, 0, 50],
    ["at least a second later with `initialDelay: 0`", noInitialDelay, 9, 0, 1_000],
    [
      "at least a second later with `multiplier: 1`",
      { ...defaults, initialDelay: 50, multiplier: 1 },
      9,
      0,
      1_000,
    ],
    ["at least a second later with `maxDelay: 0`", { ...defaults, maxDelay: 0 }, 9, 0, 1_000],
  ])("is %s", (_, options, failed, random, expected) => {
    expect(backoff(options, failed, random)).toBe(expected);
  });

  it("keeps a server that is down from being flooded, whatever the options are", async () => {
    const { client, clock, sent, fail } = budgeted({
      retry: { initialDelay: 0, multiplier: 1, maxDelay: 0 },
    });
    const guard = await client.reserve(request, { heartbeat: false });
    fail("commit", ...Array.from({ length: 1_000 }, () => "drop before" as const));
    const settling = guard.commit(usd("0.3"));
    await clock.advance(60_000);
    await settling;
    // Five attempts in the foreground take a second or two. Then there is one per second at most.
    expect(sent("commit").length).toBeGreaterThan(30);
    expect(sent("commit").length).toBeLessThan(70);
  });
});

const DAY_MS = 86_400_000;
const NOW = Date.UTC(2026, 0, 1);

describe("the age of a record", () => {
  it.each([
    ["now", NOW, 0],
    ["a week ago", NOW - 7 * DAY_MS, 7 * DAY_MS],
    ["an hour ahead, by a clock that differs", NOW + 3_600_000, -3_600_000],
    ["in 1970", 1_000, undefined],
    ["at the start of 2020", Date.UTC(2020, 0, 1), NOW - Date.UTC(2020, 0, 1)],
    ["just before 2020", Date.UTC(2020, 0, 1) - 1, undefined],
    ["a day ahead", NOW + DAY_MS, -DAY_MS],
    ["over a day ahead", NOW + DAY_MS + 1, undefined],
    ["two days ahead", NOW + 2 * DAY_MS, undefined],
  ])("that was written %s is counted, or unknown if that is implausible", (_, recordedAt, age) => {
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
  ] as const)(
    "as a %s with an age of %s ms and journalMaxAge %s: isStale returns %s",
    (mode, age, max, stale) => {
      expect(isStale(mode, age, max)).toBe(stale);
    },
  );
});

describe("a spend of a living process", () => {
  it("is sent once, whatever `journalMaxAge` is and however the wall clock jumps", async () => {
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

  it("does not age if the wall clock jumps between two attempts", async () => {
    const world = journaled();
    const clock = settable(world.clock);
    failOnceAndJump(world, clock);
    const { client } = world.open({ clock });
    const guard = await client.reserve(request, { heartbeat: false });
    const settling = guard.commit(usd("0.01"));
    await world.clock.advance(1_000);
    expect(await settling).toMatchObject({ state: "committed" });
  });

  it("ages on the monotonic clock", async () => {
    const world = journaled({ journalMaxAge: 60_000 });
    world.respond = (path) => (path === "commit" ? refusal(503, "INTERNAL_ERROR") : undefined);
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

/** Replaces the time and the mode of a record. */
function rewritten(record: string, recordedAt: number, mode: "commit" | "event"): string {
  return record
    .replace(/"recorded_at_ms":\d+/, `"recorded_at_ms":${String(recordedAt)}`)
    .replace('"mode":"commit"', `"mode":"${mode}"`);
}

describe("a spend of an earlier process", () => {
  it("is sent eight days after the work if it became an event today", async () => {
    const world = journaled();
    const [id = ""] = await world.leave(1);
    await world.clock.advance(8 * DAY_MS);
    world.respond = (path) => (path === "events" ? refusal(503, "INTERNAL_ERROR") : undefined);
    const before = world.open({ retry: false });
    await before.client.recover();
    expect(JSON.parse(world.records.get(id) ?? "{}")).toMatchObject({
      mode: "event",
      recorded_at_ms: world.clock.now(),
    });
    world.respond = () => undefined;
    expect(await world.open().client.recover()).toMatchObject({ found: 1, settled: 1 });
    expect(world.spent()).toBe(1_000_000);
    const bodies = world.sent.filter(({ path }) => path === "events").map(({ body }) => body);
    expect(bodies).toHaveLength(2);
    expect(new Set(bodies).size).toBe(1);
  });

  it.each([
    ["1970", 1_000],
    ["the future", Date.UTC(2027, 0, 1)],
  ])(
    "that was recorded in %s is sent if it is a commit, and set aside if it is an event",
    async (_, at) => {
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
      expect((failed as { error: Error }).error.message).toMatch(/recorded time is implausible/);
    },
  );

  it("ages on the monotonic clock after its record was read", async () => {
    const world = journaled();
    await world.leave(1);
    const clock = settable(world.clock);
    failOnceAndJump(world, clock);
    const recovering = world.open({ clock }).client.recover();
    await world.clock.advance(1_000);
    expect(await recovering).toMatchObject({ settled: 1 });
  });
});
