import type { Timer } from "../clock.js";
import type { Settings } from "../options.js";
import { backoff } from "./backoff.js";
import type { Step } from "./job.js";
import type { Pending } from "./pending.js";

/** Ten thousand records are not ten thousand requests at once. */
const CONCURRENCY = 8;

/**
 * The jobs that nobody waits for. A few are tried at a time; after a failure one at a time, with growing pauses, until
 * the server is heard of again. The whole backlog shares the pauses, so that its length is no load on a server that
 * is down.
 */
export class Backlog {
  readonly #settings: Settings;
  readonly #advance: (pending: Pending) => Promise<Step>;
  readonly #ready: Pending[] = [];
  /** What must not be tried yet, and how it is woken early where that is allowed. */
  readonly #resting = new Map<Pending, { readonly timer: Timer; readonly imposed: boolean }>();
  #running = 0;
  #failures = 0;
  #pause: Timer | undefined;
  #aliveUntil = -Infinity;
  #stopped = false;

  constructor(settings: Settings, advance: (pending: Pending) => Promise<Step>) {
    this.#settings = settings;
    this.#advance = advance;
  }

  /**
   * Takes a job over.
   *
   * @param imposedMs for so many milliseconds the server wants to be left alone; else the first try follows a backoff
   */
  add(pending: Pending, imposedMs: number | undefined): void {
    if (this.#stopped) return;
    const { clock, settleTimeout, flushTimeout } = this.#settings;
    // A process that wants to end waits for a spend as long as `flush` would, and no longer.
    this.#aliveUntil = clock.monotonic() + settleTimeout + flushTimeout;
    this.#rest(
      pending,
      Math.max(imposedMs ?? 0, this.#backoff(pending.job.failed)),
      imposedMs !== undefined,
    );
  }

  /** Ends all delays but those that the server imposed. */
  hurry(): void {
    for (const [pending, { imposed }] of this.#resting) if (!imposed) this.#wake(pending);
    this.#endPause();
  }

  /** Starts nothing more. */
  stop(): void {
    this.#stopped = true;
    this.#pause?.cancel();
    for (const { timer } of this.#resting.values()) timer.cancel();
    this.#resting.clear();
    this.#ready.length = 0;
  }

  #pump(): void {
    while (!this.#stopped && this.#pause === undefined && this.#running < this.#width()) {
      const pending = this.#ready.shift();
      if (pending === undefined) return;
      void this.#try(pending);
    }
  }

  #width(): number {
    return this.#failures === 0 ? CONCURRENCY : 1;
  }

  async #try(pending: Pending): Promise<void> {
    this.#running += 1;
    const step = await this.#advance(pending);
    this.#running -= 1;
    if (this.#stopped) return;
    if (step.next === "again") {
      this.#failures += 1;
      this.#again(pending, step.imposedMs);
      this.#startPause(this.#backoff(Math.max(this.#failures, pending.job.failed)));
    } else {
      this.#failures = 0;
      // Where the process may end, it gets the chance to between two tries.
      if (this.#settings.clock.monotonic() > this.#aliveUntil) this.#startPause(0);
      else this.#endPause();
    }
  }

  #again(pending: Pending, imposedMs: number | undefined): void {
    // With retries off, what failed is left to its record.
    if (this.#settings.retry === false) return;
    if (imposedMs === undefined) this.#ready.push(pending);
    else this.#rest(pending, imposedMs, true);
  }

  #rest(pending: Pending, ms: number, imposed: boolean): void {
    if (ms === 0) {
      this.#ready.push(pending);
      this.#pump();
      return;
    }
    const timer = this.#timer(ms, () => {
      this.#wake(pending);
      this.#pump();
    });
    this.#resting.set(pending, { timer, imposed });
  }

  #wake(pending: Pending): void {
    this.#resting.get(pending)?.timer.cancel();
    this.#resting.delete(pending);
    this.#ready.push(pending);
  }

  #startPause(ms: number): void {
    this.#pause?.cancel();
    this.#pause = this.#timer(ms, () => {
      this.#endPause();
    });
  }

  #endPause(): void {
    this.#pause?.cancel();
    this.#pause = undefined;
    this.#pump();
  }

  #backoff(failed: number): number {
    const { retry } = this.#settings;
    return retry === false || failed === 0 ? 0 : backoff(retry, failed, Math.random());
  }

  /** A timer that keeps the process alive only where it ends in time. */
  #timer(ms: number, callback: () => void): Timer {
    const { clock } = this.#settings;
    const timer = clock.setTimeout(callback, ms);
    if (clock.monotonic() + ms > this.#aliveUntil) timer.unref();
    return timer;
  }
}
