import { elapsed, type Observed, type Transient } from "./observed.js";
import { pause, type LastFailure, type Retry } from "./reported.js";
import type { Regime, StopReason } from "./step.js";

// For servers that do not say how long the lease lasts: it is measured by how far each response
// moves the expiry. This is a heuristic. (Protocol: extendReservation, fallback.)

/**
 * What one lease was granted. Only differences count, because the expiries are on another clock.
 */
export interface MeasuredGrants {
  /** When the response arrived from which grants are counted. */
  readonly since: number;
  readonly sumMs: number;
  /** The last expiry that a response contained, and when it arrived. */
  readonly expiresAtMs: number | undefined;
  readonly at: number;
  readonly last: { readonly grantMs: number; readonly elapsedMs: number } | undefined;
}

const LATEST_BEAT_MS = 30_000;
const SOONEST_BEAT_MS = 1_000;
const SOONEST_RETRY_MS = 1_000;
const LONGEST_RETRY_DELAY_MS = 30_000;

/** Counts grants from this response on. */
export function counted({ expiresAtMs, receivedAt }: Observed): MeasuredGrants {
  return { since: receivedAt, sumMs: 0, expiresAtMs, at: receivedAt, last: undefined };
}

/** Adds the grant of an extension. */
export function measured(grants: MeasuredGrants, observed: Observed): MeasuredGrants {
  const { expiresAtMs, receivedAt } = observed;
  if (grants.expiresAtMs === undefined || expiresAtMs === undefined) return counted(observed);
  const grantMs = expiresAtMs - grants.expiresAtMs;
  return {
    since: grants.since,
    sumMs: grants.sumMs + grantMs,
    expiresAtMs,
    at: receivedAt,
    last: { grantMs, elapsedMs: elapsed(grants.at, receivedAt) },
  };
}

/** What the last grant says about the server. */
export function regimeOf(ttlMs: number, { last }: MeasuredGrants): Exclude<Regime, "reported"> {
  if (last === undefined) return "unmeasured";
  const { grantMs, elapsedMs } = last;
  if (grantMs >= 0.9 * ttlMs) return "full_grants";
  const echoesCalls = 0.75 * elapsedMs <= grantMs && grantMs <= 1.25 * elapsedMs;
  return grantMs <= 0 || echoesCalls ? "maximum_lead" : "smaller_grants";
}

/** The time from the last response to the next extension. Skips those that are not needed. */
export function cadence(ttlMs: number, grants: MeasuredGrants): number {
  const { last, sumMs, since, at } = grants;
  if (last === undefined || regimeOf(ttlMs, grants) === "maximum_lead") {
    return Math.floor(Math.min(ttlMs / 2, LATEST_BEAT_MS));
  }
  const everyMs = Math.max(SOONEST_BEAT_MS, Math.floor(last.grantMs / 2));
  const spareMs = sumMs - elapsed(since, at) - 1.5 * last.grantMs;
  return everyMs * Math.max(1, Math.floor(spareMs / everyMs) + 1);
}

/** The upper bound of what is left: `ttlMs` from the start, and what was granted since. */
export function longestLeft(ttlMs: number, { sumMs, since }: MeasuredGrants, now: number): number {
  return Math.floor(ttlMs + sumMs - elapsed(since, now));
}

/**
 * After a failed extension: the delay of the retry, or why there is none. The lease may be over
 * already, but it is retried for as long as it may last.
 */
export function tryAgain(
  ttlMs: number,
  grants: MeasuredGrants,
  last: LastFailure | undefined,
  failure: Transient,
  now: number,
): Retry | StopReason {
  const elapsedMs = elapsed(grants.since, now);
  const leftMs = longestLeft(ttlMs, grants, now);
  if (leftMs < SOONEST_RETRY_MS) return "too_late";
  if (last && elapsedMs <= last.elapsedMs) return "no_progress";
  const usualMs = Math.min(LONGEST_RETRY_DELAY_MS, Math.floor(leftMs / 4));
  const pauseMs = failure.kind === "limited" ? pause(failure, leftMs) : usualMs;
  if (pauseMs === undefined) return "throttled";
  return {
    inMs: Math.max(SOONEST_RETRY_MS, pauseMs),
    recovery: { elapsedMs, windowMs: leftMs, immediate: false },
  };
}
