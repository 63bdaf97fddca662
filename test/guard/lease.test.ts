import { CyclesConnectionError, CyclesResponseError } from "cycles-client";
import { describe, expect, it } from "vitest";
import {
  extended,
  extendTimeout,
  failed,
  type Lease,
  leased,
  overdue,
  type Planned,
} from "../../src/guard/lease/lease.js";
import type { Step } from "../../src/guard/lease/step.js";

type Failure = Parameters<typeof failed>[1];

const lost: Failure = {
  kind: "unreachable",
  error: new CyclesConnectionError("the connection was reset"),
};
const garbled: Failure = { kind: "ambiguous", body: undefined, reason: "status 502" };
const limited = (retryAfterMs?: number): Failure => ({
  kind: "limited",
  body: undefined,
  retryAfterMs,
});
const refused = (status: number): Failure => ({
  kind: "rejected",
  status,
  body: undefined,
  understood: false,
});

interface ResponseDraft {
  readonly left?: number;
  readonly expiry?: number;
  readonly sent?: number;
  readonly at?: number;
}

/** A response at a time, by default with a round trip of 0 ms. */
const response = ({ left, expiry, at = 0, sent = at }: ResponseDraft) => ({
  remainingTtlMs: left,
  expiresAtMs: expiry,
  sentAt: sent,
  receivedAt: at,
});

/** A lease for which the server says how much is left. */
const reported = (
  draft: ResponseDraft & { readonly left: number },
  attemptMs = 7_000,
  ttlMs = 60_000,
) => leased({ ttlMs, attemptMs }, response(draft));

/** A lease for which the server says only when it ends, after grants at the given times. */
function measured(ttlMs: number, ...grants: readonly (readonly [at: number, grant: number])[]) {
  let expiry = 1_000_000;
  let planned = leased({ ttlMs, attemptMs: extendTimeout(7_000, ttlMs) }, response({ expiry }));
  for (const [at, grant] of grants) {
    expiry += grant;
    planned = extended(planned.lease, response({ expiry, at }));
  }
  return planned;
}

/** The steps after failures at the given times. */
function failures(
  { lease }: Planned,
  ...events: readonly (readonly [at: number, failure: Failure])[]
): Step[] {
  let now: Lease = lease;
  return events.map(([at, failure]) => {
    const planned = failed(now, failure, at);
    now = planned.lease;
    return planned.step;
  });
}

const beat = (inMs: number, regime = "reported") => ({ kind: "beat", inMs, regime });
const retry = (inMs: number) => ({ kind: "retry", inMs });
const stop = (because: string) => ({ kind: "stop", because });

describe("the time limit of one extension", () => {
  it.each([
    [7_000, 60_000, 7_000],
    [7_000, 42_000, 7_000],
    [7_000, 12_000, 2_000],
    [7_000, 9_999, 1_666],
    [7_000, 1_000, 1_000],
    [500, 60_000, 500],
  ])("is, for attempts of %d ms and a ttl of %d ms, %d ms", (attemptMs, ttlMs, bound) => {
    expect(extendTimeout(attemptMs, ttlMs)).toBe(bound);
  });
});

describe("the time limit of the next attempt", () => {
  const bound = ({ lease }: Planned) => lease.pace.attemptMs;

  // granted of the requested minute → the time limit, and the delay that leaves time for two attempts and the margin
  it.each([
    ["a full minute", 60_000, 7_000, 45_000],
    ["more than a minute", 90_000, 7_000, 75_000],
    ["almost a minute", 59_990, 7_000, 44_990],
    ["six times seven seconds", 42_000, 7_000, 27_000],
    ["less than six times seven seconds", 41_999, 6_999, 27_001],
    ["20 s", 20_000, 3_333, 12_334],
    ["5 s", 5_000, 1_000, 2_000],
    ["just enough for two attempts and the margin", 3_001, 1_000, 1],
    ["exactly two attempts and the margin", 3_000, 1_000, 0],
    ["nothing", 0, 1_000, 0],
  ])("after the server grants %s", (_, left, attemptMs, inMs) => {
    const planned = reported({ left });
    expect(bound(planned)).toBe(attemptMs);
    expect(planned.step).toEqual(beat(inMs));
  });

  it("follows each response, down and up again", () => {
    let planned = reported({ left: 60_000 });
    const bounds = [5_000, 20_000, 60_000, 12_000].map((left, beats) => {
      planned = extended(planned.lease, response({ left, at: beats * 1_000 }));
      return bound(planned);
    });
    expect(bounds).toEqual([1_000, 3_333, 7_000, 2_000]);
  });

  it("is at most that of the client", () => {
    expect(bound(reported({ left: 30_000 }, 500))).toBe(500);
    expect(bound(reported({ left: 30_000 }, Infinity))).toBe(5_000);
  });

  it("does not change if the server does not say what is left", () => {
    const silent = extended(reported({ left: 5_000 }).lease, response({ expiry: 1, at: 1 }));
    expect(bound(silent)).toBe(7_000);
  });

  it("also applies to a retry", () => {
    // An attempt has used 1 s of 5 s. Besides an attempt and the margin, 2,000 ms are left.
    const planned = reported({ left: 5_000 });
    expect(failures(planned, [1_000, lost], [3_000, lost])).toEqual([retry(1_000), retry(0)]);
  });
});

describe("a lease whose end the server reports", () => {
  describe("is planned from the last response only", () => {
    it("after the reserve and after each extension", () => {
      expect(reported({ left: 60_000 }).step).toEqual(beat(45_000));
      const { lease } = reported({ left: 60_000 });
      expect(extended(lease, response({ left: 60_000, at: 45_000 })).step).toEqual(beat(45_000));
      expect(extended(lease, response({ left: 80_000, at: 45_000 })).step).toEqual(beat(65_000));
    });

    it("and not from the sum of earlier grants", () => {
      const { lease } = reported({ left: 3_600_000, expiry: 9_000_000 });
      const planned = extended(lease, response({ left: 61_000, expiry: 9_060_000, at: 1 }));
      expect(planned.step).toEqual(beat(46_000));
    });
  });

  describe("counts only what is certain to be left", () => {
    it.each([
      ["subtracts the whole round trip", 60_000, 400, 44_600],
      ["rounds down what is left", 60_000, 0.25, 44_999],
      ["is never negative", 300, 400, 0],
    ])("%s", (_, left, rtt, inMs) => {
      expect(reported({ left, sent: 100, at: 100 + rtt }).step).toEqual(beat(inMs));
    });

    it("measures the attempt that got the response, not those before it", () => {
      // The first attempt was sent at 0 and was lost. The retry was sent at 7,000.
      expect(reported({ left: 60_000, sent: 7_000, at: 7_100 }).step).toEqual(beat(44_900));
    });
  });

  describe("reserves time for two attempts and a margin", () => {
    // time limit of an attempt, longest round trip, left → delay
    it.each([
      [10_000, 1_500, 61_500, 37_000],
      [30_000, 0, 60_000, 0],
      [30_000, 0, 61_000, 0],
      [30_000, 0, 61_001, 1],
      [200, 0, 10_000, 7_000],
      [1_000, 600, 10_600, 6_400],
      [1_666, 0, 10_000, 5_668],
      [7_000.2, 0, 60_000, 44_998],
      [Infinity, 0, 60_000, 0],
    ])("attempts of %d ms, round trip %d, %d left: %d ms", (attemptMs, rtt, left, inMs) => {
      expect(reported({ left, at: rtt, sent: 0 }, attemptMs).step).toEqual(beat(inMs));
    });

    it("by the longest round trip so far, not the last one", () => {
      const { lease } = reported({ left: 60_000, sent: 0, at: 4_000 });
      const quick = extended(lease, response({ left: 60_000, sent: 20_000, at: 20_000 }));
      expect(quick.step).toEqual(beat(60_000 - 2 * 8_000 - 8_000));
    });

    it("without an overflow", () => {
      expect(reported({ left: Number.MAX_VALUE }, Number.MAX_VALUE).step).toEqual(beat(0));
      const slow = reported({ left: 60_000, sent: -Number.MAX_VALUE, at: Number.MAX_VALUE });
      expect(slow.step).toEqual(beat(0));
    });
  });

  describe("with an unreliable clock", () => {
    it.each([
      ["went back during the attempt", 500, 400],
      ["returned NaN", Number.NaN, 400],
    ])("counts nothing as certain if the clock %s", (_, sent, at) => {
      const { step, lease } = reported({ left: 60_000, sent, at });
      expect(step).toEqual(beat(0));
      const again = extended(lease, response({ left: 60_000, sent, at, expiry: 5 }));
      expect(again.step).toEqual(stop("lease_too_short"));
    });

    it("does not count such a round trip as the longest one", () => {
      const { lease } = reported({ left: 60_000, sent: 500, at: 400 });
      expect(extended(lease, response({ left: 60_000, at: 500 })).step).toEqual(beat(45_000));
    });

    it("does not retry if the clock went back since the response", () => {
      expect(failures(reported({ left: 60_000, at: 100 }), [50, lost])).toEqual([stop("too_late")]);
    });
  });

  describe("without time for an attempt and a retry", () => {
    it("is extended at once, and continues if that made it long enough", () => {
      const { step, lease } = reported({ left: 3_000 }, 1_000, 3_000);
      expect(step).toEqual(beat(0));
      const longer = extended(lease, response({ left: 6_000 }));
      expect(longer.step).toEqual(beat(3_000));
      expect(extended(longer.lease, response({ left: 3_000 })).step).toEqual(beat(0));
    });

    it("stops if it is still too short", () => {
      const { lease } = reported({ left: 3_000 }, 1_000, 3_000);
      const clamped = extended(lease, response({ left: 3_000 }));
      expect(clamped.step).toEqual(stop("lease_too_short"));
    });

    it("continues after a later extension that made it long enough", () => {
      const { lease } = reported({ left: 1_000 }, 1_000, 1_000);
      const given = extended(lease, response({ left: 2_000 }));
      expect(extended(given.lease, response({ left: 2_500 })).step).toEqual(
        stop("lease_too_short"),
      );
      expect(extended(given.lease, response({ left: 62_000 })).step).toEqual(beat(59_000));
    });
  });

  describe("after an attempt whose fate is unknown", () => {
    it.each([
      ["no response", lost],
      ["a response that proves nothing", garbled],
    ])("(%s) retries after a quarter of what is left", (_, failure) => {
      expect(failures(reported({ left: 60_000 }), [20_000, failure])).toEqual([retry(10_000)]);
    });

    // left at the response, its age → what is left after that, less 7,000 and 1,000, is the room
    it.each([
      ["after at most 30 s", 3_600_000, 45_000, retry(30_000)],
      ["early enough for one more complete attempt", 60_000, 50_000, retry(2_000)],
      ["after a delay that is rounded down", 60_000, 20_000.5, retry(9_999)],
      ["at once if an attempt just fits", 60_000, 52_000, retry(0)],
      ["never if an attempt does not fit", 60_000, 52_001, stop("too_late")],
      ["never if a fraction of a millisecond is missing", 60_000, 52_000.1, stop("too_late")],
      ["never if the lease is over", 60_000, 90_000, stop("too_late")],
    ])("retries %s", (_, left, age, step) => {
      expect(failures(reported({ left }), [age, garbled])).toEqual([step]);
    });

    it("plans again after each failure, from the same response", () => {
      const steps = failures(
        reported({ left: 60_000 }),
        [45_000, lost],
        [49_000, lost],
        [51_500, lost],
        [53_000, lost],
      );
      expect(steps).toEqual([retry(3_750), retry(2_750), retry(500), stop("too_late")]);
    });

    it("counts from the new response after a success", () => {
      const first = failed(reported({ left: 60_000 }).lease, lost, 52_000);
      expect(first.step).toEqual(retry(0));
      const { lease } = extended(first.lease, response({ left: 60_000, at: 52_000 }));
      expect(failed(lease, lost, 104_000).step).toEqual(retry(0));
    });

    it("makes the last, immediate retry once, even if the clock stands still", () => {
      const steps = failures(reported({ left: 60_000 }), [52_000, lost], [52_000, lost]);
      expect(steps).toEqual([retry(0), stop("retry_spent")]);
    });

    it("stops if neither the clock nor the time left has changed", () => {
      const steps = failures(reported({ left: 60_000 }), [46_000, lost], [46_000, lost]);
      expect(steps).toEqual([retry(3_500), stop("no_progress")]);
    });
  });

  describe("when throttled", () => {
    // 14,000 are left at the failure, so a retry can wait for 6,000
    it.each([
      ["waits as long as the server asks", 5_000, retry(5_000)],
      ["waits until the last possible millisecond", 6_000, retry(6_000)],
      ["stops if the pause is too long", 7_000, stop("throttled")],
      ["stops if the server does not say how long to wait", undefined, stop("throttled")],
      ["stops if the pause is NaN", Number.NaN, stop("throttled")],
      ["stops if the pause is negative", -1_000, stop("throttled")],
      ["stops if the pause is infinite", Infinity, stop("throttled")],
    ])("%s", (_, retryAfterMs, step) => {
      expect(failures(reported({ left: 60_000 }), [46_000, limited(retryAfterMs)])).toEqual([step]);
    });

    it("waits longer than 30 s if the server asks for it and the lease allows it", () => {
      const steps = failures(reported({ left: 600_000 }), [1_000, limited(200_000)]);
      expect(steps).toEqual([retry(200_000)]);
    });

    it("obeys a pause of 0 once, and then uses the usual delay", () => {
      const steps = failures(
        reported({ left: 60_000 }),
        [20_000, limited(0)],
        [20_010, limited(0)],
        [40_000, limited(0)],
      );
      expect(steps).toEqual([retry(0), retry(9_997), retry(5_000)]);
    });

    it("sends five requests without a pause in the worst case, and then stops", () => {
      const planned = reported({ left: 10_000 }, 1_000);
      // Two retries, the second without time to wait; an extension that changes nothing; and the same again.
      const before = [7_500, 8_000].map((at) => [at, limited(0)] as const);
      expect(failures(planned, ...before)).toEqual([retry(0), retry(0)]);
      const crowded = extended(planned.lease, response({ left: 2_500, at: 8_000 }));
      expect(crowded.step).toEqual(beat(0));
      const after = [8_100, 8_500, 8_500].map((at) => [at, limited(0)] as const);
      expect(failures(crowded, ...after)).toEqual([retry(0), retry(0), stop("retry_spent")]);
    });

    it("still obeys a longer pause after that", () => {
      const steps = failures(
        reported({ left: 60_000 }),
        [20_000, limited(0)],
        [21_000, limited(3_000)],
      );
      expect(steps).toEqual([retry(0), retry(3_000)]);
    });

    it("obeys a pause of 0 after a delayed retry", () => {
      const steps = failures(reported({ left: 60_000 }), [20_000, lost], [31_000, limited(0)]);
      expect(steps).toEqual([retry(10_000), retry(0)]);
    });
  });

  it.each([
    ["400", refused(400)],
    ["401", refused(401)],
    ["404, gone for good", refused(404)],
    ["409, finalized or out of extensions", refused(409)],
    ["410, expired", refused(410)],
    ["a redirect", refused(302)],
    [
      "a response that no retry would improve",
      {
        kind: "unreachable",
        error: new CyclesResponseError("redirected", { status: 302, retryable: false }),
      } as const,
    ],
  ])("stops after a refusal (%s)", (_, failure) => {
    expect(failures(reported({ left: 60_000 }), [45_000, failure])).toEqual([stop("refused")]);
    expect(failures(measured(60_000), [30_000, failure])).toEqual([stop("refused")]);
  });
});

describe("a lease whose end has to be measured", () => {
  it.each([
    [10_000, 5_000],
    [60_000, 30_000],
    [86_400_000, 30_000],
    [1_001, 500],
  ])("with a ttl of %d ms is first extended after %d ms", (ttlMs, inMs) => {
    expect(measured(ttlMs).step).toEqual(beat(inMs, "unmeasured"));
  });

  it("is measured from the first response with an expiry", () => {
    const { lease } = leased({ ttlMs: 60_000, attemptMs: 7_000 }, response({}));
    const first = extended(lease, response({ expiry: 500_000, at: 30_000 }));
    expect(first.step).toEqual(beat(30_000, "unmeasured"));
    const second = extended(first.lease, response({ expiry: 560_000, at: 60_000 }));
    expect(second.step).toEqual(beat(30_000, "full_grants"));
  });

  // ttl, time since the last response, what was granted → the regime, and the next extension
  it.each([
    ["all that was requested", 60_000, 30_000, 60_000, beat(30_000, "full_grants")],
    ["nine tenths of what was requested", 60_000, 20_000, 54_000, beat(27_000, "full_grants")],
    ["more than was requested", 60_000, 30_000, 90_000, beat(45_000, "full_grants")],
    [
      "all that was requested, after the same time",
      60_000,
      60_000,
      60_000,
      beat(30_000, "full_grants"),
    ],
    [
      "less, but far more than the elapsed time",
      60_000,
      30_000,
      53_999,
      beat(26_999, "smaller_grants"),
    ],
    [
      "less, and far less than the elapsed time",
      60_000,
      30_000,
      20_000,
      beat(10_000, "smaller_grants"),
    ],
    ["almost nothing", 60_000, 30_000, 500, beat(1_000, "smaller_grants")],
    ["the elapsed time", 60_000, 30_000, 30_000, beat(30_000, "maximum_lead")],
    ["three quarters of the elapsed time", 60_000, 20_000, 15_000, beat(30_000, "maximum_lead")],
    ["five quarters of the elapsed time", 60_000, 20_000, 25_000, beat(30_000, "maximum_lead")],
    ["nothing", 60_000, 30_000, 0, beat(30_000, "maximum_lead")],
    ["a negative time", 20_000, 10_000, -4_000, beat(10_000, "maximum_lead")],
  ])("after a grant of %s", (_, ttlMs, at, grant, step) => {
    expect(measured(ttlMs, [at, grant]).step).toEqual(step);
  });

  it("is measured again from a response without an expiry", () => {
    const { lease } = measured(60_000, [30_000, 60_000]);
    const silent = extended(lease, response({ at: 60_000 }));
    expect(silent.step).toEqual(beat(30_000, "unmeasured"));
    expect(failures(silent, [100_000, lost])).toEqual([retry(5_000)]);
  });

  it("skips the extensions that earlier grants make unnecessary", () => {
    const grants = [30, 60, 90, 120].map((s) => [s * 1_000, 60_000] as const);
    expect(measured(60_000, ...grants.slice(0, 3)).step).toEqual(beat(30_000, "full_grants"));
    // At 150 s, 240 s have been granted: 90 s are left, one and a half grants. At 180 s, only 60 s.
    expect(measured(60_000, ...grants).step).toEqual(beat(60_000, "full_grants"));
  });

  it("skips no extension if the clock went back", () => {
    const { lease } = leased(
      { ttlMs: 60_000, attemptMs: 7_000 },
      response({ expiry: 0, at: 50_000 }),
    );
    const before = extended(lease, response({ expiry: 600_000, at: 10_000 }));
    expect(before.step).toEqual(beat(300_000, "full_grants"));
  });

  describe("after an attempt whose fate is unknown", () => {
    it("retries after a quarter of what can be left, as long as anything can be", () => {
      const steps = failures(
        measured(10_000),
        [5_000, lost],
        [6_250, garbled],
        [7_250, lost],
        [9_000, lost],
        [9_001, lost],
      );
      expect(steps).toEqual([
        retry(1_250),
        retry(1_000),
        retry(1_000),
        retry(1_000),
        stop("too_late"),
      ]);
    });

    it("adds what was granted to what can be left", () => {
      const steps = failures(measured(60_000, [30_000, 60_000]), [60_000, lost], [200_000, lost]);
      expect(steps).toEqual([retry(15_000), stop("too_late")]);
    });

    it("waits at most 30 s, and stops if the clock stands still", () => {
      const steps = failures(measured(3_600_000), [30_000, lost], [30_000, lost]);
      expect(steps).toEqual([retry(30_000), stop("no_progress")]);
    });

    it.each([
      ["waits as long as a throttling server asks", 4_000, retry(4_000)],
      ["waits at least a second", 0, retry(1_000)],
      ["stops if the pause is longer than the lease can last", 6_000, stop("throttled")],
      ["stops if the server does not say how long to wait", undefined, stop("throttled")],
    ])("%s", (_, retryAfterMs, step) => {
      expect(failures(measured(10_000), [5_000, limited(retryAfterMs)])).toEqual([step]);
    });
  });
});

describe("a retry that was held up", () => {
  // If the server reports what is left, 7,000 and 1,000 must be left; otherwise, any time is enough.
  it.each([
    ["is sent if it fits", reported({ left: 60_000 }), 51_000, undefined],
    ["is sent if it just fits", reported({ left: 60_000 }), 52_000, undefined],
    ["is abandoned if it does not fit", reported({ left: 60_000 }), 52_001, stop("too_late")],
    ["is sent as long as the lease can last", measured(60_000), 60_000, undefined],
    ["is abandoned if the lease cannot last", measured(60_000), 60_001, stop("too_late")],
  ])("%s", (_, { lease }, now, step) => {
    expect(overdue(lease, now)?.step).toEqual(step);
  });
});

describe("a server that only sometimes says what is left", () => {
  it("is measured from the first response that does not say it", () => {
    const { lease } = reported({ left: 60_000, expiry: 1_000_000 });
    const silent = extended(lease, response({ expiry: 1_060_000, at: 45_000 }));
    expect(silent.step).toEqual(beat(30_000, "full_grants"));
    expect(failures(silent, [75_000, lost])).toEqual([retry(11_250)]);
  });

  it("is trusted from the first response that does", () => {
    const { lease } = measured(60_000, [30_000, 60_000]);
    const told = extended(lease, response({ left: 60_000, expiry: 1_120_000, at: 60_000 }));
    expect(told.step).toEqual(beat(45_000));
    expect(failures(told, [112_001, lost])).toEqual([stop("too_late")]);
  });

  it("has its grants counted at all times", () => {
    let { lease } = reported({ left: 60_000, expiry: 1_000_000 });
    for (const at of [10_000, 20_000, 30_000]) {
      ({ lease } = extended(lease, response({ left: 60_000, expiry: 1_000_000 + 6 * at, at })));
    }
    // 240 s are granted within 40 s: extensions every 30 s are skipped until less than 90 s are left.
    const silent = extended(lease, response({ expiry: 1_240_000, at: 40_000 }));
    expect(silent.step).toEqual(beat(120_000, "full_grants"));
  });
});
