import type { FailedVerdict } from "../../wire/judge.js";
import {
  cadence,
  counted,
  type Grants,
  longestLeft,
  measured,
  regimeOf,
  tryAgain,
} from "./measured.js";
import { elapsed, type Observed } from "./observed.js";
import {
  beatDelay,
  type Lead,
  leadFloor,
  type Pace,
  recover,
  type LastFailure,
  retryWindow,
} from "./reported.js";
import type { Step, StopReason } from "./step.js";

/** What is asked for. */
export interface Terms {
  /** What the reservation asked for, and each extension asks for. */
  readonly ttlMs: number;
  /** The bound of one extension, from connect to last byte, of a lease that is granted as it was asked for. */
  readonly attemptMs: number;
}

/** What the last response granted: it says what can help when the lease is too short. */
export interface Granted {
  readonly askedMs: number;
  /** By how much the lease moved; undefined if the server did not say. */
  readonly grantedMs: number | undefined;
  /** `Infinity` if the clock could not measure it. */
  readonly rttMs: number;
}

/**
 * What is known of a lease; every answer and every failure makes a new one. Pure: times are milliseconds, and
 * readings of one monotonic clock.
 */
export interface Lease {
  readonly terms: Terms;
  /** The bound that every attempt must be held to, until the next answer. */
  readonly pace: Pace;
  readonly granted: Granted;
  /** What is certain, by the last answer; undefined where that did not say, and grants are measured instead. */
  readonly lead: Lead | undefined;
  /** Kept up in any case: the next answer may not say how long the lease lasts. */
  readonly grants: Grants;
  /** How many answers in a row left no room for the reserve. */
  readonly crowded: number;
  readonly recovery: LastFailure | undefined;
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
  const before = { terms, longestRttMs: 0, crowded: 0 };
  const { remainingTtlMs: grantedMs } = observed;
  return plan(before, counted(observed), { askedMs: terms.ttlMs, grantedMs }, observed);
}

/**
 * The lease was extended, by `askedMs` if the server granted all of it. Of what was known of the lease before, only
 * the longest round trip counts.
 */
export function extended(
  { terms, pace, crowded, grants: before }: Lease,
  observed: Observed,
  askedMs: number = terms.ttlMs,
): Planned {
  const grants = measured(before, observed);
  const grantedMs = grants.last?.grantMs ?? observed.remainingTtlMs;
  const { longestRttMs } = pace;
  return plan({ terms, longestRttMs, crowded }, grants, { askedMs, grantedMs }, observed);
}

/** An extension failed. */
export function failed(lease: Lease, verdict: FailedVerdict, now: number): Planned {
  if (verdict.kind === "rejected") return stop(lease, "refused");
  if (verdict.kind === "unreachable" && !verdict.error.retryable) return stop(lease, "refused");
  const { terms, lead, pace, recovery, grants } = lease;
  const next = lead
    ? recover(lead, pace, recovery, verdict, now)
    : tryAgain(terms.ttlMs, grants, recovery, verdict, now);
  if (typeof next === "string") return stop(lease, next);
  return { lease: { ...lease, recovery: next.recovery }, step: { kind: "retry", inMs: next.inMs } };
}

/** Gives up a retry that had to wait for something else than its delay, and does not fit any more. */
export function overdue(lease: Lease, now: number): Planned | undefined {
  const { terms, lead, pace, grants } = lease;
  const roomMs = lead ? retryWindow(lead, pace, now) : longestLeft(terms.ttlMs, grants, now);
  return roomMs < 0 ? stop(lease, "too_late") : undefined;
}

function plan(
  before: { readonly terms: Terms; readonly longestRttMs: number; readonly crowded: number },
  grants: Grants,
  moved: Omit<Granted, "rttMs">,
  { remainingTtlMs, sentAt, receivedAt }: Observed,
): Planned {
  const { terms } = before;
  const rttMs = elapsed(sentAt, receivedAt);
  // A round trip that could not be measured is not the longest one, it is none.
  const longestRttMs = Math.max(before.longestRttMs, Number.isFinite(rttMs) ? rttMs : 0);
  const pace = { attemptMs: attemptBound(terms, remainingTtlMs), longestRttMs };
  const { askedMs, grantedMs } = moved;
  const granted = { askedMs, grantedMs, rttMs };
  const recovery = undefined;
  if (remainingTtlMs === undefined) {
    const { ttlMs } = terms;
    return {
      lease: { terms, pace, granted, grants, recovery, lead: undefined, crowded: 0 },
      step: { kind: "beat", inMs: cadence(ttlMs, grants), regime: regimeOf(ttlMs, grants) },
    };
  }
  const lead = { leadMs: leadFloor(remainingTtlMs, rttMs), at: receivedAt };
  const inMs = beatDelay(lead, pace);
  const crowded = inMs > 0 ? 0 : before.crowded + 1;
  const lease = { terms, pace, granted, grants, recovery, lead, crowded };
  if (lease.crowded > 1) return stop(lease, "lease_too_short");
  return { lease, step: { kind: "beat", inMs, regime: "reported" } };
}

/** A lease that is shorter than was asked for needs quicker attempts, or two of them would not fit into it. */
function attemptBound({ ttlMs, attemptMs }: Terms, remainingTtlMs: number = ttlMs): number {
  return remainingTtlMs < ttlMs ? extendTimeout(attemptMs, remainingTtlMs) : attemptMs;
}

function stop(lease: Lease, because: StopReason): Planned {
  return { lease, step: { kind: "stop", because } };
}
