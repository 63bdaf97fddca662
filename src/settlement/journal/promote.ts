import { writeFileSync } from "node:fs";
import { ageOfRecord, isStale } from "../disposition.js";
import { eventText, isUnguarded } from "../event-text.js";
import { spendOf, writeRecord } from "../record.js";
import type { LoggedSpend } from "../spend-log.js";
import { hasAside } from "./asides.js";
import {
  linkUnlessTaken,
  OWNER_ONLY_FILE,
  readText,
  removeIfPossible,
  syncFolder,
} from "./files.js";
import { recordFile, temporaryFile } from "./names.js";

/**
 * Writes the record of a spend that only a log has kept until now. A record of the same spend that
 * exists wins: it may be in event mode, or say when the server allows the next attempt. A spend
 * that was set aside stays there. Returns `occupied` if the reservation has the record of another
 * spend. Throws the system's error.
 *
 * @param toDisk whether the record must be on the disk when this returns
 */
export function promoteRecord(
  folder: string,
  reservationId: string,
  record: string,
  toDisk: boolean,
): "kept" | "occupied" {
  const file = `${folder}/${recordFile(reservationId)}`;
  const spend = spendOf(record);
  if (hasAside(file, spend)) return "kept";
  const temporary = writeTemporary(file, record, toDisk);
  try {
    if (!linkUnlessTaken(temporary, file))
      return spendOf(readText(file) ?? record) === spend ? "kept" : "occupied";
    if (toDisk) syncFolder(folder);
    return "kept";
  } finally {
    removeIfPossible(temporary);
  }
}

/**
 * Returns the record of a spend that was not promoted until now. Its mark may have been lost after
 * its event was recorded. The server forgets the keys of events first, so a spend that is old, or
 * whose age is unknown, has no event any more.
 *
 * @param now epoch milliseconds
 */
export function loggedRecord(
  { reservationId, recordedAt, commit, reserved }: LoggedSpend,
  baseUrl: string,
  now: number,
): string {
  const hasCommit = !isUnguarded(reservationId);
  const isOld = hasCommit && isStale("event", ageOfRecord(recordedAt, now), Infinity);
  return writeRecord({
    reservationId,
    baseUrl,
    mode: hasCommit ? "commit" : "event",
    commit: hasCommit ? commit : undefined,
    event: isOld ? undefined : eventText(reservationId, reserved, commit),
    recordedAt,
    notBefore: undefined,
  });
}

/** Writes a record to a temporary file beside `file`, and returns its path. */
export function writeTemporary(file: string, record: string, toDisk: boolean): string {
  const temporary = temporaryFile(file);
  try {
    writeFileSync(temporary, record, { flag: "wx", mode: OWNER_ONLY_FILE, flush: toDisk });
  } catch (error) {
    removeIfPossible(temporary);
    throw error;
  }
  return temporary;
}
