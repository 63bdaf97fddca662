import type { RuleSet } from "../ledger/state.js";
import type { RateLimitStatus } from "../rate-limit.js";

/** The reference server has no rate limit, and says so. */
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
