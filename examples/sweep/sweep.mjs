import { isCyclesError } from "cycles-client";

/** @import { CyclesClient } from "cycles-client" */

/**
 * Yields the reservations that have been active for longer than any work takes, for example because
 * a worker died. Their budget is free again when they expire. Use this if you cannot wait for that.
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
 * Releases a reservation whose worker is known to be dead. Never release one whose work may have
 * been done, because its cost would be lost.
 * @param {CyclesClient} cycles
 * @param {string} id
 * @returns {Promise<string>} what happened to the reservation
 */
export async function release(cycles, id) {
  try {
    await cycles.releaseReservation(id, { reason: "swept: its worker is dead" });
    return "released";
  } catch (error) {
    // It was settled or expired in the meantime, so there is nothing left to release.
    if (isCyclesError(error, "RESERVATION_FINALIZED")) return "settled in the meantime";
    if (isCyclesError(error, "RESERVATION_EXPIRED")) return "expired in the meantime";
    throw error;
  }
}
