import { elapsed, type Observed, type Transient } from "./observed.js";
import { pause, type LastFailure, type Retry } from "./reported.js";
import type { Regime, StopReason } from "./step.js";

// For servers that do not report how long the lease lasts. The client measures how far each
// response moves the expiry, which is a heuristic. (Protocol: extendReservation, fallback.)

/**
 * The grants of one lease. Only differences count, because the expiries are on another clock.
 */
export interface MeasuredGrants {
  /** When the response arrived that grants are counted from. */
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

/** The behaviour of the server, as far as the last grant shows it. */
export function regimeOf(ttlMs: number, { last }: MeasuredGrants): Exclude<Regime, "reported"> {
  if (last === undefined) return "unmeasured";
  const { grantMs, elapsedMs } = last;
  if (grantMs >= 0.9 * ttlMs) return "full_grants";
  const echoesCalls = 0.75 * elapsedMs <= grantMs && grantMs <= 1.25 * elapsedMs;
  return grantMs <= 0 || echoesCalls ? "maximum_lead" : "smaller_grants";
}

/** The time from the last response to the next extension that is needed. */
export function cadence(ttlMs: number, grants: MeasuredGrants): number {
  const { last, sumMs, since, at } = grants;
  if (last === undefined || regimeOf(ttlMs, grants) === "maximum_lead") {
    return Math.floor(Math.min(ttlMs / 2, LATEST_BEAT_MS));
  }
  const everyMs = Math.max(SOONEST_BEAT_MS, Math.floor(last.grantMs / 2));
  const spareMs = sumMs - elapsed(since, at) - 1.5 * last.grantMs;
  return everyMs * Math.max(1, Math.floor(spareMs / everyMs) + 1);
}

/** The most time that can be left: `ttlMs` from the start, and the grants since then. */
export function longestLeft(ttlMs: number, { sumMs, since }: MeasuredGrants, now: number): number {
  return Math.floor(ttlMs + sumMs - elapsed(since, now));
}

/**
 * Returns the delay of the retry after a failed extension, or why there is none. The lease may
 * already be over, but retries continue for as long as it can last.
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
