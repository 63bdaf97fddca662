import { closeSync, constants, fstatSync, openSync, readFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import { loggedRecord, promoteRecord } from "../promote.js";
import { doneLine, type LogContents, readLog, silenceMs } from "./lines.js";
import { LARGEST_LOG_BYTES } from "./take-over.js";

/** A log as an operator sees it. */
export interface InspectedLog extends LogContents {
  /** When other processes may take it over, in epoch milliseconds; 0 if they may already. */
  readonly silentFrom: number;
  /** Whether its last line was written whole. */
  readonly isWhole: boolean;
}

const LINE_BREAK = 0x0a;

/** Its owner has not written anything yet, or died before that. */
const EMPTY: InspectedLog = {
  header: { baseUrl: "", firstAttemptMs: 0 },
  spends: [],
  notes: [],
  isDamaged: false,
  silentFrom: 0,
  isWhole: true,
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
  // Without O_CREAT, because another process may have removed the log.
  const descriptor = openSync(join(folder, name), constants.O_RDWR | constants.O_APPEND);
  try {
    const log = inspect(descriptor);
    if (log === undefined) return 0;
    const open = log.spends.filter(({ line }) => !moved.has(`${name} ${line}`));
    const done: number[] = [];
    for (const { line, ...spend } of open) {
      const record = loggedRecord(spend, log.header.baseUrl, Date.now());
      if (promoteRecord(folder, spend.reservationId, record, false) === "occupied") continue;
      done.push(line);
      moved.add(`${name} ${line}`);
    }
    // A mark behind a torn line could not be read. Without it, a spend is sent again with its key.
    if (done.length > 0 && log.isWhole) writeSync(descriptor, doneLine(done));
    return open.length - done.length;
  } finally {
    closeSync(descriptor);
  }
}

function inspect(descriptor: number): InspectedLog | undefined {
  const { mtimeMs, size } = fstatSync(descriptor);
  if (size === 0) return EMPTY;
  if (size > LARGEST_LOG_BYTES) return undefined;
  const bytes = readFileSync(descriptor);
  const contents = readAtOnce(bytes);
  if (contents === undefined) return undefined;
  const silence = silenceMs(contents.header);
  // A time in the future comes from a clock that was set back, so it does not show a live owner.
  const isSilent = Math.abs(Date.now() - mtimeMs) >= silence;
  return {
    ...contents,
    silentFrom: isSilent ? 0 : Math.ceil(mtimeMs + silence),
    isWhole: bytes.at(-1) === LINE_BREAK,
  };
}

function readAtOnce(bytes: Uint8Array): LogContents | undefined {
  const reading = readLog(bytes);
  for (;;) {
    const { done, value } = reading.next();
    if (done === true) return value;
  }
}
