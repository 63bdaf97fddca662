/** Turns of the event loop in which requests without sockets and synchronous file operations come to their end. */
const TURNS = 6;

/**
 * Time that stands still while anything can go on, and then jumps to the next timer: days pass in seconds. Each
 * process looks at it through a clock of its own, whose wall time can be wrong, and whose timers die with it.
 */
export class Time {
  #elapsed = 0;
  /** @type {Set<{ at: number, callback: () => void }>} */
  #timers = new Set();
  #start = Date.UTC(2026, 0, 1);
  #outside = 0;

  /** Whole milliseconds, as of the system's clock; delays may have fractions. */
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

  /** How many timers are waiting. */
  get pending() {
    return this.#timers.size;
  }

  /**
   * Time stands still for what has a pace of its own, such as a thread.
   * @template Value
   * @param {PromiseLike<Value>} promise
   */
  async standStillFor(promise) {
    this.#outside += 1;
    try {
      return await promise;
    } finally {
      this.#outside -= 1;
    }
  }

  /**
   * Lets time pass until a promise is settled, and answers what it is settled with.
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
      if (this.#outside === 0) this.#jump();
    }
  }

  /** To the earliest timer; of two at one time, the one that was set first. */
  #jump() {
    /** @type {{ at: number, callback: () => void } | undefined} */
    let next;
    for (const timer of this.#timers) {
      if (next === undefined || timer.at < next.at) next = timer;
    }
    if (next === undefined) throw new Error("nothing is under way, and no timer is waiting");
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
  /** How wrong its wall time is, in milliseconds. */
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

  /** How many of its timers are waiting. */
  get pending() {
    return this.#timers.size;
  }

  /** The process is gone. */
  stop() {
    this.#stopped = true;
    for (const timer of this.#timers) timer.cancel();
    this.#timers.clear();
  }
}
