import { closeSync, constants, fstatSync, openSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { loggedRecord, promoteRecord } from "../promote.js";
import { type LogContents, readLog, silenceMs } from "./lines.js";
import { LARGEST_LOG_BYTES, markDone, silentMs } from "./other-log.js";

/** A log as an operator sees it. */
export interface InspectedLog extends LogContents {
  /** When other processes may take it over, in epoch milliseconds; 0 if they may already. */
  readonly silentFrom: number;
}

/** Its owner has not written anything yet, or died before that. */
const EMPTY: InspectedLog = {
  header: { baseUrl: "", firstAttemptMs: 0 },
  spends: [],
  notes: [],
  isDamaged: false,
  silentFrom: 0,
};

/**
 * Reads a log, and changes nothing. Returns `undefined` if it cannot be understood. Throws the
 * system's error.
 */
export function inspectLog(path: string): InspectedLog | undefined {
  const descriptor = openSync(path, constants.O_RDONLY);
  try {
    return inspect(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

/**
 * Writes the spends of a log to their files, and marks them. Returns how many are still in the log
 * only, because their reservations have files of other spends. Throws the system's error.
 *
 * @param moved the spends that were moved before, which are skipped; those moved now are added
 */
export function emptyLog(folder: string, name: string, moved: Set<string>): number {
  const path = join(folder, name);
  const log = inspectLog(path);
  if (log === undefined) return 0;
  const open = log.spends.filter(({ line }) => !moved.has(`${name} ${line}`));
  const done: number[] = [];
  for (const { line, ...spend } of open) {
    const record = loggedRecord(spend, log.header.baseUrl, Date.now());
    if (promoteRecord(folder, spend.reservationId, record, false) === "occupied") continue;
    done.push(line);
    moved.add(`${name} ${line}`);
  }
  if (done.length > 0) markDone(path, done);
  return open.length - done.length;
}

function inspect(descriptor: number): InspectedLog | undefined {
  const stats = fstatSync(descriptor);
  if (stats.size === 0) return EMPTY;
  if (stats.size > LARGEST_LOG_BYTES) return undefined;
  const contents = readAtOnce(readFileSync(descriptor));
  if (contents === undefined) return undefined;
  const silence = silenceMs(contents.header);
  const isSilent = silentMs(stats) >= silence;
  return { ...contents, silentFrom: isSilent ? 0 : Math.ceil(stats.mtimeMs + silence) };
}

function readAtOnce(bytes: Uint8Array): LogContents | undefined {
  const reading = readLog(bytes);
  for (;;) {
    const { done, value } = reading.next();
    if (done === true) return value;
  }
}
