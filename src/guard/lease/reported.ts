import { elapsed, type Transient } from "./observed.js";
import type { StopReason } from "./step.js";

// For servers that report how long the lease lasts. (Protocol: extendReservation, primary
// algorithm.)
//
// Required times are rounded up and available times are rounded down, so that rounding never
// shortens the margin. Elapsed times are rounded before the subtraction, because a difference near
// 2^53 would be rounded to the nearest millisecond.

/** How long attempts may take, in milliseconds. */
export interface Pace {
  /** The time limit of one attempt, from connect to last byte; `Infinity` if there is none. */
  readonly attemptMs: number;
  /** The longest round trip of this lease so far. */
  readonly longestRttMs: number;
}

/** The least time that is left of a lease. */
export interface Lead {
  readonly leadMs: number;
  /** When that much was left: when the response was received. */
  readonly at: number;
}

/** The times at the last failure, by which the next one detects a clock that does not move. */
export interface LastFailure {
  readonly elapsedMs: number;
  readonly windowMs: number;
  /** Whether there was a retry without a delay since the last success. */
  readonly immediate: boolean;
}

/** A retry of the same extension. */
export interface Retry {
  readonly inMs: number;
  readonly recovery: LastFailure;
}

const LEAST_ATTEMPT_MS = 1_000;
const LEAST_MARGIN_MS = 1_000;
const LONGEST_RETRY_DELAY_MS = 30_000;

/** The time that is certainly left, because the response may be as old as the round trip. */
export function leadFloor(remainingTtlMs: number, rttMs: number): number {
  return Math.max(0, Math.floor(remainingTtlMs) - Math.ceil(rttMs));
}

/** The time that is reserved for one attempt. */
export function attemptBudget({ attemptMs, longestRttMs }: Pace): number {
  return Math.ceil(Math.max(attemptMs, LEAST_ATTEMPT_MS, 2 * longestRttMs));
}

/** The time that is reserved for late timers and slow networks. */
export function safetyMargin({ longestRttMs }: Pace): number {
  return Math.ceil(Math.max(LEAST_MARGIN_MS, 2 * longestRttMs));
}

/** The time that must be left when an extension is sent, for the attempt and for one retry. */
export function retryReserve(pace: Pace): number {
  return 2 * attemptBudget(pace) + safetyMargin(pace);
}

/** The time until the next extension; 0 if the lease is too short for an attempt and a retry. */
export function beatDelay({ leadMs }: Lead, pace: Pace): number {
  return Math.max(0, leadMs - retryReserve(pace));
}

/**
 * How long a retry can wait before an attempt and the margin no longer fit; negative if too late.
 */
export function retryWindow(lead: Lead, pace: Pace, now: number): number {
  return leftOf(lead, now) - attemptBudget(pace) - safetyMargin(pace);
}

/** Returns the delay of the retry after a failed extension, or why there is none. */
export function recover(
  lead: Lead,
  pace: Pace,
  last: LastFailure | undefined,
  failure: Transient,
  now: number,
): Retry | StopReason {
  const elapsedMs = elapsed(lead.at, now);
  const leftMs = leftOf(lead, now);
  const windowMs = retryWindow(lead, pace, now);
  if (windowMs < 0) return "too_late";
  if (last?.windowMs === 0) return "retry_spent";
  if (last && elapsedMs <= last.elapsedMs && windowMs >= last.windowMs) return "no_progress";
  const usualMs = Math.min(LONGEST_RETRY_DELAY_MS, Math.floor(leftMs / 4), windowMs);
  const inMs = failure.kind === "limited" ? pause(failure, windowMs) : usualMs;
  if (inMs === undefined) return "throttled";
  const wasImmediate = last?.immediate === true;
  return {
    // A `Retry-After` of 0 is obeyed only once, so that retries cannot become a tight loop.
    inMs: inMs === 0 && wasImmediate ? usualMs : inMs,
    recovery: { elapsedMs, windowMs, immediate: wasImmediate || inMs === 0 },
  };
}

/**
 * The pause that a throttling server asks for; undefined if there is none, or if the lease does not
 * last that long.
 */
export function pause(
  { retryAfterMs = NaN }: Extract<Transient, { kind: "limited" }>,
  roomMs: number,
): number | undefined {
  return retryAfterMs >= 0 && retryAfterMs <= roomMs ? retryAfterMs : undefined;
}

function leftOf({ leadMs, at }: Lead, now: number): number {
  return Math.max(0, leadMs - Math.ceil(elapsed(at, now)));
}
