import { existsSync } from "node:fs";
import type { SetAside } from "../../journal.js";
import { keyOf, spendOf } from "../record.js";
import { readText, removeFile } from "./files.js";
import { asideFiles } from "./names.js";

/**
 * Removes the record of a settled spend. The refused records of its reservation are removed first,
 * even if other processes set them aside, because they must never be sent again. If this process
 * dies in between, only the settled record stays, and it is safe to send that again.
 */
export function removeWithRejected(file: string): void {
  removeRejected(file);
  removeFile(file);
}

/** Removes the refused records of a reservation, which must never be sent again. */
export function removeRejected(file: string): void {
  for (const aside of asideFiles(file, "rejected")) {
    if (!existsSync(aside)) break;
    removeFile(aside);
  }
}

/** Whether a file holds a spend with this key. */
export function hasKey(file: string, key: string): boolean {
  return keyOf(readText(file) ?? "") === key;
}

/** Whether a spend was set aside because it must not be sent again. */
export function hasAside(file: string, spend: string | undefined): boolean {
  for (const why of ["rejected", "stale"]) {
    for (const aside of asideFiles(file, why)) {
      const text = readText(aside);
      if (text === undefined) break;
      if (spendOf(text) === spend) return true;
    }
  }
  return false;
}

/** Whether the same record was set aside before, for example by another process. */
export function isAside(file: string, record: string, why: SetAside): boolean {
  for (const aside of asideFiles(file, why)) {
    const text = readText(aside);
    if (text === undefined || text === record) return text !== undefined;
  }
  return false;
}
