import type { RuleSet } from "./ledger/state.js";

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

/** The headers of the reference server, which has no rate limit. */
const UNLIMITED = { "x-ratelimit-remaining": "-1", "x-ratelimit-reset": "0" };

/**
 * The headers of the rate limit. The end of the window is in whole seconds, rounded up: a client
 * that waits until then gets a new window.
 *
 * @param status - `undefined` if the request was not counted.
 */
export function rateLimitHeaders(
  status: RateLimitStatus | undefined,
  { rules, isRateLimited }: { readonly rules: RuleSet; readonly isRateLimited: boolean },
): Readonly<Record<string, string>> {
  if (status === undefined) return isRateLimited || rules === "prose" ? {} : UNLIMITED;
  return {
    "x-ratelimit-remaining": String(status.remaining),
    "x-ratelimit-reset": String(Math.ceil(status.resetAt / 1_000)),
  };
}
