import type { FailedVerdict } from "./judge.js";

/** How a call is retried. */
export type RetryPolicy =
  /** Retries with growing delays and jitter; after a 429, only if there is a `Retry-After`. */
  | { readonly kind: "backoff"; readonly maxRetries: number }
  /** Retries without a delay if it is unknown whether the server acted. */
  | { readonly kind: "immediate"; readonly maxRetries: number };

const FIRST_DELAY_MS = 500;
const LONGEST_DELAY_MS = 8_000;
/** The longest wait for a rate limit. If the server asks for more, the caller gets the error. */
const LONGEST_RETRY_AFTER_MS = 30_000;

/**
 * The delay before the next attempt, in milliseconds; `undefined` ends the call.
 *
 * @param failed the number of failed attempts, from 1
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
