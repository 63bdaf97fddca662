import type { Timer } from "../clock.js";
import type { Settings } from "../settings.js";
import { backoff } from "./disposition.js";
import type { Progress, RetryLater } from "./job.js";
import type { PendingSpend } from "./pending-spend.js";

/** How many spends are tried at a time, so that a large journal does not flood the server. */
const CONCURRENCY = 8;

/** A source of spends for when the backlog itself has none to try. */
export interface Source {
  next(): PendingSpend | undefined;
  /** Called after a spend of this source was tried. */
  tried(pending: PendingSpend, progress: Progress): void;
  /** Called when all spends pause, because the server is in trouble. */
  paused(): void;
  /** Ends the delays of this source. */
  hurry(): void;
}

/** The delay of a spend that must not be tried yet. */
interface Rest {
  readonly timer: Timer;
  /** Whether the server asked for the delay. */
  readonly isRetryAfter: boolean;
  /** Whether it failed while the server was in trouble. It is then due once the server responds. */
  readonly untilResponse: boolean;
}

/**
 * The spends that no caller waits for. A few of them are tried at a time.
 *
 * A spend that fails rests for a delay that grows with its own failures. If the server is in
 * trouble (401, 429, 5xx, no response), all spends pause as well. The pause grows with the server's
 * consecutive failures, not with those of one spend. After it, one spend at a time is tried until
 * the server responds. Neither a bad record nor a long backlog delays the other spends.
 */
export class Backlog {
  readonly #settings: Settings;
  readonly #advance: (pending: PendingSpend) => Promise<Progress>;
  readonly #source: Source;
  readonly #ready: PendingSpend[] = [];
  readonly #resting = new Map<PendingSpend, Rest>();
  #running = 0;
  /** The server's consecutive failures. Failures at the same time count once. */
  #serverFailures = 0;
  #pause: Timer | undefined;
  #pauseEndsAt = -Infinity;
  /** When the server allows the next request, on the monotonic clock. */
  #retryAfterEndsAt = -Infinity;
  /** Timers keep the process alive until this time on the monotonic clock. */
  #aliveUntil = -Infinity;
  #stopped = false;

  /** @param advance tries a spend once, and never rejects */
  constructor(
    settings: Settings,
    advance: (pending: PendingSpend) => Promise<Progress>,
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

  /** Adds a spend whose last attempt failed. */
  add(pending: PendingSpend, { scope, retryAfterMs }: RetryLater): void {
    if (this.#stopped) return;
    this.stayAlive();
    const untilResponse = scope === "server" && this.#serverFailures > 0;
    this.#rest(pending, retryAfterMs, untilResponse);
    if (scope === "server") this.#serverFailed(retryAfterMs);
  }

  /** Keeps the process alive for as long as a commit and a flush may take. */
  stayAlive(): void {
    const { clock, settleTimeout, flushTimeout } = this.#settings;
    this.#aliveUntil = clock.monotonic() + settleTimeout + flushTimeout;
  }

  /** Called when the server has sent a response that the client understands. */
  serverResponded(): void {
    if (this.#serverFailures === 0) return;
    this.#serverFailures = 0;
    for (const [pending, { untilResponse }] of this.#resting)
      if (untilResponse) this.#wake(pending);
    this.#endPauseIfAllowed();
  }

  /** Ends all delays except those that the server asked for. */
  hurry(): void {
    for (const [pending, { isRetryAfter }] of this.#resting) if (!isRetryAfter) this.#wake(pending);
    this.#source.hurry();
    this.#endPauseIfAllowed();
    this.pump();
  }

  /** Starts no further attempts. */
  stop(): void {
    this.#stopped = true;
    this.#pause?.cancel();
    for (const { timer } of this.#resting.values()) timer.cancel();
    this.#resting.clear();
    this.#ready.length = 0;
  }

  /** Starts as many attempts as are allowed now. */
  pump(): void {
    while (!this.#stopped && this.#pause === undefined && this.#running < this.#concurrency()) {
      const pending = this.#ready.shift() ?? this.#source.next();
      if (pending === undefined) return;
      this.#running += 1;
      this.#advance(pending)
        .then((progress) => {
          this.#tried(pending, progress);
        })
        .catch((cause: unknown) => {
          pending.job.failUnexpectedly(cause);
        });
    }
  }

  #concurrency(): number {
    return this.#serverFailures === 0 ? CONCURRENCY : 1;
  }

  #tried(pending: PendingSpend, progress: Progress): void {
    this.#running -= 1;
    if (this.#stopped) return;
    if (progress.next === "retry") {
      const { scope, retryAfterMs } = progress;
      const untilResponse = scope === "server" && this.#serverFailures > 0;
      // With `retry: false`, this client does not send the spend again.
      if (pending.leftover === undefined && this.#settings.retry !== false)
        this.#rest(pending, retryAfterMs, untilResponse);
      if (scope === "server") this.#serverFailed(retryAfterMs);
    }
    if (pending.leftover) this.#source.tried(pending, progress);
    // If the process may end now, let it end between two attempts.
    if (this.#pause === undefined && this.#settings.clock.monotonic() > this.#aliveUntil)
      this.#pauseFor(0);
    else this.pump();
  }

  #serverFailed(retryAfterMs: number | undefined): void {
    const now = this.#settings.clock.monotonic();
    const isPaused = this.#pauseEndsAt > now;
    // A failure of a request that was sent before the pause began does not count again.
    if (!isPaused) this.#serverFailures += 1;
    this.#retryAfterEndsAt = Math.max(this.#retryAfterEndsAt, now + (retryAfterMs ?? 0));
    const backoffEndsAt = isPaused ? this.#pauseEndsAt : now + this.#backoff(this.#serverFailures);
    const endsAt = Math.max(backoffEndsAt, this.#retryAfterEndsAt);
    if (endsAt <= Math.max(now, this.#pauseEndsAt)) return;
    this.#pauseFor(endsAt - now);
    this.#source.paused();
  }

  #rest(pending: PendingSpend, retryAfterMs: number | undefined, untilResponse: boolean): void {
    const ms = Math.max(retryAfterMs ?? 0, this.#backoff(pending.job.failures));
    if (ms === 0) {
      this.#ready.push(pending);
      this.pump();
      return;
    }
    const timer = this.#timer(ms, () => {
      this.#wake(pending);
      this.pump();
    });
    const isRetryAfter = retryAfterMs !== undefined;
    this.#resting.set(pending, { timer, isRetryAfter, untilResponse });
  }

  #wake(pending: PendingSpend): void {
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
    // Spends of earlier processes are safe in the journal, so they do not keep the process alive.
    if (this.#resting.size + this.#ready.length === 0) this.#pause.unref();
  }

  /** Ends the pause, except for the time that the server asked for. */
  #endPauseIfAllowed(): void {
    if (this.#pause === undefined) return;
    const now = this.#settings.clock.monotonic();
    if (this.#retryAfterEndsAt > now) {
      this.#pauseFor(this.#retryAfterEndsAt - now);
      return;
    }
    this.#endPause();
  }

  #endPause(): void {
    this.#pause?.cancel();
    this.#pause = undefined;
    // Set here, because timers may fire slightly before the end of the pause.
    this.#pauseEndsAt = -Infinity;
    this.pump();
  }

  #backoff(failures: number): number {
    const { retry } = this.#settings;
    return retry === false || failures === 0 ? 0 : backoff(retry, failures, Math.random());
  }

  /** Makes a timer that keeps the process alive only if it fires before the process may end. */
  #timer(ms: number, callback: () => void): Timer {
    const { clock } = this.#settings;
    const timer = clock.setTimeout(callback, ms);
    if (clock.monotonic() + ms > this.#aliveUntil) timer.unref();
    return timer;
  }
}
