import type { Journal } from "../../journal.js";
import type { JournalPlace } from "./place.js";

/** Here are no files: spends on their way live as long as the process, or in a journal of the user's own. */
export function openJournal(_place: JournalPlace): Journal | undefined {
  return undefined;
}
