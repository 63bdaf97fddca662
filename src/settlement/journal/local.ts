import type { LocalJournal, LocalJournalOptions } from "../spend-log.js";
import { FileJournal } from "./file-journal.js";
import { LoggedJournal } from "./logged-journal.js";

/** Opens the journal of this computer. Nothing is read or written before the first call of a method. */
export function openJournal(options: LocalJournalOptions): LocalJournal {
  if (options.mode === "log") return new LoggedJournal(options);
  return Object.assign(new FileJournal(options, options.toDisk), { log: undefined });
}
