import type { Journal, StoredRecord } from "../journal.js";

/** Reads the records of a journal in batches, so that they are never in memory all at once. */
export interface RecordReader {
  /** How many records it has found and not returned yet. Some of them may be invalid. */
  readonly remaining: number;
  /** Returns the next records, in random order, or `undefined` if there are no more. */
  next(): Promise<readonly StoredRecord[] | undefined>;
  /** Ends the reading. */
  stop(): void;
}

/** The method is named by a symbol, because a custom journal may have methods of any name. */
export const READER = Symbol("reader");

/** A journal that can be read in batches. Others have to list all their records at once. */
export interface ReadableJournal extends Journal {
  [READER](): RecordReader;
}

export function isReadable(journal: Journal): journal is ReadableJournal {
  return READER in journal;
}

/** Reads a journal that lists all its records at once, in one batch. */
export class ListReader implements RecordReader {
  readonly remaining = 0;
  #list: (() => Promise<readonly StoredRecord[]>) | undefined;

  constructor(list: () => Promise<readonly StoredRecord[]>) {
    this.#list = list;
  }

  async next(): Promise<readonly StoredRecord[] | undefined> {
    const list = this.#list;
    this.#list = undefined;
    return list && shuffled(await list());
  }

  stop(): void {
    this.#list = undefined;
  }
}

/** The order is random, so that bad records do not come first in every process. */
export function shuffled<T>(items: readonly T[]): T[] {
  const all = [...items];
  for (let last = all.length - 1; last > 0; last -= 1) {
    const other = Math.floor(Math.random() * (last + 1));
    const [a, b] = [all[last], all[other]];
    if (a !== undefined && b !== undefined) [all[last], all[other]] = [b, a];
  }
  return all;
}
