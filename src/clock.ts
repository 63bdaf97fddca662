/** A timer that was started with a {@link Clock}. */
export interface Timer {
  /** Stops the timer. Has no effect if the timer has fired or was stopped before. */
  cancel(): void;
  /** Lets the process exit while the timer is pending, if the runtime supports that. */
  unref(): void;
}

/**
 * The source of time for all parts of a client. The default is {@link systemClock}. A test can
 * share a manual clock with the embedded authority, and move the time of both together.
 *
 * @example
 * ```ts
 * import { CyclesClient, systemClock } from "cycles-client";
 * const client = new CyclesClient({ baseUrl: "http://127.0.0.1:7878", clock: systemClock });
 * ```
 */
export interface Clock {
  /** The wall-clock time, in milliseconds since the Unix epoch. */
  now(): number;
  /** Milliseconds on a clock that never goes backwards. Only differences are meaningful. */
  monotonic(): number;
  /** Calls `callback` once, after `ms` milliseconds. */
  setTimeout(callback: () => void, ms: number): Timer;
}

/** The longest delay that timers support. A timer with a longer delay fires at once. */
const LONGEST_DELAY_MS = 2 ** 31 - 1;

/** The clock and the timers of the runtime. */
export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  setTimeout(callback, ms) {
    // Node returns an object and browsers return a number. Only the object has `unref`.
    return new SystemTimer(setTimeout(callback, Math.min(Math.max(0, ms), LONGEST_DELAY_MS)));
  },
};

class SystemTimer implements Timer {
  readonly #handle: ReturnType<typeof setTimeout>;

  constructor(handle: ReturnType<typeof setTimeout>) {
    this.#handle = handle;
  }

  cancel(): void {
    clearTimeout(this.#handle);
  }

  unref(): void {
    if (isUnrefable(this.#handle)) this.#handle.unref();
  }
}

function isUnrefable(handle: unknown): handle is { unref(): void } {
  return typeof handle === "object" && handle !== null && "unref" in handle;
}

/**
 * Resolves after `ms` milliseconds of `clock`. If the signal is aborted first, rejects with its
 * reason.
 *
 * @internal
 */
export function sleep(clock: Clock, ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const abort = () => {
      timer.cancel();
      const reason: unknown = signal?.reason;
      reject(reason);
    };
    const timer = clock.setTimeout(() => {
      stopWaiting?.();
      resolve();
    }, ms);
    const stopWaiting = signal && onAbort(signal, abort);
    if (signal?.aborted === true) abort();
  });
}

/**
 * Settles as `promise` does, or resolves with `undefined` after `ms` milliseconds of `clock`.
 *
 * @internal
 */
export function atMost<T>(clock: Clock, promise: Promise<T>, ms: number): Promise<T | undefined> {
  return new Promise((resolve, reject) => {
    const timer = clock.setTimeout(() => {
      resolve(undefined);
    }, ms);
    promise.then(
      (value) => {
        timer.cancel();
        resolve(value);
      },
      (error: unknown) => {
        timer.cancel();
        reject(error);
      },
    );
  });
}

/** The callbacks for each signal. They share one listener on the signal. */
const callbacksOf = new WeakMap<AbortSignal, Set<() => void>>();

/**
 * Calls `callback` once when the signal is aborted. A signal that thousands of calls share gets
 * only one listener, because runtimes warn when a signal has many listeners.
 *
 * @param signal a signal that is not aborted yet
 * @returns a function that removes the callback
 * @internal
 */
export function onAbort(signal: AbortSignal, callback: () => void): () => void {
  const callbacks = callbacksOf.get(signal) ?? listen(signal);
  callbacks.add(callback);
  return () => callbacks.delete(callback);
}

function listen(signal: AbortSignal): Set<() => void> {
  const callbacks = new Set<() => void>();
  callbacksOf.set(signal, callbacks);
  signal.addEventListener(
    "abort",
    () => {
      for (const callback of callbacks) callback();
    },
    { once: true },
  );
  return callbacks;
}
