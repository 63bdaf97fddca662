import type { RetryOptions } from "../options.js";

/**
 * How many milliseconds to wait after `failed` tries: exponential, with half of each delay left to chance, so that
 * clients do not return from an outage in step.
 *
 * @param random a number from 0 to 1
 */
export function backoff(
  { initialDelay, multiplier, maxDelay }: Required<RetryOptions>,
  failed: number,
  random: number,
): number {
  return Math.min(maxDelay, initialDelay * multiplier ** (failed - 1)) * (0.5 + random / 2);
}
