import type { Dirent } from "node:fs";
import { join } from "node:path";
import type { SetAside } from "../../journal.js";
import type { SpendRecord } from "../record.js";
import type { LoggedNote, LoggedSpend } from "../spend-log.js";
import { hasKey } from "./asides.js";
import { emptyLog, type InspectedLog, inspectLog } from "./log/inspect.js";
import { asideFiles, isLogFile, recordFile } from "./names.js";
import type { Walk, WalkedFolder } from "./walk.js";

/** A spend in the journal as an operator sees it, or a file that is not valid. */
export interface JournalEntry {
  /** The file or the log that holds it. */
  readonly path: string;
  /**
   * - `pending`: the next client of its server and principal settles it.
   * - `running`: it is a note of a guard that is running.
   * - `dead`: it is a note of a guard whose process has died.
   */
  readonly state: "pending" | "running" | "dead" | SetAside;
  /** `undefined` if the file is not valid, or cannot be read. */
  readonly record: SpendRecord | undefined;
}

/**
 * Yields what only the logs of a folder keep: spends, the notes of guards, and the paths of damaged
 * logs. Spends and notes that are in files by now are left out.
 */
export function* loggedEntries(
  walk: Walk,
  { folder, entries }: WalkedFolder,
): Generator<JournalEntry> {
  const names = new Set(entries.map(({ name }) => name));
  const spent = new Set<string>();
  const notes = new Map<string, JournalEntry>();
  for (const { name } of entries.filter(isLog)) {
    const path = join(folder, name);
    const read = walk.unless(path, () => ({ log: inspectLog(path) }));
    if (read === undefined) continue;
    const { log } = read;
    if (log?.isDamaged !== false) yield { path, state: "corrupt", record: undefined };
    if (log === undefined) continue;
    for (const spend of log.spends) {
      spent.add(spend.reservationId);
      if (!isInFile(folder, names, spend))
        yield { path, state: "pending", record: toRecord(spend, log, undefined) };
    }
    for (const note of log.notes) {
      const { reservationId } = note;
      // If a guard was asleep, its note may be in its own log and in one that was taken over.
      const isKnownToRun = notes.get(reservationId)?.state === "running";
      if (isKnownToRun || isInFile(folder, names, note)) continue;
      notes.set(reservationId, { path, ...toNote(note, log) });
    }
  }
  // The spend of a note may be in another log of the same process.
  for (const [reservationId, note] of notes) if (!spent.has(reservationId)) yield note;
}

/**
 * Writes the spends of all logs in a journal to files that every Cycles client reads. Sends nothing,
 * and leaves notes where they are. Never throws. Returns how many spends are still in logs only,
 * because their reservations have other spends in files.
 *
 * @param moved the spends that were moved before, which are skipped; those moved now are added
 */
export function emptyLogs(walk: Walk, root: string, moved: Set<string>): number {
  let left = 0;
  for (const { folder, entries } of walk.folders(root))
    for (const { name } of entries.filter(isLog))
      left += walk.unless(join(folder, name), () => emptyLog(folder, name, moved)) ?? 0;
  return left;
}

function isLog(entry: Dirent): boolean {
  return entry.isFile() && isLogFile(entry.name);
}

/** Whether the reservation has a file with the same key. The file is newer than the log. */
function isInFile(
  folder: string,
  names: ReadonlySet<string>,
  { reservationId, idempotencyKey }: LoggedSpend,
): boolean {
  const file = recordFile(reservationId);
  const isSame = (name: string) => {
    try {
      return hasKey(join(folder, name), idempotencyKey);
    } catch {
      // The file is reported when it is read.
      return false;
    }
  };
  if (names.has(file) && isSame(file)) return true;
  for (const why of ["rejected", "stale"]) {
    for (const name of asideFiles(file, why)) {
      if (!names.has(name)) break;
      if (isSame(name)) return true;
    }
  }
  return false;
}

function toNote(note: LoggedNote, log: InspectedLog): Pick<JournalEntry, "state" | "record"> {
  const { isAdopted, until } = note;
  if (isAdopted) return { state: "dead", record: toRecord(note, log, until) };
  const state = log.silentFrom === 0 ? "dead" : "running";
  return { state, record: toRecord(note, log, Math.max(until, log.silentFrom)) };
}

function toRecord(
  { reservationId, recordedAt, commit }: LoggedSpend,
  { header: { baseUrl } }: InspectedLog,
  notBefore: number | undefined,
): SpendRecord {
  return {
    reservationId,
    baseUrl,
    mode: "commit",
    commit,
    event: undefined,
    recordedAt,
    notBefore,
  };
}
