import type { Timer } from "../clock.js";
import type { Settings } from "../settings.js";
import { backoff } from "./disposition.js";
import { type Again, type Progress, type Pending } from "./job.js";

/** Ten thousand records are not ten thousand requests at once. */
const CONCURRENCY = 8;

/** Where jobs come from when none of the backlog's own is ready. */
export interface Source {
  next(): Pending | undefined;
  /** A job of this source was tried. */
  tried(pending: Pending, step: Progress): void;
  /** Nothing is tried for a while: the server is in trouble. */
  paused(): void;
  /** Ends delays. */
  hurry(): void;
}

/** A job that must not be tried yet. */
interface Rest {
  readonly timer: Timer;
  /** The server asked for it. */
  readonly imposed: boolean;
  /** It failed while the server was known to be in trouble: it is tried as soon as the server responds. */
  readonly untilHeard: boolean;
}

/**
 * The jobs that no caller waits for. A few are tried at a time. A job that fails rests by itself, with a delay that
 * grows with its own failures. If the server is in trouble (401, 429, 5xx, no response), everything pauses as well: the
 * pause grows with the server's failures in a row, not with those of one job, and then one job at a time is tried,
 * until the server responds. So neither a bad job nor the length of the backlog holds the others up.
 */
export class Backlog {
  readonly #settings: Settings;
  readonly #advance: (pending: Pending) => Promise<Progress>;
  readonly #source: Source;
  readonly #ready: Pending[] = [];
  readonly #resting = new Map<Pending, Rest>();
  #running = 0;
  /** How often in a row the server has failed; failures at the same time count once. */
  #failures = 0;
  #pause: Timer | undefined;
  #pauseEndsAt = -Infinity;
  /** Until then the server wants to be left alone, on the monotonic clock. */
  #imposedUntil = -Infinity;
  #aliveUntil = -Infinity;
  #stopped = false;

  constructor(
    settings: Settings,
    advance: (pending: Pending) => Promise<Progress>,
    source: Source,
  ) {
    this.#settings = settings;
    this.#advance = advance;
    this.#source = source;
  }

  /** Whether nothing is tried for a while, because the server is in trouble. */
  get isPaused(): boolean {
    return this.#pauseEndsAt > this.#settings.clock.monotonic();
  }

  /** Takes over a job whose last try failed. */
  add(pending: Pending, { scope, imposedMs }: Again): void {
    if (this.#stopped) return;
    this.stayAlive();
    const untilHeard = scope === "server" && this.#failures > 0;
    this.#rest(pending, imposedMs, untilHeard);
    if (scope === "server") this.#serverFailed(imposedMs);
  }

  /** A process that wants to end waits for a spend as long as `flush` would, and no longer. */
  stayAlive(): void {
    const { clock, settleTimeout, flushTimeout } = this.#settings;
    this.#aliveUntil = clock.monotonic() + settleTimeout + flushTimeout;
  }

  /** The server has responded and was understood: it is not in trouble. */
  heard(): void {
    if (this.#failures === 0) return;
    this.#failures = 0;
    for (const [pending, { untilHeard }] of this.#resting) if (untilHeard) this.#wake(pending);
    this.#endPauseIfAllowed();
  }

  /** Ends all delays but those that the server imposed. */
  hurry(): void {
    for (const [pending, { imposed }] of this.#resting) if (!imposed) this.#wake(pending);
    this.#source.hurry();
    this.#endPauseIfAllowed();
    this.pump();
  }

  /** Starts nothing more. */
  stop(): void {
    this.#stopped = true;
    this.#pause?.cancel();
    for (const { timer } of this.#resting.values()) timer.cancel();
    this.#resting.clear();
    this.#ready.length = 0;
  }

  /** Starts as many tries as are allowed now. */
  pump(): void {
    while (!this.#stopped && this.#pause === undefined && this.#running < this.#width()) {
      const pending = this.#ready.shift() ?? this.#source.next();
      if (pending === undefined) return;
      this.#running += 1;
      this.#advance(pending)
        .then((step) => {
          this.#tried(pending, step);
        })
        .catch((cause: unknown) => {
          pending.job.unexpected(cause);
        });
    }
  }

  #width(): number {
    return this.#failures === 0 ? CONCURRENCY : 1;
  }

  #tried(pending: Pending, step: Progress): void {
    this.#running -= 1;
    if (this.#stopped) return;
    if (step.next === "again") {
      const untilHeard = step.scope === "server" && this.#failures > 0;
      // With retries off, what failed is left to its record.
      if (pending.leftover === undefined && this.#settings.retry !== false)
        this.#rest(pending, step.imposedMs, untilHeard);
      if (step.scope === "server") this.#serverFailed(step.imposedMs);
    }
    if (pending.leftover) this.#source.tried(pending, step);
    // Where the process may end, it gets the chance to between two tries.
    if (this.#pause === undefined && this.#settings.clock.monotonic() > this.#aliveUntil)
      this.#pauseFor(0);
    else this.pump();
  }

  #serverFailed(imposedMs: number | undefined): void {
    const now = this.#settings.clock.monotonic();
    const isPaused = this.#pauseEndsAt > now;
    // What was sent before the pause began says nothing new.
    if (!isPaused) this.#failures += 1;
    this.#imposedUntil = Math.max(this.#imposedUntil, now + (imposedMs ?? 0));
    const ownEnd = isPaused ? this.#pauseEndsAt : now + this.#backoff(this.#failures);
    const endsAt = Math.max(ownEnd, this.#imposedUntil);
    if (endsAt <= Math.max(now, this.#pauseEndsAt)) return;
    this.#pauseFor(endsAt - now);
    this.#source.paused();
  }

  #rest(pending: Pending, imposedMs: number | undefined, untilHeard: boolean): void {
    const ms = Math.max(imposedMs ?? 0, this.#backoff(pending.job.failed));
    if (ms === 0) {
      this.#ready.push(pending);
      this.pump();
      return;
    }
    const timer = this.#timer(ms, () => {
      this.#wake(pending);
      this.pump();
    });
    this.#resting.set(pending, { timer, imposed: imposedMs !== undefined, untilHeard });
  }

  #wake(pending: Pending): void {
    this.#resting.get(pending)?.timer.cancel();
    this.#resting.delete(pending);
    this.#ready.push(pending);
  }

  #pauseFor(ms: number): void {
    this.#pause?.cancel();
    this.#pauseEndsAt = this.#settings.clock.monotonic() + ms;
    this.#pause = this.#timer(ms, () => {
      this.#endPause();
    });
    // What earlier processes have left is safe in the journal, and keeps no process alive while the server is down.
    if (this.#resting.size + this.#ready.length === 0) this.#pause.unref();
  }

  /** Ends the pause, or what of it is beyond the server's own wish. */
  #endPauseIfAllowed(): void {
    if (this.#pause === undefined) return;
    const now = this.#settings.clock.monotonic();
    if (this.#imposedUntil > now) {
      this.#pauseFor(this.#imposedUntil - now);
      return;
    }
    this.#endPause();
  }

  #endPause(): void {
    this.#pause?.cancel();
    this.#pause = undefined;
    // Not left to the clock: timers may fire a little early.
    this.#pauseEndsAt = -Infinity;
    this.pump();
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
