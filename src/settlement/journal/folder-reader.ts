import { type Dir, type Dirent, lstatSync, opendirSync } from "node:fs";
import { join } from "node:path";
import type { StoredRecord } from "../../journal.js";
import { shortened } from "../journal-failures.js";
import { type RecordReader, shuffled } from "../record-reader.js";
import { nextTurn, slices } from "../slices.js";
import { codeOf, removeFile } from "./files.js";
import { isRecordFile, isTemporaryFile } from "./names.js";

/** Temporary files that are older than this come from processes that died. */
const STALE_TEMPORARY_MS = 3_600_000;
/** A reader remembers at most this number of names, in about 100 bytes each. */
const MOST_NAMES = 100_000;
/** The size of a batch, which also ends after a large record. */
const BATCH_RECORDS = 8;
const BATCH_CHARACTERS = 256 * 1024;

/**
 * Reads the records of a folder. It first collects the names, and then reads the files when they
 * are asked for. It works in slices that let other work run, and does nothing before the first one.
 */
export class FolderReader implements RecordReader {
  readonly #open: () => Promise<string>;
  readonly #read: (folder: string, name: string) => StoredRecord | undefined;
  readonly #unreadable: UnreadableFiles;
  readonly #mostNames: number;
  readonly #pause = slices();
  readonly #skipped = new Set<string>();
  #names: string[] | undefined;
  /** How many records there are beyond the names. The next reader may read them. */
  #beyond = 0;
  #isStopped = false;

  /**
   * @param open returns the path of the folder
   * @param read reads a record; `undefined` if there is none
   */
  constructor(
    open: () => Promise<string>,
    read: (folder: string, name: string) => StoredRecord | undefined,
    unreadable: UnreadableFiles,
    mostNames = MOST_NAMES,
  ) {
    this.#open = open;
    this.#read = read;
    this.#unreadable = unreadable;
    this.#mostNames = mostNames;
  }

  get remaining(): number {
    return (this.#names?.length ?? 0) + this.#beyond;
  }

  async next(): Promise<readonly StoredRecord[] | undefined> {
    const folder = await this.#open();
    const names = (this.#names ??= await this.#collectNames(folder));
    this.#skipped.clear();
    while (names.length > 0 && !this.#isStopped) {
      await this.#pause();
      const batch = this.#readBatch(folder, names);
      if (batch.length > 0) return batch;
    }
    this.#unreadable.endOfReading();
    return undefined;
  }

  stop(): void {
    this.#isStopped = true;
    this.#names = [];
  }

  /** Leaves out a file, unless it was there when the names were collected. */
  skip(name: string): void {
    if (this.#names === undefined) this.#skipped.add(name);
  }

  /** Returns the names in random order. If there are too many, they are a random sample. */
  async #collectNames(folder: string): Promise<string[]> {
    // The operation that started the reading goes first.
    await nextTurn();
    const names: string[] = [];
    let count = 0;
    const entries = openFolder(folder);
    try {
      while (!this.#isStopped) {
        const entry = this.#unreadable.unless(() => entries?.readSync());
        if (!entry) break;
        if (this.#isRecord(folder, entry) && !this.#skipped.has(entry.name)) {
          count += 1;
          const at = count > this.#mostNames ? Math.floor(Math.random() * count) : names.length;
          if (at < this.#mostNames) names[at] = entry.name;
        }
        await this.#pause();
      }
    } finally {
      entries?.closeSync();
    }
    this.#beyond = count - names.length;
    return shuffled(names).filter((name) => !this.#skipped.has(name));
  }

  /** Also removes a temporary file that is too old. */
  #isRecord(folder: string, entry: Dirent): boolean {
    // Links are skipped, because they can point to any file.
    if (!entry.isFile()) return false;
    if (isTemporaryFile(entry.name))
      this.#unreadable.unless(() => {
        removeIfStale(join(folder, entry.name));
      });
    return isRecordFile(entry.name);
  }

  #readBatch(folder: string, names: string[]): StoredRecord[] {
    const batch: StoredRecord[] = [];
    let characters = 0;
    for (let left = BATCH_RECORDS; left > 0 && characters < BATCH_CHARACTERS; left -= 1) {
      const name = names.pop();
      if (name === undefined) break;
      const record = this.#unreadable.unless(() => this.#read(folder, name));
      if (record === undefined) continue;
      batch.push(record);
      characters += record.record.length;
    }
    return batch;
  }
}

/** Reports each cause why files cannot be read once, until all files can be read. */
export class UnreadableFiles {
  readonly #report: (code: string | undefined, message: string) => void;
  /** The causes that this reading and the one before it have met. */
  #now = new Set<string | undefined>();
  #before: ReadonlySet<string | undefined> = new Set();

  constructor(report: (code: string | undefined, message: string) => void) {
    this.#report = report;
  }

  /** Calls a function for a file. Returns `undefined` if that fails, because others may be fine. */
  unless<T>(read: () => T): T | undefined {
    try {
      return read();
    } catch (error) {
      this.failed(error);
      return undefined;
    }
  }

  /** Called with the error of a file. */
  failed(error: unknown): void {
    const code = codeOf(error);
    // If the file no longer exists, another process has settled its spend, moved or removed it.
    if (code === "ENOENT") return;
    if (!this.#now.has(code) && !this.#before.has(code))
      this.#report(code, shortened(String(error)));
    this.#now.add(code);
  }

  endOfReading(): void {
    this.#before = this.#now;
    this.#now = new Set();
  }
}

/** Returns `undefined` if another process has removed the folder. */
function openFolder(folder: string): Dir | undefined {
  try {
    return opendirSync(folder, { bufferSize: 256 });
  } catch (error) {
    if (codeOf(error) === "ENOENT") return undefined;
    throw error;
  }
}

function removeIfStale(temporary: string): void {
  const { mtimeMs } = lstatSync(temporary);
  if (Date.now() - mtimeMs > STALE_TEMPORARY_MS) removeFile(temporary);
}
