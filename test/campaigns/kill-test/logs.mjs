// The journal of the kill test, as its files show it. Processes that run may change them at any time.
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, utimesSync } from "node:fs";
import { join } from "node:path";

const HOUR_MS = 3_600_000;
/** The timeouts of a worker. Its number is added to the second one, so that the header of a log names its owner. */
const CONNECT_TIMEOUT_MS = 2_000;
const READ_TIMEOUT_MS = 5_000;

/** Returns the timeouts of the worker with a number. @param {number} number */
export function timeoutsOf(number) {
  return { connectTimeout: CONNECT_TIMEOUT_MS, readTimeout: READ_TIMEOUT_MS + number };
}

/** Lists all files in the folders of a journal. @param {string} journal */
export function filesOf(journal) {
  if (!existsSync(journal)) return [];
  return readdirSync(journal, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}

/**
 * Whether the journal has the spend of a reservation, in a log or in a file. Notes do not count.
 *
 * A spend moves from a log to a file, so the logs are read first.
 *
 * @param {string} journal
 * @param {string} reservationId
 */
export function hasSpend(journal, reservationId) {
  const file = `v2-${createHash("sha256").update(reservationId).digest("hex")}.json`;
  return (
    logsOf(journal).some(({ lines }) =>
      lines.some((line) => line.reservation_id === reservationId && line.until === undefined),
    ) || filesOf(journal).some((path) => path.endsWith(file))
  );
}

/**
 * Lets other processes take over the logs of these workers now. They would have to wait for more than a minute.
 * @param {string} journal
 * @param {ReadonlySet<number>} workers the numbers of workers that are dead or asleep
 */
export function letSilent(journal, workers) {
  const longAgo = (Date.now() - HOUR_MS) / 1_000;
  for (const { path, lines } of logsOf(journal)) {
    const owner = (lines[0]?.first_attempt_ms ?? 0) - CONNECT_TIMEOUT_MS - READ_TIMEOUT_MS;
    // A log without a header was cut off by the death of its owner.
    if (lines.length > 0 && !workers.has(owner)) continue;
    try {
      utimesSync(path, longAgo, longAgo);
    } catch (error) {
      if (error.code !== "ENOENT") throw error;
    }
  }
}

/** Reads all logs. If one is taken over meanwhile, all are read again, because it has another name. */
function logsOf(journal) {
  for (;;) {
    try {
      return filesOf(journal)
        .filter((path) => path.endsWith(".log"))
        .map((path) => ({ path, lines: linesOf(path) }));
    } catch (error) {
      if (error.code !== "ENOENT") throw error;
    }
  }
}

function linesOf(path) {
  // What follows the last line break was not written whole.
  const whole = readFileSync(path, "utf8").split("\n").slice(0, -1);
  return whole.map((line) => JSON.parse(line));
}
