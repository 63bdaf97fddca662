/**
 * When to extend a lease: pure, in milliseconds on a monotonic clock. A lease of `ttl` is extended by `ttl`
 * when half a `ttl` is left.
 */
export interface Lease {
  /** What is asked for at each extension. */
  readonly ttlMs: number;
  /** How long the lease was known to last when the last answer arrived. */
  readonly leadMs: number;
  /** When that was. */
  readonly observedAt: number;
}

/** The time until the next extension, counted from the last answer. */
export function beatDelay({ ttlMs, leadMs }: Lease): number {
  return Math.max(leadMs / 2, leadMs - ttlMs / 2);
}

/**
 * After a failed extension: how long to wait before it is repeated with the same key; `undefined` where no
 * complete attempt fits into what is left of the lease.
 */
export function repeatDelay(lease: Lease, now: number, attemptMs: number): number | undefined {
  const left = lease.leadMs - (now - lease.observedAt);
  const room = left - attemptMs;
  return room <= 0 ? undefined : Math.min(left / 4, room);
}

/** The time bound of one extension: short leases must be renewable, too. */
export function extendTimeout(attemptTimeoutMs: number, ttlMs: number): number {
  return Math.min(attemptTimeoutMs, Math.max(1_000, Math.floor(ttlMs / 6)));
}

/** The lease after an answer: as long as the server says, else as long as was asked for. */
export function observed(ttlMs: number, remainingTtlMs: number | undefined, at: number): Lease {
  return { ttlMs, leadMs: remainingTtlMs ?? ttlMs, observedAt: at };
}
