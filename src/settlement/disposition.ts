import type { RetryOptions } from "../options.js";
import type { FailedVerdict } from "../wire/judge.js";

/** How a spend is recorded: as a commit or, if its reservation has expired, as an event. */
export type Mode = "commit" | "event";

/** The next step after a failed attempt to record a spend. */
export type Disposition =
  /** The server refused it for a known reason. The same key would be refused again. */
  | { readonly next: "refused" }
  /** The reservation has expired. Record the spend as an event with the same key. */
  | { readonly next: "record_as_event" }
  /** The spend may not be recorded. Send it again, but not before the server allows it. */
  | {
      readonly next: "retry";
      /**
       * Which spends have to wait: only this one, or all of them because the server is in trouble.
       */
      readonly scope: "spend" | "server";
      readonly retryAfterMs: number | undefined;
    };

/** The longest time that a server can make a spend wait. */
export const LONGEST_RETRY_AFTER_MS = 3_600_000;

/**
 * Codes about the API key, not about the spend. A key can be replaced, and the server also returns
 * 401 when its store is down.
 */
const ABOUT_THE_KEY = ["UNAUTHORIZED", "FORBIDDEN"];

/**
 * Decides what to do after a failed attempt. A 401, a 429, a 5xx, an ambiguous response and a
 * missing response affect all spends. Any other refusal affects only the spend that was sent.
 * (Protocol: client recovery, core level.)
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
 * Returns how many milliseconds to wait before the next attempt. The delay grows exponentially.
 * Half of it is random, so that clients do not all retry at the same time after an outage.
 *
 * @param failures how many attempts have failed, from 1
 * @param random a number from 0 to 1
 */
export function backoff(
  { initialDelay, multiplier, maxDelay }: Required<RetryOptions>,
  failures: number,
  random: number,
): number {
  const configured = Math.min(maxDelay, initialDelay * multiplier ** (failures - 1));
  const least = Math.min(LEAST_LATER_DELAY_MS, LEAST_FIRST_DELAY_MS * 2 ** (failures - 1));
  return Math.max(configured, least) * (0.5 + random / 2);
}

/**
 * The least delay before the random part is applied: 100 ms after the first failure, doubled with
 * each further one up to two seconds. No option changes it, so that `initialDelay: 0` or
 * `multiplier: 1` cannot flood a server that is down.
 */
const LEAST_FIRST_DELAY_MS = 100;
const LEAST_LATER_DELAY_MS = 2_000;

/**
 * Returns the age of a record in milliseconds, which is how long the server may have known its key.
 * Returns `undefined` if the recorded time is implausible.
 *
 * @param recordedAt epoch milliseconds, by the clock of the process that wrote the record
 * @param now epoch milliseconds, by the clock of this process
 */
export function ageOfRecord(recordedAt: number, now: number): number | undefined {
  const age = now - recordedAt;
  return recordedAt < EARLIEST_PLAUSIBLE_MS || age < -LARGEST_SKEW_MS ? undefined : age;
}

/** The protocol did not exist before this, so an earlier time comes from a wrong clock. */
const EARLIEST_PLAUSIBLE_MS = Date.UTC(2020, 0, 1);

const DAY_MS = 86_400_000;
/** The largest plausible difference between the clocks of two machines. */
const LARGEST_SKEW_MS = DAY_MS;

/**
 * Whether a spend is too old to be sent again with its key. If its age is unknown, a commit can be
 * sent, because the server returns 404 if it has forgotten the reservation. An event cannot: if the
 * server has forgotten its key, it would charge the event again.
 */
export function isStale(mode: Mode, ageMs: number | undefined, journalMaxAge: number): boolean {
  if (ageMs === undefined) return mode === "event";
  return ageMs > Math.min(KEY_LIFETIME_MS[mode], journalMaxAge);
}

/** How long the server remembers a key. After that, a repeated spend would be charged again. */
const KEY_LIFETIME_MS: Readonly<Record<Mode, number>> = { commit: 30 * DAY_MS, event: 7 * DAY_MS };
