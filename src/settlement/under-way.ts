import type { Clock } from "../clock.js";
import type { Pending } from "./job.js";
import type { Spend } from "./spend.js";

/**
 * The spends that clients of this process are settling for their callers: another client on the same journal leaves
 * their records alone. By clock: a client with a clock of its own, as in a simulation, plays another process.
 */
const underWay = new WeakMap<Clock, Map<string, Pending>>();

/** The spends that are under way in this process, by their ids. */
export function spendsUnderWay(clock: Clock): Map<string, Pending> {
  const known = underWay.get(clock);
  if (known) return known;
  const spends = new Map<string, Pending>();
  underWay.set(clock, spends);
  return spends;
}

/** What tells two spends apart, also two spends of one reservation. */
export function spendId({ reservationId, idempotencyKey }: Spend): string {
  return `${reservationId} ${idempotencyKey}`;
}
