import type { FailedVerdict } from "../../wire/judge.js";
import {
  cadence,
  counted,
  type MeasuredGrants,
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

/** The terms that the client requests. */
export interface Terms {
  /** The duration that the reserve and each extension request. */
  readonly ttlMs: number;
  /** The time limit of one extension, from connect to last byte, for a lease granted in full. */
  readonly attemptMs: number;
}

/** The last grant. If the lease is too short, it shows which setting can help. */
export interface LastGrant {
  readonly askedMs: number;
  /** The duration that was granted; undefined if the server did not report it. */
  readonly grantedMs: number | undefined;
  /** The duration of the round trip; `Infinity` if the clock could not measure it. */
  readonly rttMs: number;
}

/**
 * The state of a lease, as the client knows it. Each response and each failure makes a new value.
 *
 * All times are in milliseconds. Points in time are readings of one monotonic clock.
 */
export interface Lease {
  readonly terms: Terms;
  /** The time limit of each attempt until the next response. */
  readonly pace: Pace;
  readonly granted: LastGrant;
  /** The time that is certainly left; undefined if the last response did not report it. */
  readonly lead: Lead | undefined;
  /** Always measured, because the next response may not report how long the lease lasts. */
  readonly grants: MeasuredGrants;
  /** The number of consecutive responses that left no time for an extension and its retry. */
  readonly crowded: number;
  readonly recovery: LastFailure | undefined;
}

/** A lease, and the next step of its heartbeat. */
export interface Planned {
  readonly lease: Lease;
  readonly step: Step;
}

/** The time limit of one extension. A short lease has a shorter one, so that retries fit. */
export function extendTimeout(attemptTimeoutMs: number, ttlMs: number): number {
  return Math.min(attemptTimeoutMs, Math.max(1_000, Math.floor(ttlMs / 6)));
}

/** Starts a lease after the reservation was granted. */
export function leased(terms: Terms, observed: Observed): Planned {
  const before = { terms, longestRttMs: 0, crowded: 0 };
  const { remainingTtlMs: grantedMs } = observed;
  return plan(before, counted(observed), { askedMs: terms.ttlMs, grantedMs }, observed);
}

/**
 * Continues a lease after an extension by `askedMs`. The server may have granted less.
 *
 * Only the longest of the earlier round trips counts.
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

/** Continues a lease after a failed extension. */
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

/** Stops if a retry was delayed for so long that it no longer fits into the lease. */
export function overdue(lease: Lease, now: number): Planned | undefined {
  const { terms, lead, pace, grants } = lease;
  const roomMs = lead ? retryWindow(lead, pace, now) : longestLeft(terms.ttlMs, grants, now);
  return roomMs < 0 ? stop(lease, "too_late") : undefined;
}

/** Whether the lease may have lapsed. */
export function isOver({ terms, lead, grants }: Lease, now: number): boolean {
  const leftMs = lead ? lead.leadMs - (now - lead.at) : longestLeft(terms.ttlMs, grants, now);
  return leftMs <= 0;
}

function plan(
  before: { readonly terms: Terms; readonly longestRttMs: number; readonly crowded: number },
  grants: MeasuredGrants,
  moved: Omit<LastGrant, "rttMs">,
  { remainingTtlMs, sentAt, receivedAt }: Observed,
): Planned {
  const { terms } = before;
  const rttMs = elapsed(sentAt, receivedAt);
  // A round trip that could not be measured does not count.
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

/** If less is granted than requested, attempts are shorter too, so that two fit into the lease. */
function attemptBound({ ttlMs, attemptMs }: Terms, remainingTtlMs: number = ttlMs): number {
  return remainingTtlMs < ttlMs ? extendTimeout(attemptMs, remainingTtlMs) : attemptMs;
}

function stop(lease: Lease, because: StopReason): Planned {
  return { lease, step: { kind: "stop", because } };
}
