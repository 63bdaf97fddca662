import type { FailedVerdict } from "./judge.js";

/** How often, and how, a call is tried again. */
export type RetryPolicy =
  /** Up to `maxRetries` times, with growing, jittered delays; 429 where it says how long. */
  | { readonly kind: "backoff"; readonly maxRetries: number }
  /** Once, at once, where it is unknown whether the server acted. */
  | { readonly kind: "immediate"; readonly maxRetries: number };

const FIRST_DELAY_MS = 500;
const LONGEST_DELAY_MS = 8_000;
/** A call waits this long for a rate limit; beyond it the caller decides. */
const LONGEST_RETRY_AFTER_MS = 30_000;

/**
 * How many milliseconds to wait before the next attempt; `undefined` ends the call.
 *
 * @param failed how many attempts have failed, from 1
 * @param random a number from 0 to 1, for full jitter
 */
export function retryDelay(
  policy: RetryPolicy,
  verdict: FailedVerdict,
  failed: number,
  random: number,
): number | undefined {
  if (failed > policy.maxRetries) return undefined;
  switch (verdict.kind) {
    case "rejected":
      return undefined;
    case "limited":
      return policy.kind === "backoff" ? limitedDelay(verdict.retryAfterMs) : undefined;
    case "ambiguous":
    case "unreachable":
      if (verdict.kind === "unreachable" && !verdict.error.retryable) return undefined;
      return policy.kind === "immediate"
        ? 0
        : random * Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** (failed - 1));
    default:
      return verdict satisfies never;
  }
}

function limitedDelay(retryAfterMs: number | undefined): number | undefined {
  return retryAfterMs !== undefined && retryAfterMs <= LONGEST_RETRY_AFTER_MS
    ? retryAfterMs
    : undefined;
}
