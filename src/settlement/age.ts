import type { Mode } from "./disposition.js";

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
