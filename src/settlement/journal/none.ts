import type { Journal, JournalLocation } from "../../journal.js";

/** Here are no files: spends on their way live as long as the process, or in a journal of the user's own. */
export function openJournal(_place: JournalLocation): Journal | undefined {
  return undefined;
}
