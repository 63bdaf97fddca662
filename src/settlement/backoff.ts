import type { RetryOptions } from "../options.js";

/**
 * The least delay, before jitter: 100 ms after the first failure, doubled up to two seconds. It holds whatever the
 * options say, so that `initialDelay: 0` or `multiplier: 1` cannot flood a server that is down.
 */
const LEAST_FIRST_DELAY_MS = 100;
const LEAST_LATER_DELAY_MS = 2_000;

/**
 * How many milliseconds to wait after `failed` tries: exponential, with half of each delay left to chance, so that
 * clients do not return from an outage in step.
 *
 * @param failed from 1
 * @param random a number from 0 to 1
 */
export function backoff(
  { initialDelay, multiplier, maxDelay }: Required<RetryOptions>,
  failed: number,
  random: number,
): number {
  const asked = Math.min(maxDelay, initialDelay * multiplier ** (failed - 1));
  const least = Math.min(LEAST_LATER_DELAY_MS, LEAST_FIRST_DELAY_MS * 2 ** (failed - 1));
  return Math.max(asked, least) * (0.5 + random / 2);
}
