import type { Journal, JournalLocation } from "../../journal.js";

/** This runtime has no file system, so spends are kept in memory or in a custom journal. */
export function openJournal(_location: JournalLocation): Journal | undefined {
  return undefined;
}
