import { readdirSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import type { SetAside } from "../../journal.js";
import { readRecord, type SpendRecord } from "../record.js";
import { codeOf, moveUnlessTaken, readText } from "./files.js";
import { recordFile } from "./names.js";

/** A file of the journal, for those who look after it. */
export interface JournalFile {
  readonly path: string;
  /** `pending`: it is settled by the next client of its server and principal. */
  readonly state: "pending" | SetAside;
  /** `undefined` if the file cannot be understood, or cannot be read. */
  readonly record: SpendRecord | undefined;
}

/** A file or a folder that the system does not let us read or move. */
export interface Unreadable {
  readonly path: string;
  /** The system's code, such as EACCES, or its message. */
  readonly cause: string;
}

/** All that is in a journal, as far as it can be seen. */
export interface JournalContents {
  readonly files: readonly JournalFile[];
  readonly unreadable: readonly Unreadable[];
}

const STATES: Readonly<Record<string, JournalFile["state"]>> = {
  json: "pending",
  rejected: "rejected",
  stale: "stale",
  corrupt: "corrupt",
};

/** Where the Cycles clients of all languages keep their journals. */
export function commonFolder(): string {
  return join(homedir(), ".runcycles", "commit-journal");
}

/** Every file of every server and principal; none if there is no such folder. Changes nothing, and never throws. */
export function readJournal(root: string): JournalContents {
  const files: JournalFile[] = [];
  const unreadable: Unreadable[] = [];
  const attempt = <T>(path: string, read: () => T): T | undefined => {
    try {
      return read();
    } catch (error) {
      // What is gone by now, a client has settled.
      if (codeOf(error) !== "ENOENT") unreadable.push({ path, cause: causeOf(error) });
      return undefined;
    }
  };
  const folders = [root];
  for (const folder of folders) {
    const entries = attempt(folder, () => readdirSync(folder, { withFileTypes: true })) ?? [];
    for (const entry of entries) {
      const path = join(folder, entry.name);
      const state = STATES[entry.name.split(".").at(-1) ?? ""];
      if (entry.isDirectory()) folders.push(path);
      if (!entry.isFile() || state === undefined) continue;
      const found = attempt(path, () => ({ text: readText(path) }));
      if (found !== undefined && found.text === undefined) continue;
      files.push({ path, state, record: readRecord(found?.text ?? "") });
    }
  }
  return { files, unreadable };
}

/**
 * Makes the refused records pending ones again, the latest of a reservation, unless it has another pending record.
 * Returns how many, and the files that could not be moved.
 */
export function putBackRejected(files: readonly JournalFile[]): {
  readonly count: number;
  readonly unreadable: readonly Unreadable[];
} {
  let count = 0;
  const unreadable: Unreadable[] = [];
  // The highest number was refused last. It goes first, so that those that stay have no gap in their numbers: then a
  // client finds them all when it removes them.
  const latestFirst = files
    .filter(({ state }) => state === "rejected")
    .sort((one, other) => numberOf(other) - numberOf(one));
  for (const { path, record } of latestFirst) {
    if (record === undefined) continue;
    try {
      const isFree = moveUnlessTaken(path, join(path, "..", recordFile(record.reservationId)));
      if (isFree) count += 1;
    } catch (error) {
      if (codeOf(error) !== "ENOENT") unreadable.push({ path, cause: causeOf(error) });
    }
  }
  return { count, unreadable };
}

/** The number in a name such as `….2.rejected`. */
function numberOf({ path }: JournalFile): number {
  return Number(/\.(\d+)\.rejected$/.exec(path)?.[1] ?? 1);
}

function causeOf(error: unknown): string {
  return codeOf(error) ?? String(error);
}
