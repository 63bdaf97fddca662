/** A timer that was started on a {@link Clock}. */
export interface Timer {
  /** Stops the timer; once it has fired, or a second time, this does nothing. */
  cancel(): void;
  /** Lets the process end while the timer is still pending, if the runtime supports that. */
  unref(): void;
}

/**
 * Where every part of the client takes its time from. The default is the runtime's own clock; a test hands in
 * a manual one, shared with the embedded authority, and moves both together.
 *
 * @example
 * ```ts
 * import { CyclesClient, systemClock } from "cycles-client";
 * const client = new CyclesClient({ baseUrl: "http://127.0.0.1:7878", apiKey: "cyc_live_…", clock: systemClock });
 * ```
 */
export interface Clock {
  /** Wall-clock time, milliseconds since the Unix epoch. */
  now(): number;
  /** Milliseconds on a clock that never goes back; only differences mean anything. */
  monotonic(): number;
  /** Calls `callback` once, `ms` milliseconds from now. */
  setTimeout(callback: () => void, ms: number): Timer;
}

/** The longest delay that the runtimes' own timers keep; beyond it they fire at once. */
const LONGEST_DELAY_MS = 2 ** 31 - 1;

/** The runtime's own time. */
export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  setTimeout(callback, ms) {
    // Node answers with an object, browsers with a number: only the object can be unref'd.
    return new SystemTimer(setTimeout(callback, Math.min(Math.max(0, ms), LONGEST_DELAY_MS)));
  },
};

class SystemTimer implements Timer {
  readonly #handle: unknown;

  constructor(handle: unknown) {
    this.#handle = handle;
  }

  cancel(): void {
    clearTimeout(this.#handle as ReturnType<typeof setTimeout>);
  }

  unref(): void {
    if (isUnrefable(this.#handle)) this.#handle.unref();
  }
}

function isUnrefable(handle: unknown): handle is { unref(): void } {
  return typeof handle === "object" && handle !== null && "unref" in handle;
}

/**
 * Resolves after `ms` milliseconds of `clock`. Rejects with the signal's reason if that comes first.
 *
 * @internal
 */
export function sleep(clock: Clock, ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const abort = () => {
      timer.cancel();
      reject(signal?.reason as Error);
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
 * The result of `promise`, or `undefined` if that takes longer than `ms` milliseconds of `clock`.
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

/** Who waits for a signal; the signal itself has one listener for all of them. */
const waiting = new WeakMap<AbortSignal, Set<() => void>>();

/**
 * Calls `callback` once when the signal is aborted. Returns a function that stops waiting. A signal
 * that thousands of calls share gets one listener, because runtimes warn when a signal has many.
 *
 * @internal
 * @param signal one that is not aborted yet
 */
export function onAbort(signal: AbortSignal, callback: () => void): () => void {
  const callbacks = waiting.get(signal) ?? listen(signal);
  callbacks.add(callback);
  return () => callbacks.delete(callback);
}

function listen(signal: AbortSignal): Set<() => void> {
  const callbacks = new Set<() => void>();
  waiting.set(signal, callbacks);
  signal.addEventListener(
    "abort",
    () => {
      for (const callback of callbacks) callback();
    },
    { once: true },
  );
  return callbacks;
}
