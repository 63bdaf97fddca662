/** Requests without sockets and synchronous file operations finish within this many turns of the event loop. */
const TURNS = 6;

/**
 * Simulated time. It stands still while code can run and then jumps to the next timer, so days pass in seconds. Each
 * process has its own clock, whose wall time can be wrong and whose timers end with the process.
 */
export class Time {
  #elapsed = 0;
  /** @type {Set<{ at: number, callback: () => void }>} */
  #timers = new Set();
  #start = Date.UTC(2026, 0, 1);

  /** Returns whole milliseconds, as the system clock does. Delays may have fractions. */
  now() {
    return this.#start + Math.floor(this.#elapsed);
  }

  monotonic() {
    return this.#elapsed;
  }

  /**
   * @param {() => void} callback
   * @param {number} ms
   */
  setTimeout(callback, ms) {
    const timer = { at: this.#elapsed + Math.max(0, ms), callback };
    this.#timers.add(timer);
    return {
      cancel: () => {
        this.#timers.delete(timer);
      },
      unref: () => undefined,
    };
  }

  /**
   * @param {number} ms
   * @returns {Promise<void>}
   */
  sleep(ms) {
    return new Promise((resolve) => this.setTimeout(resolve, ms));
  }

  /** The number of timers that are waiting. */
  get pending() {
    return this.#timers.size;
  }

  /**
   * Lets time pass until a promise settles, and returns the promise's result.
   * @template Value
   * @param {Promise<Value>} promise
   * @returns {Promise<Value>}
   */
  async until(promise) {
    let settled = false;
    const mark = () => {
      settled = true;
    };
    promise.then(mark, mark);
    for (;;) {
      for (let turn = 0; turn < TURNS; turn += 1) await new Promise((go) => setImmediate(go));
      if (settled) return promise;
      this.#jump();
    }
  }

  /** Jumps to the earliest timer. Of two timers for the same time, the one that was set first runs first. */
  #jump() {
    /** @type {{ at: number, callback: () => void } | undefined} */
    let next;
    for (const timer of this.#timers) {
      if (next === undefined || timer.at < next.at) next = timer;
    }
    if (next === undefined) throw new Error("no code can run, and no timer is waiting");
    this.#timers.delete(next);
    this.#elapsed = Math.max(this.#elapsed, next.at);
    next.callback();
  }
}

/** The clock of one process. */
export class ProcessClock {
  #time;
  /** @type {Set<{ cancel(): void }>} */
  #timers = new Set();
  #stopped = false;
  /** The error of its wall time, in milliseconds. */
  offset = 0;

  /** @param {Time} time */
  constructor(time) {
    this.#time = time;
  }

  now() {
    return this.#time.now() + this.offset;
  }

  monotonic() {
    return this.#time.monotonic();
  }

  /**
   * @param {() => void} callback
   * @param {number} ms
   */
  setTimeout(callback, ms) {
    const timer = this.#time.setTimeout(() => {
      this.#timers.delete(timer);
      if (!this.#stopped) callback();
    }, ms);
    this.#timers.add(timer);
    return {
      cancel: () => {
        this.#timers.delete(timer);
        timer.cancel();
      },
      unref: () => undefined,
    };
  }

  /** The number of its timers that are waiting. */
  get pending() {
    return this.#timers.size;
  }

  /** Cancels all timers, because the process has ended. */
  stop() {
    this.#stopped = true;
    for (const timer of this.#timers) timer.cancel();
    this.#timers.clear();
  }
}
