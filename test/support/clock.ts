import type { Clock } from "cycles-client";

/**
 * A clock that stands still until a test moves it, for tests over real sockets. Unlike `ManualClock`, it lists the delays
 * of its timers, and `advance` returns at once: it does not wait for work that is under way.
 */
export class StandingClock implements Clock {
  #now = 1_700_000_000_000;
  readonly #timers = new Set<{ readonly at: number; readonly ms: number; run: () => void }>();

  now(): number {
    return this.#now;
  }

  monotonic(): number {
    return this.#now;
  }

  setTimeout(callback: () => void, ms: number) {
    const timer = { at: this.#now + ms, ms, run: callback };
    this.#timers.add(timer);
    return { cancel: () => void this.#timers.delete(timer), unref: () => undefined };
  }

  /** The delays of the timers that have not fired, in milliseconds. */
  get pending(): number[] {
    return [...this.#timers].map(({ ms }) => ms);
  }

  /** Moves time on and fires the timers that are due, in order. */
  advance(ms: number): void {
    this.#now += ms;
    const due = [...this.#timers].filter(({ at }) => at <= this.#now);
    for (const timer of due.sort((a, b) => a.at - b.at)) {
      if (this.#timers.delete(timer)) timer.run();
    }
  }
}
