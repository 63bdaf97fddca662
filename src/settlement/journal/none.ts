import type { LocalJournal, LocalJournalOptions } from "../spend-log.js";

/** This runtime has no file system, so spends are kept in memory or in a custom journal. */
export function openJournal(_options: LocalJournalOptions): LocalJournal | undefined {
  return undefined;
}
