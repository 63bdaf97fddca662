import type { Clock } from "cycles-client";

/** Time that stands still until a test moves it. */
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

  /** The delays of the timers that have not fired, as they were asked for. */
  get pending(): number[] {
    return [...this.#timers].map(({ ms }) => ms);
  }

  /** Moves time on and fires what has become due, in order. */
  advance(ms: number): void {
    this.#now += ms;
    const due = [...this.#timers].filter(({ at }) => at <= this.#now);
    for (const timer of due.sort((a, b) => a.at - b.at)) {
      if (this.#timers.delete(timer)) timer.run();
    }
  }
}
