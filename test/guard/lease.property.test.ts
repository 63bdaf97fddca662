import { CyclesConnectionError } from "cycles-client";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { extended, failed, leased, type Planned } from "../../src/guard/lease/lease.js";

type Failure = Parameters<typeof failed>[1];

/** How a request ends: its duration, and what the server says. */
type Ending =
  | {
      readonly tookMs: number;
      readonly left: number | undefined;
      readonly grant: number;
    }
  | { readonly tookMs: number; readonly failure: Failure };

interface Life {
  readonly ttlMs: number;
  readonly attemptMs: number;
  readonly create: Extract<Ending, { grant: number }>;
  readonly endings: readonly Ending[];
}

const lost: Failure = { kind: "unreachable", error: new CyclesConnectionError("reset") };
const garbled: Failure = { kind: "ambiguous", body: undefined, reason: "status 500" };

const tookMs = fc.oneof(
  { arbitrary: fc.constant(0), weight: 3 },
  { arbitrary: fc.double({ min: 0, max: 8_000, noNaN: true }), weight: 3 },
);
const left = fc.oneof(
  fc.integer({ min: 0, max: 20_000 }),
  fc.integer({ min: 0, max: 90_000_000 }),
  fc.maxSafeInteger().map(Math.abs),
);
const limited = fc
  .option(
    fc.oneof(
      fc.constant(0),
      fc.integer({ min: 0, max: 60 }).map((s) => s * 1_000),
    ),
    { nil: undefined },
  )
  .map((retryAfterMs): Failure => ({ kind: "limited", body: undefined, retryAfterMs }));
const failure = fc.oneof(fc.constantFrom(lost, garbled), limited);
const success = (reports: fc.Arbitrary<number | undefined>) =>
  fc.record({ tookMs, left: reports, grant: fc.integer({ min: -5_000, max: 100_000 }) });
const ending = (reports: fc.Arbitrary<number | undefined>): fc.Arbitrary<Ending> =>
  fc.oneof(success(reports), fc.record({ tookMs, failure }));
const lives = (reports: fc.Arbitrary<number | undefined>): fc.Arbitrary<Life> =>
  fc.record({
    ttlMs: fc.integer({ min: 1_000, max: 120_000 }),
    attemptMs: fc.oneof(fc.integer({ min: 50, max: 30_000 }), fc.constant(Infinity)),
    create: success(reports),
    endings: fc.array(ending(reports), { maxLength: 40 }),
  });

/** One request of a lease, and the next step after it. */
interface Moment {
  readonly ending: Ending;
  readonly before: Planned | undefined;
  readonly after: Planned;
  /** What is certain to be left at that time; undefined if the server has not said. */
  readonly certain: Exact | undefined;
}

/** Milliseconds in units of 2^-1074 ms. Every double is a multiple, so sums and differences are exact. */
type Exact = bigint;

const bits = new DataView(new ArrayBuffer(8));

function exact(ms: number): Exact {
  bits.setFloat64(0, Math.abs(ms));
  const exponent = bits.getBigUint64(0) >> 52n;
  const fraction = bits.getBigUint64(0) & (2n ** 52n - 1n);
  const units = exponent === 0n ? fraction : (2n ** 52n + fraction) << (exponent - 1n);
  return ms < 0 ? -units : units;
}

/** The client subtracts doubles, which rounds by up to half a millisecond near 2^53. */
const ROUNDING = exact(1);

/** Runs a lease on a clock that moves only by its delays and by the duration of its requests. */
function play({ ttlMs, attemptMs, create, endings }: Life): Moment[] {
  const moments: Moment[] = [];
  let now = 0;
  let expiry = 1_000_000;
  let known: { readonly lead: Exact; readonly at: Exact } | undefined;
  let planned: Planned | undefined;
  for (const ending of [create, ...endings]) {
    const before = planned;
    if (before?.step.kind === "stop") break;
    const sentAt = now + (before?.step.inMs ?? 0);
    now = sentAt + ending.tookMs;
    if ("failure" in ending) {
      if (before === undefined) throw new Error("a life begins with a create");
      planned = failed(before.lease, ending.failure, now);
    } else {
      expiry += ending.grant;
      const observed = {
        remainingTtlMs: ending.left,
        expiresAtMs: expiry,
        sentAt,
        receivedAt: now,
      };
      planned = before ? extended(before.lease, observed) : leased({ ttlMs, attemptMs }, observed);
      // By the readings of the clock, because the client knows nothing else.
      const rtt = exact(now) - exact(sentAt);
      known =
        ending.left === undefined ? undefined : { lead: exact(ending.left) - rtt, at: exact(now) };
    }
    const certain = known && known.lead - (exact(now) - known.at);
    moments.push({ ending, before, after: planned, certain });
  }
  return moments;
}

const reporting = lives(left);
const mixed = lives(fc.option(left, { nil: undefined }));

const check = (life: fc.Arbitrary<Life>, holds: (moments: readonly Moment[]) => void) => {
  fc.assert(
    fc.property(life, (given) => {
      holds(play(given));
    }),
    { numRuns: 1_000 },
  );
};

describe("a lease, in any order of events,", () => {
  it("never waits longer than the time that is certain to be left, less one attempt", () => {
    check(mixed, (moments) => {
      for (const { after, certain } of moments) {
        if (certain === undefined || after.step.kind === "stop" || after.step.inMs === 0) continue;
        const attempts = after.step.kind === "beat" ? 2n : 1n;
        const attempt = exact(Math.max(1_000, after.lease.pace.attemptMs));
        const needed = exact(after.step.inMs) + attempts * attempt + exact(1_000);
        expect(needed).toSatisfy((sum: Exact) => sum <= certain + ROUNDING);
      }
    });
  });

  it("never sends a new extension while the fate of the last one is unknown", () => {
    check(mixed, (moments) => {
      for (const { ending, after } of moments) {
        if ("failure" in ending) expect(after.step.kind).not.toBe("beat");
        else expect(after.step.kind).not.toBe("retry");
      }
    });
  });

  it("never retries before the time that the server asks for, or without one when throttled", () => {
    check(mixed, (moments) => {
      for (const { ending, after } of moments) {
        if (!("failure" in ending) || ending.failure.kind !== "limited") continue;
        const { retryAfterMs } = ending.failure;
        if (retryAfterMs === undefined) expect(after.step.kind).toBe("stop");
        else if (after.step.kind === "retry")
          expect(after.step.inMs).toBeGreaterThanOrEqual(retryAfterMs);
      }
    });
  });

  it("never sends more than five requests without a pause", () => {
    // The worst server: quick responses that ask for a retry at once, or that fail.
    const atOnce: Failure = { kind: "limited", body: undefined, retryAfterMs: 0 };
    const eager = fc.record({
      tookMs: fc.integer({ min: 0, max: 3 }),
      failure: fc.constantFrom(atOnce, atOnce, atOnce, lost),
    });
    const endings = fc.array(
      fc.oneof({ arbitrary: eager, weight: 8 }, { arbitrary: success(left), weight: 1 }),
      { minLength: 8, maxLength: 20 },
    );
    const hurried = fc
      .tuple(reporting, endings)
      .map(([life, worst]) => ({ ...life, endings: worst }));
    check(fc.oneof(mixed, hurried), (moments) => {
      let inARow = 0;
      for (const { after } of moments) {
        inARow = after.step.kind !== "stop" && after.step.inMs === 0 ? inARow + 1 : 0;
        expect(inARow).toBeLessThanOrEqual(5);
      }
    });
  });

  it("extends without a delay at most once in a row", () => {
    check(reporting, (moments) => {
      const beats = moments.map(({ after }) => after.step).filter(({ kind }) => kind === "beat");
      beats.forEach((step, index) => {
        if (step.kind !== "beat" || step.inMs > 0) return;
        const next = beats[index + 1];
        expect(next?.kind === "beat" && next.inMs === 0).toBe(false);
      });
    });
  });

  it("waits a whole number of milliseconds, 0 or more", () => {
    check(mixed, (moments) => {
      for (const { after } of moments) {
        if (after.step.kind !== "stop") expect(after.step.inMs).toSatisfy(isDelay);
      }
    });
  });

  it("stops if every request is lost", () => {
    const outage = fc.record({
      life: mixed,
      failures: fc.infiniteStream(fc.tuple(tookMs, failure)),
    });
    fc.assert(
      fc.property(outage, ({ life, failures }) => {
        const endings = Array.from(failures.take(2_000), ([took, failed]) => ({
          tookMs: took,
          failure: failed,
        }));
        // At most an hour: a longer lease may be retried for longer.
        const create = { ...life.create, left: life.create.left && life.create.left % 3_600_000 };
        expect(play({ ...life, create, endings }).at(-1)?.after.step.kind).toBe("stop");
      }),
      { numRuns: 100 },
    );
  });
});

function isDelay(ms: number): boolean {
  return Number.isInteger(ms) && ms >= 0;
}
