/** How many requests a tenant may make in a window of time. */
export interface RateLimitOptions {
  readonly requests: number;
  /** The length of a window, in milliseconds. */
  readonly windowMs: number;
}

/** Where a caller stands in its window. */
export interface Allowance {
  readonly isAllowed: boolean;
  readonly remaining: number;
  /** When the window ends, epoch milliseconds. */
  readonly resetAt: number;
  /** How long until then, in milliseconds. */
  readonly waitMs: number;
}

interface RateWindow {
  readonly endsAt: number;
  used: number;
}

/** Counts requests in fixed windows, for each tenant its own. */
export class RateLimit {
  readonly #options: RateLimitOptions;
  readonly #windows = new Map<string, RateWindow>();

  constructor(options: RateLimitOptions) {
    this.#options = options;
  }

  /** Counts a request. */
  take(tenant: string, now: number): Allowance {
    const { requests, windowMs } = this.#options;
    let window = this.#windows.get(tenant);
    if (window === undefined || window.endsAt <= now) {
      window = { endsAt: now + windowMs, used: 0 };
      this.#windows.set(tenant, window);
    }
    const isAllowed = window.used < requests;
    if (isAllowed) window.used += 1;
    return {
      isAllowed,
      remaining: requests - window.used,
      resetAt: window.endsAt,
      waitMs: window.endsAt - now,
    };
  }
}
