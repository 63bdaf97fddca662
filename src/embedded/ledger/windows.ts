import type { ListQuery } from "./command.js";
import { refuse, type Refusal } from "./refusal.js";
import type { Reservation } from "./state.js";

interface TimeWindow {
  readonly from: "from" | "expires_from" | "finalized_from";
  readonly to: "to" | "expires_to" | "finalized_to";
  readonly time: (reservation: Reservation) => number | undefined;
}

const WINDOWS: readonly TimeWindow[] = [
  { from: "from", to: "to", time: ({ createdAt }) => createdAt },
  { from: "expires_from", to: "expires_to", time: ({ expiresAt }) => expiresAt },
  { from: "finalized_from", to: "finalized_to", time: ({ finalizedAt }) => finalizedAt },
];

/** The query parameters that limit time windows. */
export const WINDOW_BOUNDS = WINDOWS.flatMap(({ from, to }) => [from, to]);

/**
 * Returns a test for whether a reservation lies within all time windows of a query. A window
 * includes both ends, and either end may be open.
 */
export function withinWindows(query: ListQuery): ((reservation: Reservation) => boolean) | Refusal {
  const tests: ((reservation: Reservation) => boolean)[] = [];
  for (const { from, to, time } of WINDOWS) {
    if (query[from] === undefined && query[to] === undefined) continue;
    const first = bound(query[from], -Infinity);
    const last = bound(query[to], Infinity);
    if (first > last) return refuse("INVALID_REQUEST", `${from}: must not be later than ${to}`);
    tests.push((reservation) => {
      const at = time(reservation);
      return at !== undefined && at >= first && at <= last;
    });
  }
  return (reservation) => tests.every((test) => test(reservation));
}

function bound(value: string | undefined, open: number): number {
  if (value === undefined) return open;
  // RFC 3339 allows leap seconds and `Date` does not: use the second after it.
  const isLeap = value.startsWith("60", 17);
  const time = isLeap ? `${value.slice(0, 17)}59${value.slice(19)}` : value;
  return Date.parse(time) + (isLeap ? 1_000 : 0);
}
