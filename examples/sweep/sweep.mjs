import { isCyclesError } from "cycles-client";

/** @import { CyclesClient } from "cycles-client" */

/**
 * The reservations that have been active for longer than any work takes: somebody died holding them. Their budget comes back
 * when they expire; this is for those who cannot wait.
 * @param {CyclesClient} cycles
 * @param {number} olderThanMs
 * @param {number} now epoch milliseconds
 */
export async function* stuck(cycles, olderThanMs, now) {
  for await (const reservation of cycles.listReservations({ status: "ACTIVE" })) {
    if (now - reservation.created_at_ms >= olderThanMs) yield reservation;
  }
}

/**
 * Gives back the budget of a reservation whose work is known to be dead. Never do this to one whose work may have been done:
 * its cost would be lost.
 * @param {CyclesClient} cycles
 * @param {string} id
 * @returns {Promise<string>} what came of it
 */
export async function giveBack(cycles, id) {
  try {
    await cycles.releaseReservation(id, { reason: "swept: its work is dead" });
    return "released";
  } catch (error) {
    // Meanwhile settled or lapsed by itself: just as well.
    if (isCyclesError(error, "RESERVATION_FINALIZED")) return "settled meanwhile";
    if (isCyclesError(error, "RESERVATION_EXPIRED")) return "expired meanwhile";
    throw error;
  }
}
