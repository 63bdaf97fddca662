/** How many requests a tenant may make in a window of time. */
export interface RateLimitOptions {
  readonly requests: number;
  /** The length of a window, in milliseconds. */
  readonly windowMs: number;
}

/** A tenant's current window. */
export interface RateLimitStatus {
  readonly isAllowed: boolean;
  readonly remaining: number;
  /** The end of the window, in milliseconds since the Unix epoch. */
  readonly resetAt: number;
  /** The time until then, in milliseconds. */
  readonly waitMs: number;
}

interface RateWindow {
  readonly endsAt: number;
  used: number;
}

/** Counts the requests of each tenant, in fixed windows. */
export class RateLimit {
  readonly #options: RateLimitOptions;
  readonly #windows = new Map<string, RateWindow>();

  constructor(options: RateLimitOptions) {
    this.#options = options;
  }

  count(tenant: string, now: number): RateLimitStatus {
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
