import type { Clock } from "../clock.js";
import type { Spend } from "./spend.js";

/**
 * The spends that clients of this process are settling for their callers: another client on the same journal leaves
 * their records alone. By clock: a client with a clock of its own, as in a simulation, plays another process.
 */
const underWay = new WeakMap<Clock, Set<string>>();

/** The ids of the spends that are under way in this process. */
export function spendsUnderWay(clock: Clock): Set<string> {
  let spends = underWay.get(clock);
  if (spends === undefined) underWay.set(clock, (spends = new Set()));
  return spends;
}

/** What tells two spends apart, also two spends of one reservation. */
export function spendId({ reservationId, idempotencyKey }: Spend): string {
  return `${reservationId} ${idempotencyKey}`;
}
