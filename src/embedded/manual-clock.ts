import type { Clock, Timer } from "../clock.js";

interface Pending {
  readonly at: number;
  readonly callback: () => void;
}

/**
 * Time that stands still until it is moved. Share it between the authority and the client, and a test moves
 * expiry, retries and heartbeats together.
 *
 * @example
 * ```ts
 * import { usd } from "cycles-client";
 * import { EmbeddedCycles, ManualClock } from "cycles-client/embedded";
 * const clock = new ManualClock();
 * const authority = new EmbeddedCycles({ budgets: { "tenant:acme": usd("1.00") }, clock });
 * await clock.advance(60_000); // a minute later
 * ```
 */
export class ManualClock implements Clock {
  readonly #startedAt: number;
  #now: number;
  readonly #timers = new Set<Pending>();

  /** @param start where the clock stands at first, in epoch milliseconds */
  constructor(start = 1_700_000_000_000) {
    this.#startedAt = start;
    this.#now = start;
  }

  now(): number {
    return this.#now;
  }

  monotonic(): number {
    return this.#now - this.#startedAt;
  }

  /** How many timers are waiting. */
  get pending(): number {
    return this.#timers.size;
  }

  setTimeout(callback: () => void, ms: number): Timer {
    const timer = { at: this.#now + Math.max(0, ms), callback };
    this.#timers.add(timer);
    return {
      cancel: () => {
        this.#timers.delete(timer);
      },
      unref: () => undefined,
    };
  }

  /**
   * Moves time on by `ms` milliseconds. Timers that come due fire in order, each at its own time, and whatever they
   * set going runs before the next one fires.
   */
  async advance(ms: number): Promise<void> {
    const end = this.#now + ms;
    await settle();
    for (let next = this.#nextUntil(end); next; next = this.#nextUntil(end)) {
      this.#timers.delete(next);
      this.#now = Math.max(this.#now, next.at);
      next.callback();
      await settle();
    }
    this.#now = end;
    await settle();
  }

  #nextUntil(end: number): Pending | undefined {
    let first: Pending | undefined;
    for (const timer of this.#timers) {
      if (timer.at <= end && (first === undefined || timer.at < first.at)) first = timer;
    }
    return first;
  }
}

/** Lets promises, and the runtime's own queues behind them, come to rest. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 3; turn += 1) {
    await new Promise((resolve) => {
      setTimeout(resolve, 0);
    });
  }
}
