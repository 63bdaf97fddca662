import { elapsed, type Observed, type Transient } from "./observed.js";
import { pause, type LastFailure, type Retry } from "./reported.js";
import type { Regime, StopReason } from "./step.js";

// The server does not say how long the lease lasts, so it is measured by how far each answer moves the expiry.
// (Protocol: extendReservation, fallback, which is a heuristic with limits that no refinement takes away.)

/** What the answers of one lease have granted. Differences of expiries only: the server's clock is not ours. */
export interface Grants {
  /** When the answer arrived from which grants are counted. */
  readonly since: number;
  readonly sumMs: number;
  /** The expiry that was told last, and when that arrived. */
  readonly expiresAtMs: number | undefined;
  readonly at: number;
  readonly last: { readonly grantMs: number; readonly elapsedMs: number } | undefined;
}

const LATEST_BEAT_MS = 30_000;
const SOONEST_BEAT_MS = 1_000;
const SOONEST_RETRY_MS = 1_000;
const LONGEST_RETRY_DELAY_MS = 30_000;

/** Counts from this answer on. */
export function counted({ expiresAtMs, receivedAt }: Observed): Grants {
  return { since: receivedAt, sumMs: 0, expiresAtMs, at: receivedAt, last: undefined };
}

/** Adds what an extension has granted. */
export function measured(grants: Grants, observed: Observed): Grants {
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

/** What the last grant tells about the server. */
export function regimeOf(ttlMs: number, { last }: Grants): Exclude<Regime, "reported"> {
  if (last === undefined) return "unmeasured";
  const { grantMs, elapsedMs } = last;
  if (grantMs >= 0.9 * ttlMs) return "full_grants";
  const echoesCalls = 0.75 * elapsedMs <= grantMs && grantMs <= 1.25 * elapsedMs;
  return grantMs <= 0 || echoesCalls ? "maximum_lead" : "smaller_grants";
}

/** The time from the last answer to the next extension, with the beats left out that the lease does not need. */
export function cadence(ttlMs: number, grants: Grants): number {
  const { last, sumMs, since, at } = grants;
  if (last === undefined || regimeOf(ttlMs, grants) === "maximum_lead") {
    return Math.floor(Math.min(ttlMs / 2, LATEST_BEAT_MS));
  }
  const everyMs = Math.max(SOONEST_BEAT_MS, Math.floor(last.grantMs / 2));
  const spareMs = sumMs - elapsed(since, at) - 1.5 * last.grantMs;
  return everyMs * Math.max(1, Math.floor(spareMs / everyMs) + 1);
}

/** The most that can be left: `ttlMs` from the start, and what was granted since. */
export function longestLeft(ttlMs: number, { sumMs, since }: Grants, now: number): number {
  return Math.floor(ttlMs + sumMs - elapsed(since, now));
}

/**
 * After a failed extension: when it goes out again, or why it does not. Nothing proves that the lease still lives,
 * so it is tried for as long as it can live.
 */
export function tryAgain(
  ttlMs: number,
  grants: Grants,
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
