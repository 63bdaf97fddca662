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

interface Answered {
  readonly left?: number;
  readonly expiry?: number;
  readonly sent?: number;
  readonly at?: number;
}

/** An answer at a time, by default without a round trip worth measuring. */
const answer = ({ left, expiry, at = 0, sent = at }: Answered) => ({
  remainingTtlMs: left,
  expiresAtMs: expiry,
  sentAt: sent,
  receivedAt: at,
});

/** A lease of which the server said how much is left. */
const reported = (
  answered: Answered & { readonly left: number },
  attemptMs = 7_000,
  ttlMs = 60_000,
) => leased({ ttlMs, attemptMs }, answer(answered));

/** A lease of which the server says only where it ends, after grants at the times that are given. */
function measured(ttlMs: number, ...grants: readonly (readonly [at: number, grant: number])[]) {
  let expiry = 1_000_000;
  let planned = leased({ ttlMs, attemptMs: extendTimeout(7_000, ttlMs) }, answer({ expiry }));
  for (const [at, grant] of grants) {
    expiry += grant;
    planned = extended(planned.lease, answer({ expiry, at }));
  }
  return planned;
}

/** What follows from failures at those times. */
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

describe("the bound of one extension", () => {
  it.each([
    [7_000, 60_000, 7_000],
    [7_000, 42_000, 7_000],
    [7_000, 12_000, 2_000],
    [7_000, 9_999, 1_666],
    [7_000, 1_000, 1_000],
    [500, 60_000, 500],
  ])("with attempts of %d ms and a ttl of %d ms is %d ms", (attemptMs, ttlMs, bound) => {
    expect(extendTimeout(attemptMs, ttlMs)).toBe(bound);
  });
});

describe("the bound of the next attempt", () => {
  const bound = ({ lease }: Planned) => lease.pace.attemptMs;

  // granted of the minute that was asked for → the bound, and the delay that leaves room for two and the margin
  it.each([
    ["all of it", 60_000, 7_000, 45_000],
    ["more than it", 90_000, 7_000, 75_000],
    ["nearly all of it", 59_990, 7_000, 44_990],
    ["as much as seven seconds are a sixth of", 42_000, 7_000, 27_000],
    ["less than that", 41_999, 6_999, 27_001],
    ["20 s", 20_000, 3_333, 12_334],
    ["5 s", 5_000, 1_000, 2_000],
    ["just enough for two attempts and the margin", 3_001, 1_000, 1],
    ["no more than two attempts and the margin take", 3_000, 1_000, 0],
    ["nothing", 0, 1_000, 0],
  ])("where the server grants %s", (_, left, attemptMs, inMs) => {
    const planned = reported({ left });
    expect(bound(planned)).toBe(attemptMs);
    expect(planned.step).toEqual(beat(inMs));
  });

  it("follows each answer, down and up again", () => {
    let planned = reported({ left: 60_000 });
    const bounds = [5_000, 20_000, 60_000, 12_000].map((left, beats) => {
      planned = extended(planned.lease, answer({ left, at: beats * 1_000 }));
      return bound(planned);
    });
    expect(bounds).toEqual([1_000, 3_333, 7_000, 2_000]);
  });

  it("is no longer than that of the client", () => {
    expect(bound(reported({ left: 30_000 }, 500))).toBe(500);
    expect(bound(reported({ left: 30_000 }, Infinity))).toBe(5_000);
  });

  it("stays where the server does not say what is left", () => {
    const silent = extended(reported({ left: 5_000 }).lease, answer({ expiry: 1, at: 1 }));
    expect(bound(silent)).toBe(7_000);
  });

  it("is what a retry goes by", () => {
    // 5 s, of which an attempt has used up one: 2,000 ms are left beside a whole attempt and the margin.
    const planned = reported({ left: 5_000 });
    expect(failures(planned, [1_000, lost], [3_000, lost])).toEqual([retry(1_000), retry(0)]);
  });
});

describe("a lease whose end the server reports", () => {
  describe("is planned from the last answer alone", () => {
    it("at the create as at each extension", () => {
      expect(reported({ left: 60_000 }).step).toEqual(beat(45_000));
      const { lease } = reported({ left: 60_000 });
      expect(extended(lease, answer({ left: 60_000, at: 45_000 })).step).toEqual(beat(45_000));
      expect(extended(lease, answer({ left: 80_000, at: 45_000 })).step).toEqual(beat(65_000));
    });

    it("whatever it expected before: an expiry is not added up", () => {
      const { lease } = reported({ left: 3_600_000, expiry: 9_000_000 });
      const planned = extended(lease, answer({ left: 61_000, expiry: 9_060_000, at: 1 }));
      expect(planned.step).toEqual(beat(46_000));
    });
  });

  describe("counts on no more than is certain", () => {
    it.each([
      ["takes the whole round trip off", 60_000, 400, 44_600],
      ["rounds what is left down", 60_000, 0.25, 44_999],
      ["never falls below nothing", 300, 400, 0],
    ])("%s", (_, left, rtt, inMs) => {
      expect(reported({ left, sent: 100, at: 100 + rtt }).step).toEqual(beat(inMs));
    });

    it("measures the attempt that was answered, not those before it", () => {
      // The first attempt left at 0 and was lost; the repeat left at 7,000.
      expect(reported({ left: 60_000, sent: 7_000, at: 7_100 }).step).toEqual(beat(44_900));
    });
  });

  describe("sets aside two attempts and a margin", () => {
    // attempt bound, longest round trip, left → delay
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

    it("by the longest round trip so far, not the last", () => {
      const { lease } = reported({ left: 60_000, sent: 0, at: 4_000 });
      const quick = extended(lease, answer({ left: 60_000, sent: 20_000, at: 20_000 }));
      expect(quick.step).toEqual(beat(60_000 - 2 * 8_000 - 8_000));
    });

    it("without running over", () => {
      expect(reported({ left: Number.MAX_VALUE }, Number.MAX_VALUE).step).toEqual(beat(0));
      const slow = reported({ left: 60_000, sent: -Number.MAX_VALUE, at: Number.MAX_VALUE });
      expect(slow.step).toEqual(beat(0));
    });
  });

  describe("with a clock that cannot be trusted", () => {
    it.each([
      ["went back during the attempt", 500, 400],
      ["gave no number", Number.NaN, 400],
    ])("counts on nothing where it %s", (_, sent, at) => {
      const { step, lease } = reported({ left: 60_000, sent, at });
      expect(step).toEqual(beat(0));
      const again = extended(lease, answer({ left: 60_000, sent, at, expiry: 5 }));
      expect(again.step).toEqual(stop("lease_too_short"));
    });

    it("does not take such a round trip for the longest one", () => {
      const { lease } = reported({ left: 60_000, sent: 500, at: 400 });
      expect(extended(lease, answer({ left: 60_000, at: 500 })).step).toEqual(beat(45_000));
    });

    it("does not retry where it went back since the answer", () => {
      expect(failures(reported({ left: 60_000, at: 100 }), [50, lost])).toEqual([stop("too_late")]);
    });
  });

  describe("without room for the reserve", () => {
    it("is extended at once, and goes on where that made room", () => {
      const { step, lease } = reported({ left: 3_000 }, 1_000, 3_000);
      expect(step).toEqual(beat(0));
      const longer = extended(lease, answer({ left: 6_000 }));
      expect(longer.step).toEqual(beat(3_000));
      expect(extended(longer.lease, answer({ left: 3_000 })).step).toEqual(beat(0));
    });

    it("is given up where it made none", () => {
      const { lease } = reported({ left: 3_000 }, 1_000, 3_000);
      const clamped = extended(lease, answer({ left: 3_000 }));
      expect(clamped.step).toEqual(stop("lease_too_short"));
    });

    it("can be taken up again by an extension that made room after all", () => {
      const { lease } = reported({ left: 1_000 }, 1_000, 1_000);
      const given = extended(lease, answer({ left: 2_000 }));
      expect(extended(given.lease, answer({ left: 2_500 })).step).toEqual(stop("lease_too_short"));
      expect(extended(given.lease, answer({ left: 62_000 })).step).toEqual(beat(59_000));
    });
  });

  describe("after an attempt that may or may not have worked", () => {
    it.each([
      ["no answer", lost],
      ["an answer that proves nothing", garbled],
    ])("(%s) repeats it after a quarter of what is left", (_, failure) => {
      expect(failures(reported({ left: 60_000 }), [20_000, failure])).toEqual([retry(10_000)]);
    });

    // left at the answer, its age → the room is what is left, less 7,000 and 1,000
    it.each([
      ["no later than after 30 s", 3_600_000, 45_000, retry(30_000)],
      ["early enough for one more whole attempt", 60_000, 50_000, retry(2_000)],
      ["rounding down", 60_000, 20_000.5, retry(9_999)],
      ["at once where it just fits", 60_000, 52_000, retry(0)],
      ["not at all where it does not", 60_000, 52_001, stop("too_late")],
      ["not at all after a fraction too much", 60_000, 52_000.1, stop("too_late")],
      ["not at all when the lease is over", 60_000, 90_000, stop("too_late")],
    ])("does so %s", (_, left, age, step) => {
      expect(failures(reported({ left }), [age, garbled])).toEqual([step]);
    });

    it("reckons anew after each failure, from the same answer", () => {
      const steps = failures(
        reported({ left: 60_000 }),
        [45_000, lost],
        [49_000, lost],
        [51_500, lost],
        [53_000, lost],
      );
      expect(steps).toEqual([retry(3_750), retry(2_750), retry(500), stop("too_late")]);
    });

    it("counts from the new answer once there is one", () => {
      const first = failed(reported({ left: 60_000 }).lease, lost, 52_000);
      expect(first.step).toEqual(retry(0));
      const { lease } = extended(first.lease, answer({ left: 60_000, at: 52_000 }));
      expect(failed(lease, lost, 104_000).step).toEqual(retry(0));
    });

    it("tries the last, immediate repeat once, even where the clock stands still", () => {
      const steps = failures(reported({ left: 60_000 }), [52_000, lost], [52_000, lost]);
      expect(steps).toEqual([retry(0), stop("retry_spent")]);
    });

    it("stops where neither the clock nor the room has moved", () => {
      const steps = failures(reported({ left: 60_000 }), [46_000, lost], [46_000, lost]);
      expect(steps).toEqual([retry(3_500), stop("no_progress")]);
    });
  });

  describe("when throttled", () => {
    // 14,000 left at the failure, so that 6,000 are room
    it.each([
      ["waits as long as it is told", 5_000, retry(5_000)],
      ["waits to the last millisecond of the room", 6_000, retry(6_000)],
      ["stops where that is too long", 7_000, stop("throttled")],
      ["stops where it is not told how long", undefined, stop("throttled")],
      ["stops at a time that is none", Number.NaN, stop("throttled")],
      ["stops at a time before now", -1_000, stop("throttled")],
      ["stops at a time without end", Infinity, stop("throttled")],
    ])("%s", (_, retryAfterMs, step) => {
      expect(failures(reported({ left: 60_000 }), [46_000, limited(retryAfterMs)])).toEqual([step]);
    });

    it("waits longer than 30 s where it is told so and may", () => {
      const steps = failures(reported({ left: 600_000 }), [1_000, limited(200_000)]);
      expect(steps).toEqual([retry(200_000)]);
    });

    it("believes in no delay at all once, and then takes the usual one", () => {
      const steps = failures(
        reported({ left: 60_000 }),
        [20_000, limited(0)],
        [20_010, limited(0)],
        [40_000, limited(0)],
      );
      expect(steps).toEqual([retry(0), retry(9_997), retry(5_000)]);
    });

    it("asks five times without a pause in the worst case, and then stops", () => {
      const planned = reported({ left: 10_000 }, 1_000);
      // Two repeats, the second with no room to wait; an extension that makes no room; and the same again.
      const before = [7_500, 8_000].map((at) => [at, limited(0)] as const);
      expect(failures(planned, ...before)).toEqual([retry(0), retry(0)]);
      const crowded = extended(planned.lease, answer({ left: 2_500, at: 8_000 }));
      expect(crowded.step).toEqual(beat(0));
      const after = [8_100, 8_500, 8_500].map((at) => [at, limited(0)] as const);
      expect(failures(crowded, ...after)).toEqual([retry(0), retry(0), stop("retry_spent")]);
    });

    it("goes on believing in delays after that", () => {
      const steps = failures(
        reported({ left: 60_000 }),
        [20_000, limited(0)],
        [21_000, limited(3_000)],
      );
      expect(steps).toEqual([retry(0), retry(3_000)]);
    });

    it("believes in no delay after a repeat that was delayed", () => {
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
      "an answer that no repeat would better",
      {
        kind: "unreachable",
        error: new CyclesResponseError("redirected", { status: 302, retryable: false }),
      } as const,
    ],
  ])("stops at a refusal (%s)", (_, failure) => {
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
  ])("of a ttl of %d ms is first extended after %d ms", (ttlMs, inMs) => {
    expect(measured(ttlMs).step).toEqual(beat(inMs, "unmeasured"));
  });

  it("measures from the first answer that told an expiry", () => {
    const { lease } = leased({ ttlMs: 60_000, attemptMs: 7_000 }, answer({}));
    const first = extended(lease, answer({ expiry: 500_000, at: 30_000 }));
    expect(first.step).toEqual(beat(30_000, "unmeasured"));
    const second = extended(first.lease, answer({ expiry: 560_000, at: 60_000 }));
    expect(second.step).toEqual(beat(30_000, "full_grants"));
  });

  // ttl, time since the last answer, what was granted → how the server is taken, and the next beat
  it.each([
    ["all that was asked", 60_000, 30_000, 60_000, beat(30_000, "full_grants")],
    ["nine tenths of it", 60_000, 20_000, 54_000, beat(27_000, "full_grants")],
    ["more than was asked", 60_000, 30_000, 90_000, beat(45_000, "full_grants")],
    ["all, in a time as long", 60_000, 60_000, 60_000, beat(30_000, "full_grants")],
    ["less, by far more than has passed", 60_000, 30_000, 53_999, beat(26_999, "smaller_grants")],
    ["less, and far less than has passed", 60_000, 30_000, 20_000, beat(10_000, "smaller_grants")],
    ["next to nothing", 60_000, 30_000, 500, beat(1_000, "smaller_grants")],
    ["as much as has passed", 60_000, 30_000, 30_000, beat(30_000, "maximum_lead")],
    ["three quarters of what has passed", 60_000, 20_000, 15_000, beat(30_000, "maximum_lead")],
    ["five quarters of what has passed", 60_000, 20_000, 25_000, beat(30_000, "maximum_lead")],
    ["nothing", 60_000, 30_000, 0, beat(30_000, "maximum_lead")],
    ["less than nothing", 20_000, 10_000, -4_000, beat(10_000, "maximum_lead")],
  ])("when granted %s", (_, ttlMs, at, grant, step) => {
    expect(measured(ttlMs, [at, grant]).step).toEqual(step);
  });

  it("is measured anew from an answer that tells no expiry", () => {
    const { lease } = measured(60_000, [30_000, 60_000]);
    const silent = extended(lease, answer({ at: 60_000 }));
    expect(silent.step).toEqual(beat(30_000, "unmeasured"));
    expect(failures(silent, [100_000, lost])).toEqual([retry(5_000)]);
  });

  it("leaves out the beats that it has in reserve", () => {
    const grants = [30, 60, 90, 120].map((s) => [s * 1_000, 60_000] as const);
    expect(measured(60_000, ...grants.slice(0, 3)).step).toEqual(beat(30_000, "full_grants"));
    // At 150 s, 240 s have been granted: 90 s are left, one and a half grants. At 180 s, only 60.
    expect(measured(60_000, ...grants).step).toEqual(beat(60_000, "full_grants"));
  });

  it("leaves out none on a clock that went back", () => {
    const { lease } = leased(
      { ttlMs: 60_000, attemptMs: 7_000 },
      answer({ expiry: 0, at: 50_000 }),
    );
    const before = extended(lease, answer({ expiry: 600_000, at: 10_000 }));
    expect(before.step).toEqual(beat(300_000, "full_grants"));
  });

  describe("after an attempt that may or may not have worked", () => {
    it("repeats it after a quarter of what can be left, for as long as that is anything", () => {
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

    it("counts what was granted to what can be left", () => {
      const steps = failures(measured(60_000, [30_000, 60_000]), [60_000, lost], [200_000, lost]);
      expect(steps).toEqual([retry(15_000), stop("too_late")]);
    });

    it("waits no longer than 30 s, and stops where the clock stands still", () => {
      const steps = failures(measured(3_600_000), [30_000, lost], [30_000, lost]);
      expect(steps).toEqual([retry(30_000), stop("no_progress")]);
    });

    it.each([
      ["waits as long as it is told when throttled", 4_000, retry(4_000)],
      ["never hurries", 0, retry(1_000)],
      ["stops where that is longer than the lease can last", 6_000, stop("throttled")],
      ["stops where it is not told how long", undefined, stop("throttled")],
    ])("%s", (_, retryAfterMs, step) => {
      expect(failures(measured(10_000), [5_000, limited(retryAfterMs)])).toEqual([step]);
    });
  });
});

describe("a repeat that had to wait", () => {
  // 7,000 for the attempt and 1,000 for the margin must be left of what is certain; else, anything.
  it.each([
    ["still goes out while it fits", reported({ left: 60_000 }), 51_000, undefined],
    ["still goes out where it just fits", reported({ left: 60_000 }), 52_000, undefined],
    ["is given up where it does not fit", reported({ left: 60_000 }), 52_001, stop("too_late")],
    ["still goes out while the lease can last", measured(60_000), 60_000, undefined],
    ["is given up once it cannot", measured(60_000), 60_001, stop("too_late")],
  ])("%s", (_, { lease }, now, step) => {
    expect(overdue(lease, now)?.step).toEqual(step);
  });
});

describe("a server that says what is left only sometimes", () => {
  it("is measured from the first answer that does not say it", () => {
    const { lease } = reported({ left: 60_000, expiry: 1_000_000 });
    const silent = extended(lease, answer({ expiry: 1_060_000, at: 45_000 }));
    expect(silent.step).toEqual(beat(30_000, "full_grants"));
    expect(failures(silent, [75_000, lost])).toEqual([retry(11_250)]);
  });

  it("is believed from the first answer that does", () => {
    const { lease } = measured(60_000, [30_000, 60_000]);
    const told = extended(lease, answer({ left: 60_000, expiry: 1_120_000, at: 60_000 }));
    expect(told.step).toEqual(beat(45_000));
    expect(failures(told, [112_001, lost])).toEqual([stop("too_late")]);
  });

  it("has its grants counted all along", () => {
    let { lease } = reported({ left: 60_000, expiry: 1_000_000 });
    for (const at of [10_000, 20_000, 30_000]) {
      ({ lease } = extended(lease, answer({ left: 60_000, expiry: 1_000_000 + 6 * at, at })));
    }
    // 240 s granted within 40 s: beats of 30 s are left out until less than 90 s are certain.
    const silent = extended(lease, answer({ expiry: 1_240_000, at: 40_000 }));
    expect(silent.step).toEqual(beat(120_000, "full_grants"));
  });
});
