import { existsSync, readFileSync } from "node:fs";

/**
 * A step of a worker.
 * @typedef {{ what: string, at: number, reservationId?: string, amount?: number, settled?: number, noted?: number,
 *   code?: string, status?: number }} Step
 */

/** Reads the steps of a worker, in order. A worker may be writing the next one. @param {string} file */
export function readDiary(file) {
  if (!existsSync(file)) return [];
  const whole = readFileSync(file, "utf8").split("\n").slice(0, -1);
  return whole.map((line) => /** @type {Step} */ (JSON.parse(line)));
}

/** Returns the steps of each reservation. @param {readonly Step[]} diary */
export function lifecyclesOf(diary) {
  /** @type {Map<string, Step[]>} */
  const lifecycles = new Map();
  for (const step of diary) {
    const { what, reservationId } = step;
    // A notice may concern the spend of another process.
    if (reservationId === undefined || what === "notice") continue;
    lifecycles.set(reservationId, [...(lifecycles.get(reservationId) ?? []), step]);
  }
  return lifecycles;
}
