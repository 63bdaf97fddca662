import { homedir } from "node:os";
import { join } from "node:path";
import { readRecord } from "../record.js";
import { moveUnlessTaken, readText } from "./files.js";
import { type JournalEntry, loggedEntries } from "./logs.js";
import { recordFile } from "./names.js";
import type { Walk } from "./walk.js";

/** Returns the folder that the Cycles clients of all languages share. */
export function commonFolder(): string {
  return join(homedir(), ".runcycles", "commit-journal");
}

/**
 * Yields all spends in a journal, of all servers and principals. Only one file is in memory at a
 * time. Changes nothing. Never throws.
 */
export function* readJournal(walk: Walk, root: string): Generator<JournalEntry> {
  for (const walked of walk.folders(root)) {
    // Spends move from logs to files, so a spend may be met twice, but is never missed.
    yield* loggedEntries(walk, walked);
    for (const entry of walked.entries) {
      const path = join(walked.folder, entry.name);
      const state = STATES[entry.name.split(".").at(-1) ?? ""];
      if (!entry.isFile() || state === undefined) continue;
      const content = walk.unless(path, () => ({ text: readText(path) }));
      if (content !== undefined && content.text === undefined) continue;
      yield { path, state, record: readRecord(content?.text ?? "") };
    }
  }
}

/** By the ending of the file name. */
const STATES: Readonly<Record<string, JournalEntry["state"]>> = {
  json: "pending",
  rejected: "rejected",
  stale: "stale",
  corrupt: "corrupt",
};

/**
 * Makes refused records pending again: the latest of each reservation, unless the reservation has a
 * pending record. Returns how many it moved.
 */
export function putBackRejected(walk: Walk, root: string): number {
  const rejected: { readonly path: string; readonly reservationId: string }[] = [];
  for (const { path, state, record } of readJournal(walk, root))
    if (state === "rejected" && record)
      rejected.push({ path, reservationId: record.reservationId });
  // The file with the highest number was refused last. It is moved first, so that the numbers of
  // the remaining files have no gap: a client removes them in order until a number is missing.
  rejected.sort((one, other) => numberOf(other.path) - numberOf(one.path));
  let count = 0;
  for (const { path, reservationId } of rejected) {
    const standard = join(path, "..", recordFile(reservationId));
    if (walk.unless(path, () => moveUnlessTaken(path, standard)) === true) count += 1;
  }
  return count;
}

/** Returns the number in a name such as `….2.rejected`. */
function numberOf(path: string): number {
  return Number(/\.(\d+)\.rejected$/.exec(path)?.[1] ?? 1);
}
