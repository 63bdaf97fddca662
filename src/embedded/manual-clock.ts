import type { Clock, Timer } from "../clock.js";

// Saved when the module loads, so that a test framework's fake timers cannot stop `advance`.
const realSetTimeout = globalThis.setTimeout;

interface ManualTimer {
  readonly at: number;
  readonly callback: () => void;
}

/** Enough turns of the event loop for a chain of requests without sockets to finish. */
const TURNS = 4;

/**
 * A clock that only moves when `advance` is called. In a test, the authority and its clients share
 * it.
 *
 * @example
 * ```ts
 * import { usd } from "cycles-client";
 * import { EmbeddedCycles, ManualClock } from "cycles-client/embedded";
 * const clock = new ManualClock();
 * const authority = new EmbeddedCycles({ budgets: { "tenant:acme": usd("5.00") }, clock });
 * await clock.advance(60_000); // a minute later
 * ```
 */
export class ManualClock implements Clock {
  readonly #start: number;
  readonly #timers = new Set<ManualTimer>();
  #now: number;

  /**
   * @param startMs - the time at the start, in milliseconds since the Unix epoch.
   * @throws `RangeError` if that is not a whole number from 0 up.
   */
  constructor(startMs = Date.UTC(2026, 0, 1)) {
    if (!Number.isSafeInteger(startMs) || startMs < 0) {
      throw new RangeError(
        `startMs must be a whole number of milliseconds since 1970, not ${startMs}`,
      );
    }
    this.#start = startMs;
    this.#now = startMs;
  }

  now(): number {
    // Timers may have fractions of milliseconds. The wall clock and the protocol have none.
    return Math.floor(this.#now);
  }

  monotonic(): number {
    return this.#now - this.#start;
  }

  setTimeout(callback: () => void, ms: number): Timer {
    const timer = { at: this.#now + Math.max(0, ms), callback };
    this.#timers.add(timer);
    return {
      cancel: () => {
        this.#timers.delete(timer);
      },
      // A manual timer never keeps the process alive.
      unref: () => undefined,
    };
  }

  /** How many timers are waiting. */
  get pending(): number {
    return this.#timers.size;
  }

  /**
   * Moves the time by `ms` milliseconds and fires the timers that become due, each at its own time.
   * Pending work runs before, between and after them, so that a request that a timer starts gets
   * its response.
   *
   * @throws `RangeError` if `ms` is negative or not finite.
   */
  async advance(ms: number): Promise<void> {
    if (!(ms >= 0 && ms < Infinity)) {
      throw new RangeError(`advance takes a number of milliseconds from 0 up, not ${ms}`);
    }
    await settle();
    const until = this.#now + ms;
    for (let due = this.#due(until); due.length > 0; due = this.#due(until)) {
      for (const timer of due) {
        this.#now = Math.max(this.#now, timer.at);
        // An earlier timer may have cancelled this one.
        if (this.#timers.delete(timer)) timer.callback();
      }
      await settle();
    }
    this.#now = Math.max(this.#now, until);
    await settle();
  }

  /** The timers with the earliest time up to `until`, in the order in which they were set. */
  #due(until: number): readonly ManualTimer[] {
    let due: ManualTimer[] = [];
    for (const timer of this.#timers) {
      const earliest = due[0]?.at ?? until;
      if (timer.at > earliest) continue;
      if (timer.at < earliest) due = [];
      due.push(timer);
    }
    return due;
  }
}

async function settle(): Promise<void> {
  for (let turn = 0; turn < TURNS; turn += 1) {
    await new Promise<void>((resolve) => {
      realSetTimeout(resolve, 0);
    });
  }
}
