import { existsSync, readdirSync, readFileSync, renameSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import type { SetAside } from "../../journal.js";
import { readRecord, type SpendRecord } from "../record.js";
import { recordFile } from "./names.js";

/** A file of the journal, for those who look after it. */
export interface JournalFile {
  readonly path: string;
  /** `pending`: it is settled by the next client of its server and principal. */
  readonly state: "pending" | SetAside;
  /** `undefined` where the file cannot be understood. */
  readonly record: SpendRecord | undefined;
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

/** Every file of every server and principal; none where there is no such folder. Changes nothing. */
export function readJournal(root: string): JournalFile[] {
  if (!existsSync(root)) return [];
  return readdirSync(root, { recursive: true, withFileTypes: true }).flatMap((entry) => {
    const state = STATES[entry.name.split(".").at(-1) ?? ""];
    if (!entry.isFile() || state === undefined) return [];
    const path = join(entry.parentPath, entry.name);
    return [{ path, state, record: readRecord(readFileSync(path, "utf8")) }];
  });
}

/** Makes a record that was set aside a pending one again, unless the reservation has another by now. */
export function putBack({ path, record }: JournalFile): boolean {
  if (record === undefined) return false;
  const file = join(path, "..", recordFile(record.reservationId));
  if (existsSync(file)) return false;
  renameSync(path, file);
  return true;
}
