import type { Clock, Timer } from "../clock.js";

// Taken when the module loads, so that a test framework's fake timers cannot hold up `advance`.
const realSetTimeout = globalThis.setTimeout;

interface ManualTimer {
  readonly at: number;
  readonly callback: () => void;
}

/** Turns of the event loop in which a chain of requests without sockets comes to its end. */
const TURNS = 4;

/**
 * A clock that stands still until it is told to move: for tests, shared by the embedded authority and the client.
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

  /** @param startMs - the time to begin with, in milliseconds since the Unix epoch. */
  constructor(startMs = Date.UTC(2026, 0, 1)) {
    if (!Number.isSafeInteger(startMs) || startMs < 0) {
      throw new RangeError(`startMs must be whole milliseconds since 1970, not ${String(startMs)}`);
    }
    this.#start = startMs;
    this.#now = startMs;
  }

  now(): number {
    // Timers may have fractions of milliseconds; the wall clock has none, nor has the protocol.
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
      // It keeps no process alive in the first place.
      unref: () => undefined,
    };
  }

  /** How many timers are waiting. */
  get pending(): number {
    return this.#timers.size;
  }

  /**
   * Moves time on by `ms` milliseconds and fires what falls due, in order, each at its own time. Before, between
   * the times and after, work that is already under way gets to run, so requests that a timer starts are answered.
   */
  async advance(ms: number): Promise<void> {
    if (!(ms >= 0 && ms < Infinity)) {
      throw new RangeError(`advance takes milliseconds from 0 up, not ${String(ms)}`);
    }
    await settle();
    const until = this.#now + ms;
    for (let due = this.#due(until); due.length > 0; due = this.#due(until)) {
      for (const timer of due) {
        this.#now = Math.max(this.#now, timer.at);
        // One of them may have cancelled another.
        if (this.#timers.delete(timer)) timer.callback();
      }
      await settle();
    }
    this.#now = Math.max(this.#now, until);
    await settle();
  }

  /** The earliest timers that are due by then, all of one time, in the order in which they were set. */
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
