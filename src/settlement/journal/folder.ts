import { readdirSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import type { SetAside } from "../../journal.js";
import { readRecord, type SpendRecord } from "../record.js";
import { codeOf, moveUnlessTaken, readText } from "./files.js";
import { recordFile } from "./names.js";

/** A file of the journal, as an operator sees it. */
export interface JournalFile {
  readonly path: string;
  /** `pending`: the next client of its server and principal settles it. */
  readonly state: "pending" | SetAside;
  /** `undefined` if the file is not a valid record, or cannot be read. */
  readonly record: SpendRecord | undefined;
}

/** A file or a folder that cannot be read or moved. */
export interface Unreadable {
  readonly path: string;
  /** The system's code, such as EACCES, or its message. */
  readonly cause: string;
}

/** The files of a journal, and what could not be read. */
export interface JournalContents {
  readonly files: readonly JournalFile[];
  readonly unreadable: readonly Unreadable[];
}

/** Returns the folder that the Cycles clients of all languages share. */
export function commonFolder(): string {
  return join(homedir(), ".runcycles", "commit-journal");
}

/** Reads the files of all servers and principals in a journal. Changes nothing. Never throws. */
export function readJournal(root: string): JournalContents {
  const files: JournalFile[] = [];
  const unreadable: Unreadable[] = [];
  const readable = <T>(path: string, read: () => T): T | undefined => {
    try {
      return read();
    } catch (error) {
      // If a file no longer exists, a client has settled its spend or moved it.
      if (codeOf(error) !== "ENOENT") unreadable.push({ path, cause: causeOf(error) });
      return undefined;
    }
  };
  const folders = [root];
  for (const folder of folders) {
    const entries = readable(folder, () => readdirSync(folder, { withFileTypes: true })) ?? [];
    for (const entry of entries) {
      const path = join(folder, entry.name);
      const state = STATES[entry.name.split(".").at(-1) ?? ""];
      if (entry.isDirectory()) folders.push(path);
      if (!entry.isFile() || state === undefined) continue;
      const content = readable(path, () => ({ text: readText(path) }));
      if (content !== undefined && content.text === undefined) continue;
      files.push({ path, state, record: readRecord(content?.text ?? "") });
    }
  }
  return { files, unreadable };
}

/** By the ending of the file name. */
const STATES: Readonly<Record<string, JournalFile["state"]>> = {
  json: "pending",
  rejected: "rejected",
  stale: "stale",
  corrupt: "corrupt",
};

/**
 * Makes refused records pending again: the latest of each reservation, unless the reservation has a
 * pending record. Returns how many it moved, and the files that could not be moved.
 */
export function putBackRejected(files: readonly JournalFile[]): {
  readonly count: number;
  readonly unreadable: readonly Unreadable[];
} {
  let count = 0;
  const unreadable: Unreadable[] = [];
  // The file with the highest number was refused last. It is moved first, so that the numbers of
  // the remaining files have no gap: a client removes them in order until a number is missing.
  const latestFirst = files
    .filter(({ state }) => state === "rejected")
    .sort((one, other) => numberOf(other) - numberOf(one));
  for (const { path, record } of latestFirst) {
    if (record === undefined) continue;
    try {
      const isMoved = moveUnlessTaken(path, join(path, "..", recordFile(record.reservationId)));
      if (isMoved) count += 1;
    } catch (error) {
      if (codeOf(error) !== "ENOENT") unreadable.push({ path, cause: causeOf(error) });
    }
  }
  return { count, unreadable };
}

/** Returns the number in a name such as `….2.rejected`. */
function numberOf({ path }: JournalFile): number {
  return Number(/\.(\d+)\.rejected$/.exec(path)?.[1] ?? 1);
}

function causeOf(error: unknown): string {
  return codeOf(error) ?? String(error);
}
