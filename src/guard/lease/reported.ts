import { elapsed, type Transient } from "./observed.js";
import type { StopReason } from "./step.js";

// The server says how long the lease lasts. (Protocol: extendReservation, primary algorithm.)
// What is needed is rounded up and what is there is rounded down, so that no rounding eats into the margin. Times that
// pass are rounded before they are subtracted: a difference near 2^53 would be rounded to the nearest millisecond.

/** How long attempts may take. */
export interface Pace {
  /** The enforced bound of one attempt, from connect to last byte; `Infinity` where there is none. */
  readonly attemptMs: number;
  /** The longest round trip of this lease so far. */
  readonly longestRttMs: number;
}

/** A lower bound of what is left of a lease. */
export interface Lead {
  readonly leadMs: number;
  /** When it held: at the receipt of the answer. */
  readonly at: number;
}

/** What the last failure found, so that the next can tell whether anything has moved. */
export interface LastFailure {
  readonly elapsedMs: number;
  readonly windowMs: number;
  /** Whether a retry without any delay has been made since the last success. */
  readonly immediate: boolean;
}

/** The same extension again. */
export interface Retry {
  readonly inMs: number;
  readonly recovery: LastFailure;
}

const LEAST_ATTEMPT_MS = 1_000;
const LEAST_MARGIN_MS = 1_000;
const LONGEST_RETRY_DELAY_MS = 30_000;

/** What is certainly left: the answer may have been written as early as its request was sent. */
export function leadFloor(remainingTtlMs: number, rttMs: number): number {
  return Math.max(0, Math.floor(remainingTtlMs) - Math.ceil(rttMs));
}

/** What is set aside for one attempt. */
export function attemptBudget({ attemptMs, longestRttMs }: Pace): number {
  return Math.ceil(Math.max(attemptMs, LEAST_ATTEMPT_MS, 2 * longestRttMs));
}

/** What is set aside for late timers and slow networks. */
export function safetyMargin({ longestRttMs }: Pace): number {
  return Math.ceil(Math.max(LEAST_MARGIN_MS, 2 * longestRttMs));
}

/** What must be left when an extension goes out: it may fail, and be tried once more. */
export function retryReserve(pace: Pace): number {
  return 2 * attemptBudget(pace) + safetyMargin(pace);
}

/** The time until the next extension; 0 where the lease has no room for the reserve. */
export function beatDelay({ leadMs }: Lead, pace: Pace): number {
  return Math.max(0, leadMs - retryReserve(pace));
}

/** How long a retry can wait and still have a whole attempt and the margin before it; below 0 there is no room. */
export function retryWindow(lead: Lead, pace: Pace, now: number): number {
  return leftOf(lead, now) - attemptBudget(pace) - safetyMargin(pace);
}

/** After a failed extension: when it goes out again, or why it does not. */
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
  const again = last?.immediate === true;
  return {
    // "Retry after 0 seconds" is believed once; a server that repeats it would be asked in a tight loop.
    inMs: inMs === 0 && again ? usualMs : inMs,
    recovery: { elapsedMs, windowMs, immediate: again || inMs === 0 },
  };
}

/** What a throttling server asks for, where it does and the lease allows it. */
export function pause(
  { retryAfterMs = NaN }: Extract<Transient, { kind: "limited" }>,
  roomMs: number,
): number | undefined {
  return retryAfterMs >= 0 && retryAfterMs <= roomMs ? retryAfterMs : undefined;
}

function leftOf({ leadMs, at }: Lead, now: number): number {
  return Math.max(0, leadMs - Math.ceil(elapsed(at, now)));
}
