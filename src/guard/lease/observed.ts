import type { FailedVerdict } from "../../wire/judge.js";

/** What one successful create or extend said about the lease, and when, on the monotonic clock. */
export interface Observed {
  /** How long the lease lasts, as of the writing of the answer; older servers do not say it. */
  readonly remainingTtlMs: number | undefined;
  /** Its end on the server's clock, good for differences only. */
  readonly expiresAtMs: number | undefined;
  /** When the attempt that was answered left. */
  readonly sentAt: number;
  /** When its answer had arrived and was found valid. */
  readonly receivedAt: number;
}

/** A failure after which the server may still be asked again. */
export type Transient = Extract<FailedVerdict, { kind: "limited" | "ambiguous" | "unreachable" }>;

/**
 * Milliseconds from one reading of the monotonic clock to a later one. A clock that went back, or gave no number,
 * has told nothing: then any time may have passed, never none.
 */
export function elapsed(from: number, to: number): number {
  const ms = to - from;
  return ms >= 0 ? ms : Infinity;
}
