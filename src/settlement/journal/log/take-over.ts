import { Buffer } from "node:buffer";
import {
  closeSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  renameSync,
  statSync,
  utimesSync,
} from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { LoggedNote, LoggedSpend } from "../../spend-log.js";
import { codeOf, moveAside, removeFile } from "../files.js";
import { isLogFile, logFile } from "../names.js";
import { nextTurn, slices } from "../../slices.js";
import {
  LEAST_SILENCE_MS,
  type LogContents,
  type LogHeader,
  readHeader,
  readLog,
  silenceMs,
} from "./lines.js";
import { LARGEST_LOG_BYTES, markDone, silentMs } from "./other-log.js";
import { isOwnLog } from "./segment.js";

/** The header is shorter: a base URL and two numbers. */
const HEADER_BYTES = 16 * 1024;

/** What a journal does with what other processes have left in their logs. */
export interface Successor {
  readonly baseUrl: string;
  /**
   * Writes the file of a spend, unless it exists. Returns `occupied` if the reservation has the file
   * of another spend. Throws the system's error.
   */
  readonly promote: (spend: LoggedSpend) => "kept" | "occupied";
  /** Keeps the note of a dead guard in the own log. Rejects if that is not possible. */
  readonly adopt: (note: LoggedNote) => Promise<void>;
  readonly onCorrupt: (file: string) => void;
  /** Called with the error of a log that cannot be read or moved. */
  readonly failed: (error: unknown) => void;
}

/** What was found in the logs of a folder. */
export interface TakenOver {
  /** How many spends are in files now. */
  readonly promoted: number;
  /** Whether there are logs that are still in use. */
  readonly isMoreInUse: boolean;
}

/**
 * Takes over the logs of a folder whose owners are silent, and removes them. The owner may only be
 * asleep. Then it finds that its log is gone, and writes another one.
 *
 * @param atOnce also promotes the spends of all other logs, whose owners are probably running. Their
 * repeats carry the same keys and bytes.
 */
export async function takeOverLogs(
  folder: string,
  successor: Successor,
  atOnce: boolean,
): Promise<TakenOver> {
  const claimed: ClaimedLog[] = [];
  const spent = new Set<string>();
  let isMoreInUse = false;
  const reportingErrors = async (work: () => Promise<void>) => {
    try {
      await work();
    } catch (error) {
      successor.failed(error);
    }
  };
  // The operation that started this goes first.
  await nextTurn();
  for (const name of readdirSync(folder)) {
    const path = join(folder, name);
    if (!isLogFile(name) || isOwnLog(path)) continue;
    await reportingErrors(async () => {
      const log = await takeOver(folder, path, successor, atOnce, spent);
      if (log) claimed.push(log);
      else isMoreInUse = true;
    });
  }
  // The spend of a note may be in another log of the same process.
  for (const { path, notes, isDamaged } of claimed) {
    await reportingErrors(async () => {
      const open = notes.filter(({ reservationId }) => !spent.has(reservationId));
      await Promise.all(open.map((note) => successor.adopt(note)));
      if (isDamaged) setAside(path, successor);
      else removeFile(path);
    });
  }
  return { promoted: spent.size, isMoreInUse };
}

/** A log that was taken from its owner, and whose spends were promoted. */
interface ClaimedLog {
  readonly path: string;
  readonly notes: readonly LoggedNote[];
  readonly isDamaged: boolean;
}

async function takeOver(
  folder: string,
  path: string,
  successor: Successor,
  atOnce: boolean,
  spent: Set<string>,
): Promise<ClaimedLog | undefined> {
  const stats = statSync(path);
  const { size } = stats;
  const silent = silentMs(stats);
  if (silent < LEAST_SILENCE_MS && !atOnce) return undefined;
  const header = size > LARGEST_LOG_BYTES ? undefined : headerOf(path);
  if (header === undefined) {
    if (silent >= LEAST_SILENCE_MS) {
      // Its owner died before it had written a whole line.
      if (size < HEADER_BYTES && !readFileSync(path).includes("\n")) removeFile(path);
      else setAside(path, successor);
    }
    return undefined;
  }
  if (header.baseUrl !== successor.baseUrl) return undefined;
  const claimed = silent >= silenceMs(header) ? claim(folder, path) : undefined;
  if (claimed === undefined && !atOnce) return undefined;
  const pause = slices();
  const contents = await read(claimed ?? path, pause);
  const { spends = [] } = contents ?? {};
  const promoted: number[] = [];
  for (const spend of spends) {
    if (successor.promote(spend) === "kept") promoted.push(spend.line);
    spent.add(spend.reservationId);
    await pause();
  }
  // A spend whose reservation has the file of another spend stays until that one is settled.
  if (claimed === undefined || promoted.length < spends.length) {
    if (promoted.length > 0) markDone(claimed ?? path, promoted);
    return undefined;
  }
  const { notes = [], isDamaged = true } = contents ?? {};
  return { path: claimed, notes, isDamaged };
}

/**
 * Takes a log from its owner: renames it, so that only one process gets it. If this process dies as
 * well, another one can take the renamed log over. Returns `undefined` if the system does not allow
 * it, as Windows does while the owner has the file open.
 */
function claim(folder: string, path: string): string | undefined {
  const claimed = join(folder, logFile());
  try {
    renameSync(path, claimed);
  } catch (error) {
    if (["EPERM", "EBUSY", "EACCES"].includes(codeOf(error) ?? "")) return undefined;
    throw error;
  }
  const now = new Date();
  utimesSync(claimed, now, now);
  return claimed;
}

function headerOf(path: string): LogHeader | undefined {
  const bytes = Buffer.alloc(HEADER_BYTES);
  const descriptor = openSync(path, "r");
  try {
    return readHeader(bytes.subarray(0, readSync(descriptor, bytes)));
  } finally {
    closeSync(descriptor);
  }
}

async function read(
  path: string,
  pause: () => Promise<void> | undefined,
): Promise<LogContents | undefined> {
  const reading = readLog(await readFile(path));
  for (;;) {
    const { done, value } = reading.next();
    if (done === true) return value;
    await pause();
  }
}

function setAside(path: string, { onCorrupt }: Successor): void {
  const aside = moveAside(path, "corrupt");
  if (aside !== undefined) onCorrupt(aside);
}
