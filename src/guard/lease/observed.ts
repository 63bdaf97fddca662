import type { FailedVerdict } from "../../wire/judge.js";

/** The lease, as the response to a reserve or an extension reports it. */
export interface Observed {
  /** How long the lease lasts from the time of the response. Older servers do not report it. */
  readonly remainingTtlMs: number | undefined;
  /** When the lease ends on the server's clock. Only differences are meaningful here. */
  readonly expiresAtMs: number | undefined;
  /** When the attempt was sent, on the monotonic clock. */
  readonly sentAt: number;
  /** When the response had arrived and was found valid, on the monotonic clock. */
  readonly receivedAt: number;
}

/** A failure after which a retry can succeed. */
export type Transient = Extract<FailedVerdict, { kind: "limited" | "ambiguous" | "unreachable" }>;

/**
 * Milliseconds from one reading of the monotonic clock to a later one.
 *
 * `Infinity` if the clock went backwards or returned NaN, because any amount of time may have
 * passed.
 */
export function elapsed(from: number, to: number): number {
  const ms = to - from;
  return ms >= 0 ? ms : Infinity;
}
