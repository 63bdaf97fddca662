import type { Verdict } from "../wire/judge.js";
import {
  cadence,
  counted,
  type Grants,
  longestLeft,
  measured,
  regimeOf,
  tryAgain,
} from "./lease/measured.js";
import { elapsed, type Observed } from "./lease/observed.js";
import {
  beatDelay,
  type Lead,
  leadFloor,
  type Pace,
  recover,
  type Recovery,
  retryWindow,
} from "./lease/reported.js";
import type { Step, StopReason } from "./lease/step.js";

/** What is asked for. */
export interface Terms {
  /** What the reservation asked for, and each extension asks for. */
  readonly ttlMs: number;
  /** The enforced bound of one extension, from connect to last byte. */
  readonly attemptMs: number;
}

/**
 * What is known of a lease; every answer and every failure makes a new one. Pure: times are milliseconds, and
 * readings of one monotonic clock.
 */
export interface Lease {
  readonly ttlMs: number;
  readonly pace: Pace;
  /** What is certain, by the last answer; undefined where that did not say, and grants are measured instead. */
  readonly lead: Lead | undefined;
  /** Kept up in any case: the next answer may not say how long the lease lasts. */
  readonly grants: Grants;
  /** How many answers in a row left no room for the reserve. */
  readonly crowded: number;
  readonly recovery: Recovery | undefined;
}

/** A lease and what to do about it. */
export interface Planned {
  readonly lease: Lease;
  readonly step: Step;
}

/** The time bound of one extension: short leases must be renewable, too. */
export function extendTimeout(attemptTimeoutMs: number, ttlMs: number): number {
  return Math.min(attemptTimeoutMs, Math.max(1_000, Math.floor(ttlMs / 6)));
}

/** The reservation was granted. */
export function leased(terms: Terms, observed: Observed): Planned {
  const { ttlMs, attemptMs } = terms;
  const pace = { attemptMs, longestRttMs: 0 };
  return plan({ ttlMs, pace, crowded: 0 }, counted(observed), observed);
}

/** The lease was extended; what was known of it before does not count, but for the longest round trip. */
export function extended(lease: Lease, observed: Observed): Planned {
  return plan(lease, measured(lease.grants, observed), observed);
}

/** An extension failed. */
export function failed(
  lease: Lease,
  verdict: Exclude<Verdict, { kind: "success" }>,
  now: number,
): Planned {
  if (verdict.kind === "rejected") return stop(lease, "refused");
  if (verdict.kind === "unreachable" && !verdict.error.retryable) return stop(lease, "refused");
  const { ttlMs, lead, pace, recovery, grants } = lease;
  const next = lead
    ? recover(lead, pace, recovery, verdict, now)
    : tryAgain(ttlMs, grants, recovery, verdict, now);
  if (typeof next === "string") return stop(lease, next);
  return { lease: { ...lease, recovery: next.recovery }, step: { kind: "retry", inMs: next.inMs } };
}

/** Gives up a retry that had to wait for something else than its delay, and does not fit any more. */
export function overdue(lease: Lease, now: number): Planned | undefined {
  const { ttlMs, lead, pace, grants } = lease;
  const roomMs = lead ? retryWindow(lead, pace, now) : longestLeft(ttlMs, grants, now);
  return roomMs < 0 ? stop(lease, "too_late") : undefined;
}

function plan(
  { ttlMs, pace: before, crowded }: Pick<Lease, "ttlMs" | "pace" | "crowded">,
  grants: Grants,
  { remainingTtlMs, sentAt, receivedAt }: Observed,
): Planned {
  const rttMs = elapsed(sentAt, receivedAt);
  // A round trip that could not be measured is not the longest one, it is none.
  const longestRttMs = Math.max(before.longestRttMs, Number.isFinite(rttMs) ? rttMs : 0);
  const pace = { ...before, longestRttMs };
  const recovery = undefined;
  if (remainingTtlMs === undefined) {
    return {
      lease: { ttlMs, pace, lead: undefined, grants, crowded: 0, recovery },
      step: { kind: "beat", inMs: cadence(ttlMs, grants), regime: regimeOf(ttlMs, grants) },
    };
  }
  const lead = { leadMs: leadFloor(remainingTtlMs, rttMs), at: receivedAt };
  const inMs = beatDelay(lead, pace);
  const lease = { ttlMs, pace, lead, grants, crowded: inMs > 0 ? 0 : crowded + 1, recovery };
  if (lease.crowded > 1) return stop(lease, "lease_too_short");
  return { lease, step: { kind: "beat", inMs, regime: "reported" } };
}

function stop(lease: Lease, because: StopReason): Planned {
  return { lease, step: { kind: "stop", because } };
}
