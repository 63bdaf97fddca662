import { setImmediate as turn } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { CyclesClient, HeartbeatFailedError, type Notice, usd } from "cycles-client";
import { EmbeddedCycles } from "cycles-client/embedded";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { hold } from "../support/hold.js";
import { budgeted, type Fault } from "../support/budgeted.js";
import { refusal, request } from "../support/responses.js";

const HOUR = 3_600_000;
const lease = { ...request, ttl_ms: 10_000 };
const refusals = (times: number, status: number, code: string) =>
  Array.from({ length: times }, () => refusal(status, code));
const unavailable = () => refusal(503, "INTERNAL_ERROR");
const drops = (times: number) => Array.from({ length: times }, () => "drop before" as const);

/** When each extension was sent, with its key and the requested duration. */
function extensions({ sent }: ReturnType<typeof budgeted>) {
  return sent("extend").map(({ body, at }) => {
    const { idempotency_key: key, extend_by_ms: byMs } = JSON.parse(body) as {
      idempotency_key: string;
      extend_by_ms: number;
    };
    return { key, byMs, at };
  });
}

const failures = (notices: readonly Notice[]) =>
  notices.filter((notice) => notice.type === "heartbeat_failed");

describe("the heartbeat", () => {
  it("requests the ttl of the reserve each time, with a new key", async () => {
    const cycles = budgeted();
    const guard = await cycles.client.reserve(lease);
    await cycles.clock.advance(36_000);
    // 10 s less 4,332 ms for two attempts of 1,666 ms and a margin of a second; then every 10 s.
    const sent = extensions(cycles);
    expect(sent.map(({ at }) => at)).toEqual([5_668, 15_668, 25_668, 35_668]);
    expect(sent.map(({ byMs }) => byMs)).toEqual([10_000, 10_000, 10_000, 10_000]);
    expect(new Set(sent.map(({ key }) => key)).size).toBe(4);
    expect(guard.expiresAt).toBeGreaterThan(cycles.clock.now());
    await guard.release();
    expect(guard.state).toBe("released");
  });

  it("subtracts the round trip of the reserve attempt that got the response", async () => {
    const cycles = budgeted();
    // The first attempt is lost after 6 s. The retry takes 200 ms.
    cycles.slow("reservations", 6_000, 200);
    cycles.fail("reservations", "drop before");
    const reserving = cycles.client.reserve({ ...request, ttl_ms: 60_000 });
    await cycles.clock.advance(6_200);
    const guard = await reserving;
    await cycles.clock.advance(60_000);
    // 60 s, less 200 ms for the round trip, and less 15 s for two attempts of 7 s and the margin.
    expect(extensions(cycles).map(({ at }) => at)).toEqual([6_200 + 60_000 - 200 - 15_000]);
    await guard.release();
  });

  it.each([
    ["the granted ttl", 20_000, 20_000],
    ["the default ttl, because more was granted than can be requested,", 90_000_000, 60_000],
  ])("requests %s if the reserve had no ttl", async (_, granted, byMs) => {
    const cycles = budgeted();
    const response = {
      decision: "ALLOW",
      reservation_id: "of-another-tenant",
      affected_scopes: [],
      remaining_ttl_ms: granted,
    };
    cycles.fail("reservations", { body: response });
    hold(await cycles.client.reserve(request));
    await cycles.clock.advance(granted);
    expect(extensions(cycles)).toMatchObject([{ byMs }]);
  });

  it("requests the default ttl before the work if 0 ms are left and the reserve had no ttl", async () => {
    const cycles = budgeted();
    const response = {
      decision: "ALLOW",
      reservation_id: "of-another-tenant",
      affected_scopes: [],
      remaining_ttl_ms: 0,
    };
    cycles.fail("reservations", { body: response });
    await expect(cycles.client.reserve(request)).rejects.toMatchObject({ code: "NOT_FOUND" });
    expect(extensions(cycles)).toMatchObject([{ byMs: 60_000 }]);
  });

  it("runs in run, wrap and stream", async () => {
    const cycles = budgeted();
    const { client, clock, sent } = cycles;
    await client.run(lease, () => clock.advance(6_000), { actual: "estimate" });
    expect(sent("extend")).toHaveLength(1);
    await client.wrap(lease, () => clock.advance(6_000), { actual: () => usd("0.1") })();
    expect(sent("extend")).toHaveLength(2);
    async function* items() {
      await clock.advance(6_000);
      yield "all there is";
    }
    const stream = client.stream(lease, items, { actual: "estimate" });
    for await (const item of stream) expect(item).toBe("all there is");
    expect(sent("extend")).toHaveLength(3);
    await clock.advance(HOUR);
    expect(sent("extend")).toHaveLength(3);
    expect(clock.pending).toBe(0);
  });

  it("can be switched off, and manual extensions still work", async () => {
    const { client, clock, sent, notices } = budgeted();
    const guard = await client.reserve(lease, { heartbeat: false });
    await clock.advance(6_000);
    await guard.extend(4_000);
    await clock.advance(30_000);
    expect(sent("extend")).toHaveLength(1);
    expect(notices.map(({ type }) => type)).toEqual(["reserved", "extended"]);
  });

  describe("on a server that caps the lease", () => {
    it("extends from one maximum lead to the next", async () => {
      const cycles = budgeted({ rules: { maxLeadMs: 20_000 } });
      const guard = await cycles.client.reserve({ ...request, ttl_ms: 20_000 });
      await cycles.clock.advance(60_000);
      // An extension grants 20 s. Two attempts of 3,333 ms and a second are reserved.
      expect(extensions(cycles).map(({ at }) => at)).toEqual([12_334, 24_668, 37_002, 49_336]);
      await guard.release();
    });

    it("adapts to smaller grants", async () => {
      const cycles = budgeted({ rules: { maxTtlMs: 20_000 } });
      const guard = await cycles.client.reserve({ ...request, ttl_ms: HOUR });
      await cycles.clock.advance(60_000);
      // An attempt may take a sixth of what is left: of 20 s first, then of 27,666 ms, then of 30,222 ms.
      expect(extensions(cycles).map(({ at }) => at)).toEqual([12_334, 29_778, 48_926]);
      await guard.release();
    });

    it("reports a lease that is too short after one extension", async () => {
      const cycles = budgeted({ rules: { maxLeadMs: 2_500 } });
      const guard = await cycles.client.reserve({ ...request, ttl_ms: 2_500 });
      await cycles.clock.advance(60_000);
      expect(extensions(cycles).map(({ at }) => at)).toEqual([0]);
      const [failure, ...others] = failures(cycles.notices);
      expect(others).toEqual([]);
      expect(failure).toMatchObject({
        reservationId: guard.id,
        error: { code: "LEASE_TOO_SHORT" },
        next: "no further extension, because the lease is too short to be extended safely; the lease ends at 2023-11-14T22:13:22.500Z",
      });
    });
  });

  it("stops when the extensions run out, and reports when the lease ends", async () => {
    const cycles = budgeted({ rules: { maxExtensions: 2 } });
    const guard = await cycles.client.reserve(lease);
    await cycles.clock.advance(HOUR);
    expect(cycles.sent("extend")).toHaveLength(3);
    expect(failures(cycles.notices)).toMatchObject([
      {
        error: { code: "MAX_EXTENSIONS_EXCEEDED" },
        next: "no further extension, because the server refuses it; the lease ends at 2023-11-14T22:13:50.000Z",
      },
    ]);
    expect(guard.expiresAt).toBe(Date.parse("2023-11-14T22:13:50.000Z"));
  });

  describe("on a server that does not say how long the lease lasts", () => {
    const rules = { reportRemainingTtl: false };

    it("extends after half of what is granted", async () => {
      const cycles = budgeted({ rules });
      const guard = await cycles.client.reserve({ ...request, ttl_ms: 60_000 });
      await cycles.clock.advance(29_999);
      expect(cycles.sent("extend")).toHaveLength(0);
      await cycles.clock.advance(270_001);
      // From 120 s on, one and a half grants are in reserve, so every other extension is skipped.
      const times = [30, 60, 90, 120, 180, 240, 300].map((s) => s * 1_000);
      expect(extensions(cycles).map(({ at }) => at)).toEqual(times);
      await guard.release();
    });

    it("keeps its cadence under a maximum lead, and reports once that the extensions will run out", async () => {
      const warnings: string[] = [];
      const warn = (message: string) => void warnings.push(message);
      const logger = { debug: warn, info: warn, warn, error: warn };
      const cycles = budgeted({
        rules: { ...rules, maxLeadMs: 60_000 },
        logger,
        logLevel: "warn",
      });
      const guard = await cycles.client.reserve({ ...request, ttl_ms: 60_000 });
      await cycles.clock.advance(HOUR / 4);
      const tenTimes = Array.from({ length: 11 }, (_, beat) => (beat + 1) * 30_000);
      expect(extensions(cycles).map(({ at }) => at)).toEqual(tenTimes);
      expect(cycles.notices.filter(({ type }) => type === "lease_clamped")).toEqual([
        { type: "lease_clamped", reservationId: guard.id, everyMs: 30_000 },
      ]);
      expect(warnings[0]).toBe(
        `cycles: the server seems to limit how far ahead the lease of ${guard.id} may end: ` +
          "it is extended every 30000 ms, and ends when the extensions run out (10 by default)",
      );
      expect(failures(cycles.notices)).toMatchObject([
        { error: { code: "MAX_EXTENSIONS_EXCEEDED" } },
      ]);
    });

    it("repeats a lost extension with the same key as long as the lease may last", async () => {
      const cycles = budgeted({ rules });
      cycles.fail("extend", ...drops(100));
      hold(await cycles.client.reserve(lease));
      await cycles.clock.advance(HOUR);
      const sent = extensions(cycles);
      expect(sent.map(({ at }) => at)).toEqual([5_000, 6_250, 7_250, 8_250, 9_250]);
      expect(new Set(sent.map(({ key }) => key)).size).toBe(1);
      expect(failures(cycles.notices)).toHaveLength(5);
    });
  });

  describe("after a failure", () => {
    it.each<[string, Fault]>([
      ["the response was lost", "drop after"],
      ["the request was lost", "drop before"],
      ["the server failed", unavailable()],
      ["the response has no body", { status: 200 }],
      ["the response is another success", { status: 204 }],
    ])("(%s) sends the same extension again and reports when", async (_, fault) => {
      const cycles = budgeted();
      cycles.fail("extend", fault);
      const guard = await cycles.client.reserve(lease);
      const { expiresAt } = guard;
      await cycles.clock.advance(8_000);
      const [first, second, ...others] = cycles.sent("extend");
      expect(second?.body).toBe(first?.body);
      expect(others).toEqual([]);
      expect(guard.expiresAt).toBe(expiresAt + 10_000);
      // After a quarter of the 4,332 ms that were left.
      expect(extensions(cycles).map(({ at }) => at)).toEqual([5_668, 6_751]);
      expect(failures(cycles.notices)).toMatchObject([
        { reservationId: guard.id, next: "the same request is sent again in 1083 ms" },
      ]);
      await guard.release();
    });

    it("times a request out early enough for the retry", async () => {
      const cycles = budgeted();
      cycles.slow("extend", HOUR);
      const guard = await cycles.client.reserve(lease);
      await cycles.clock.advance(9_000);
      // It hangs for 1,666 ms. Then 2,666 ms are left: just enough for another attempt and the margin.
      expect(extensions(cycles).map(({ at }) => at)).toEqual([5_668, 5_668 + 1_666]);
      expect(failures(cycles.notices)).toMatchObject([{ error: { code: "TIMEOUT" } }]);
      expect(guard.expiresAt).toBeGreaterThan(cycles.clock.now() + 10_000);
      await guard.release();
    });

    it("stops before the lease may be over if every request is lost", async () => {
      const cycles = budgeted();
      cycles.fail("extend", ...drops(100));
      const guard = await cycles.client.reserve(lease);
      await cycles.clock.advance(HOUR);
      const sent = extensions(cycles);
      expect(sent.map(({ at }) => at)).toEqual([5_668, 6_751, 7_334, 7_334]);
      expect(new Set(sent.map(({ key }) => key)).size).toBe(1);
      expect(failures(cycles.notices).map(({ next }) => next)).toEqual([
        "the same request is sent again in 1083 ms",
        "the same request is sent again in 583 ms",
        "the same request is sent again in 0 ms",
        "no further extension, because the last attempt within the lease has failed; the lease ends at 2023-11-14T22:13:30.000Z",
      ]);
      expect(guard.state).toBe("open");
    });

    it.each([
      ["waits as long as a throttling server asks", "1", [5_668, 6_668], "1000 ms"],
      [
        "stops if the server asks for a longer pause than the lease allows",
        "2",
        [5_668],
        "longer pause",
      ],
      ["stops if the server does not say how long to wait", undefined, [5_668], "does not say"],
      [
        "stops if Retry-After is a date, which the protocol does not allow",
        "Wed, 21 Oct 2026 07:28:00 GMT",
        [5_668],
        "does not say",
      ],
    ])("%s", async (_, retryAfter, times, next) => {
      const cycles = budgeted();
      const headers: Record<string, string> = {};
      if (retryAfter !== undefined) headers["retry-after"] = retryAfter;
      cycles.fail("extend", { ...refusal(429, "LIMIT_EXCEEDED"), headers });
      const guard = await cycles.client.reserve(lease);
      await cycles.clock.advance(9_000);
      expect(extensions(cycles).map(({ at }) => at)).toEqual(times);
      expect(new Set(extensions(cycles).map(({ key }) => key)).size).toBe(1);
      expect(failures(cycles.notices)).toMatchObject([
        { next: expect.stringContaining(next) as string, error: { code: "LIMIT_EXCEEDED" } },
      ]);
      await guard.release();
    });

    it.each([
      [410, "RESERVATION_EXPIRED", true],
      [409, "RESERVATION_FINALIZED", true],
      [404, "NOT_FOUND", true],
      [409, "TENANT_CLOSED", true],
      [409, "MAX_EXTENSIONS_EXCEEDED", false],
      [409, "IDEMPOTENCY_MISMATCH", false],
      [403, "FORBIDDEN", false],
      [401, "UNAUTHORIZED", false],
      [400, "INVALID_REQUEST", false],
      [400, "SOMETHING_NEW", false],
    ])("stops after %d %s and does not use another key", async (status, code, isLost) => {
      const cycles = budgeted();
      cycles.fail("extend", ...refusals(3, status, code));
      const guard = await cycles.client.reserve(lease);
      await cycles.clock.advance(HOUR);
      expect(cycles.sent("extend")).toHaveLength(1);
      const types = cycles.notices.slice(1).map(({ type }) => type);
      expect(types).toEqual(["heartbeat_failed", ...(isLost ? ["lease_lost"] : [])]);
      expect(guard.state).toBe("open");
      expect(guard.signal.aborted).toBe(false);
    });

    it("never sends a new extension while the fate of the last one is unknown", async () => {
      const fault = fc.constantFrom("drop before" as const, "drop after" as const, "503" as const);
      await fc.assert(
        fc.asyncProperty(fc.array(fc.option(fault), { maxLength: 12 }), async (faults) => {
          const cycles = budgeted();
          cycles.fail(
            "extend",
            ...faults.map((name) => (name === "503" ? unavailable() : (name ?? "none"))),
          );
          const guard = await cycles.client.reserve(lease);
          await cycles.clock.advance(40_000);
          const sent = extensions(cycles);
          sent.forEach(({ key }, index) => {
            const before = sent[index - 1];
            if (before === undefined) return;
            expect(key === before.key).toBe((faults[index - 1] ?? null) !== null);
          });
          guard.setActual(usd("0.1"));
          await guard.close();
          expect(cycles.clock.pending).toBe(0);
        }),
        { numRuns: 15 },
      );
    });
  });

  describe("under its policies", () => {
    it("warn: reports, and does not affect the work and its commit", async () => {
      const { client, clock, fail } = budgeted();
      fail("extend", refusal(409, "MAX_EXTENSIONS_EXCEEDED"));
      const guard = await client.reserve(lease);
      await clock.advance(6_000);
      expect(guard.signal.aborted).toBe(false);
      expect(await guard.commit(usd("0.1"))).toMatchObject({ state: "committed" });
    });

    it("fail: makes the commit and then throws", async () => {
      const { client, clock, fail, spent } = budgeted();
      fail("extend", refusal(409, "MAX_EXTENSIONS_EXCEEDED"));
      const guard = await client.reserve(lease, { heartbeat: "fail" });
      await clock.advance(6_000);
      await expect(guard.commit(usd("0.1"))).rejects.toThrow(HeartbeatFailedError);
      expect(spent()).toBe(10_000_000);
    });

    it("fail: does not throw if a manual extension saved the lease", async () => {
      const { client, clock, fail, sent } = budgeted();
      fail("extend", refusal(401, "UNAUTHORIZED"));
      const guard = await client.reserve(lease, { heartbeat: "fail" });
      await clock.advance(6_000);
      await guard.extend(10_000);
      await clock.advance(14_000);
      expect(sent("extend")).toHaveLength(3);
      expect(await guard.commit(usd("0.1"))).toMatchObject({ state: "committed" });
    });

    it("cancel: aborts the signal of the guard with the failure", async () => {
      const { client, clock, fail } = budgeted();
      fail("extend", refusal(409, "MAX_EXTENSIONS_EXCEEDED"));
      const guard = await client.reserve(lease, { heartbeat: "cancel" });
      const { signal } = guard;
      await clock.advance(6_000);
      expect(signal.reason).toMatchObject({ code: "MAX_EXTENSIONS_EXCEEDED" });
    });

    it("cancel: aborts a signal that is read only afterwards", async () => {
      const { client, clock } = budgeted({ rules: { maxLeadMs: 1_000 } });
      const guard = await client.reserve({ ...request, ttl_ms: 1_000 }, { heartbeat: "cancel" });
      await clock.advance(100);
      expect(guard.signal.reason).toMatchObject({ code: "LEASE_TOO_SHORT" });
    });
  });

  describe("with manual extensions", () => {
    it("continues from the response", async () => {
      const cycles = budgeted();
      const guard = await cycles.client.reserve(lease);
      await cycles.clock.advance(5_000);
      await guard.extend(20_000);
      await cycles.clock.advance(21_000);
      // 25 s were left after it, less the reserved 4,332 ms.
      expect(extensions(cycles)).toMatchObject([
        { at: 5_000, byMs: 20_000 },
        { at: 5_000 + 20_668, byMs: 10_000 },
      ]);
      await guard.release();
    });

    it("sends one request at a time", async () => {
      const cycles = budgeted();
      cycles.slow("extend", 1_000, 1_000);
      const guard = await cycles.client.reserve(lease);
      await cycles.clock.advance(5_700);
      const byHand = guard.extend(3_000);
      await cycles.clock.advance(10_000);
      await byHand;
      expect(extensions(cycles).slice(0, 2)).toMatchObject([
        { at: 5_668, byMs: 10_000 },
        { at: 6_668, byMs: 3_000 },
      ]);
      await guard.release();
    });

    it("keeps its schedule if the manual extension fails", async () => {
      const cycles = budgeted();
      const guard = await cycles.client.reserve(lease);
      await cycles.clock.advance(1_000);
      cycles.fail("extend", "drop before");
      await expect(guard.extend(20_000)).rejects.toMatchObject({ code: "CONNECTION" });
      await cycles.clock.advance(6_000);
      expect(extensions(cycles).map(({ at }) => at)).toEqual([1_000, 5_668]);
      expect(failures(cycles.notices)).toEqual([]);
      await guard.release();
    });

    it("refuses a duration that is not valid", async () => {
      const { client, sent } = budgeted();
      const guard = await client.reserve(lease);
      await expect(guard.extend(0)).rejects.toThrow("extend_by_ms");
      expect(sent("extend")).toHaveLength(0);
      await guard.release();
    });
  });

  describe("during a commit", () => {
    it("sends nothing, and nothing afterwards", async () => {
      const cycles = budgeted();
      cycles.slow("commit", 5_000);
      const guard = await cycles.client.reserve(lease);
      await cycles.clock.advance(3_000);
      const committing = guard.commit(usd("0.1"));
      await cycles.clock.advance(HOUR);
      expect(await committing).toMatchObject({ state: "committed" });
      expect(cycles.sent("extend")).toHaveLength(0);
      expect(cycles.clock.pending).toBe(0);
    });

    it("sends the due extension after the commit is refused", async () => {
      const cycles = budgeted();
      cycles.slow("commit", 4_000);
      cycles.fail("commit", refusal(409, "BUDGET_EXCEEDED"));
      const guard = await cycles.client.reserve(lease);
      await cycles.clock.advance(3_000);
      const committing = guard.commit(usd("0.1")).catch(() => "refused");
      await cycles.clock.advance(5_000);
      expect(await committing).toBe("refused");
      expect(extensions(cycles).map(({ at }) => at)).toEqual([7_000]);
      await guard.commit(usd("0.1"));
    });

    it("sends an extension that was held up for long, because it may still be in time", async () => {
      const cycles = budgeted();
      cycles.slow("commit", 6_500);
      cycles.fail("commit", refusal(409, "BUDGET_EXCEEDED"));
      const guard = await cycles.client.reserve(lease);
      await cycles.clock.advance(3_000);
      const committing = guard.commit(usd("0.1")).catch(() => "refused");
      await cycles.clock.advance(6_600);
      expect(await committing).toBe("refused");
      expect(extensions(cycles).map(({ at }) => at)).toEqual([9_500]);
      expect(failures(cycles.notices)).toEqual([]);
      await guard.commit(usd("0.1"));
    });

    it("stops if a retry was held up for too long", async () => {
      const cycles = budgeted();
      cycles.fail("extend", "drop before");
      cycles.slow("commit", 1_500);
      cycles.fail("commit", refusal(409, "BUDGET_EXCEEDED"));
      const guard = await cycles.client.reserve(lease);
      // The retry is due between 6,751 and 7,334. The commit is refused at 7,500.
      await cycles.clock.advance(6_000);
      const committing = guard.commit(usd("0.1")).catch(() => "refused");
      await cycles.clock.advance(5_000);
      expect(await committing).toBe("refused");
      expect(extensions(cycles).map(({ at }) => at)).toEqual([5_668]);
      expect(failures(cycles.notices).map(({ next }) => next)).toEqual([
        "the same request is sent again in 1083 ms",
        expect.stringContaining("because too little of the lease is left"),
      ]);
      await guard.commit(usd("0.1"));
    });

    it("does not report the lease as lost because the reservation has ended", async () => {
      const cycles = budgeted();
      // The extension is sent before the commit, and refused before the response to the commit.
      cycles.slow("extend", 1_000);
      cycles.slow("commit", 2_000);
      const guard = await cycles.client.reserve(lease, { heartbeat: "fail" });
      cycles.fail("extend", refusal(409, "RESERVATION_FINALIZED"));
      await cycles.clock.advance(6_000);
      const committing = guard.commit(usd("0.1"));
      await cycles.clock.advance(5_000);
      expect(await committing).toMatchObject({ state: "committed" });
      expect(failures(cycles.notices)).toEqual([]);
    });

    it("handles a failure during the commit after the commit is refused", async () => {
      const cycles = budgeted();
      cycles.slow("extend", 1_000);
      cycles.slow("commit", 1_500);
      cycles.fail("extend", refusal(403, "FORBIDDEN"));
      cycles.fail("commit", refusal(409, "BUDGET_EXCEEDED"));
      const guard = await cycles.client.reserve(lease);
      await cycles.clock.advance(6_000);
      const committing = guard.commit(usd("0.1")).catch(() => "refused");
      await cycles.clock.advance(1_000);
      expect(failures(cycles.notices)).toEqual([]);
      await cycles.clock.advance(1_000);
      expect(await committing).toBe("refused");
      expect(failures(cycles.notices)).toMatchObject([{ error: { code: "FORBIDDEN" } }]);
    });
  });

  describe("has a small cost", () => {
    it("for a thousand open guards: sends only the required extensions", async () => {
      const cycles = budgeted({ budget: "1000.00" });
      // The times of the extensions within a minute, by ttl.
      const prescribed: Readonly<Record<number, readonly number[]>> = {
        10_000: [5_668, 15_668, 25_668, 35_668, 45_668, 55_668],
        30_000: [19_000, 49_000],
        60_000: [45_000],
        120_000: [],
      };
      const ttls = Object.keys(prescribed).map(Number);
      const guards = await Promise.all(
        Array.from({ length: 1_000 }, (_, index) =>
          cycles.client.reserve({ ...request, ttl_ms: ttls[index % ttls.length] ?? 0 }),
        ),
      );
      await cycles.clock.advance(60_000);
      for (const ttl of ttls) {
        const times = extensions(cycles)
          .filter(({ byMs }) => byMs === ttl)
          .map(({ at }) => at);
        const each = (prescribed[ttl] ?? []).flatMap((at) => Array.from({ length: 250 }, () => at));
        expect(times).toEqual(each);
      }
      expect(cycles.clock.pending).toBe(1_000);
      await Promise.all(guards.map((guard) => guard.commit(usd("0.1"))));
      expect(cycles.clock.pending).toBe(0);
      await cycles.clock.advance(HOUR);
      expect(cycles.sent("extend")).toHaveLength(250 * 9);
    });

    it("on the real clock: no timer keeps the process alive, and none is left after the settlement", async () => {
      const authority = new EmbeddedCycles({ budgets: { "tenant:acme": usd("5.00") } });
      const client = new CyclesClient({ ...authority.clientOptions("acme"), logLevel: "off" });
      const timers = () =>
        process.getActiveResourcesInfo().filter((name) => name === "Timeout").length;
      const before = timers();
      const guard = await client.reserve(request);
      expect(timers()).toBe(before);
      await guard.commit(usd("0.1"));
      expect(timers()).toBe(before);
    });

    it("after its guard is garbage-collected: it stops, and a notice reports it", async () => {
      setFlagsFromString("--expose-gc");
      const collect = runInNewContext("gc") as () => void;
      const cycles = budgeted();
      const dropped = () => cycles.notices.find(({ type }) => type === "guard_dropped");
      const id = await (async () => (await cycles.client.reserve(lease)).id)();
      expect(cycles.clock.pending).toBe(1);
      while (dropped() === undefined) {
        collect();
        await turn();
      }
      expect(dropped()).toEqual({ type: "guard_dropped", reservationId: id });
      expect(cycles.clock.pending).toBe(0);
      expect(cycles.reserved()).toBe(40_000_000);
      await cycles.clock.advance(HOUR);
      expect(cycles.sent("extend")).toHaveLength(0);
    });
  });
});
