import type { RetryOptions } from "../options.js";
import type { FailedVerdict } from "../wire/judge.js";

/** The way in which a spend is recorded: by its reservation's commit, or, once that has expired, as an event. */
export type Mode = "commit" | "event";

/** What a failed attempt to record a spend asks for. */
export type Disposition =
  /** Understood and refused: asking again with the same key changes nothing. */
  | { readonly next: "refused" }
  /** The reservation is gone, the spend is not: record it as an event, with the same key. */
  | { readonly next: "record_as_event" }
  /** Not recorded as far as we know, and not refused: try again, no sooner than the server allows. */
  | {
      readonly next: "retry";
      /** Who has to wait: this spend only, or all spends, because the server itself is in trouble. */
      readonly scope: "spend" | "server";
      readonly retryAfterMs: number | undefined;
    };

/** The longest that a server may make a spend wait. */
export const LONGEST_RETRY_AFTER_MS = 3_600_000;
/** These codes say nothing about the spend: keys are rotated, and a server whose store is down also returns 401. */
const ABOUT_THE_KEY = ["UNAUTHORIZED", "FORBIDDEN"];

/**
 * Decides on an attempt that failed. A 401, a 429, a 5xx, an ambiguous response and no response at all concern every
 * spend; any other refusal concerns the one that was sent. (Protocol: client recovery, core level.)
 */
export function disposition(mode: Mode, verdict: FailedVerdict): Disposition {
  switch (verdict.kind) {
    case "limited":
      return {
        next: "retry",
        scope: "server",
        retryAfterMs:
          verdict.retryAfterMs && Math.min(verdict.retryAfterMs, LONGEST_RETRY_AFTER_MS),
      };
    case "ambiguous":
    case "unreachable":
      return { next: "retry", scope: "server", retryAfterMs: undefined };
    case "rejected": {
      const code = verdict.body?.error;
      if (mode === "commit" && (code === "RESERVATION_EXPIRED" || verdict.status === 410))
        return { next: "record_as_event" };
      if (verdict.understood && !ABOUT_THE_KEY.includes(code ?? "")) return { next: "refused" };
      const scope = verdict.status === 401 || verdict.status < 400 ? "server" : "spend";
      return { next: "retry", scope, retryAfterMs: undefined };
    }
    default:
      return verdict satisfies never;
  }
}

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

const DAY_MS = 86_400_000;

/** How long the server remembers a key, in milliseconds; after that a repeat would charge again. */
const REMEMBERED_MS: Readonly<Record<Mode, number>> = { commit: 30 * DAY_MS, event: 7 * DAY_MS };
/** No spend is older than the protocol: an earlier time was written by a clock that was wrong. */
const EARLIEST_PLAUSIBLE_MS = Date.UTC(2020, 0, 1);
/** The clocks of two machines differ by less than this. */
const LARGEST_SKEW_MS = DAY_MS;

/**
 * The age of a record, in milliseconds: for so long the server may have known its key. `undefined`: not known, since
 * the recorded time is implausible.
 *
 * @param recordedAt epoch milliseconds, by the clock of the record's writer
 * @param now epoch milliseconds, by our clock
 */
export function ageOfRecord(recordedAt: number, now: number): number | undefined {
  const age = now - recordedAt;
  return recordedAt < EARLIEST_PLAUSIBLE_MS || age < -LARGEST_SKEW_MS ? undefined : age;
}

/**
 * Whether a spend has waited too long to be sent with its key once more. If the age is not known, a commit may be sent:
 * the server answers 404 once it has forgotten the reservation. A forgotten event would be charged again.
 */
export function isStale(mode: Mode, ageMs: number | undefined, journalMaxAge: number): boolean {
  if (ageMs === undefined) return mode === "event";
  return ageMs > Math.min(REMEMBERED_MS[mode], journalMaxAge);
}
