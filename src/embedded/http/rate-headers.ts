import type { RateLimitStatus } from "../rate-limit.js";

/** What the reference server sends, which has no rate limit. */
const UNLIMITED = { "x-ratelimit-remaining": "-1", "x-ratelimit-reset": "0" };

/**
 * The headers of the rate limit. The end of the window is in whole seconds, rounded up: a client
 * that waits until then gets a new window.
 *
 * @param isUnlimited - whether the response says so if there is no limit.
 */
export function rateLimitHeaders(
  status: RateLimitStatus | undefined,
  isUnlimited: boolean,
): Readonly<Record<string, string>> {
  if (status === undefined) return isUnlimited ? UNLIMITED : {};
  return {
    "x-ratelimit-remaining": String(status.remaining),
    "x-ratelimit-reset": String(Math.ceil(status.resetAt / 1_000)),
  };
}
