import { Buffer } from "node:buffer";
import { chmodSync, existsSync, lstatSync, mkdirSync, readdirSync, renameSync } from "node:fs";
import { join } from "node:path";
import { CyclesError } from "../../errors.js";
import type { JournalLocation, SetAside, StoredRecord } from "../../journal.js";
import { RECORD_TOO_LARGE, shortened } from "../journal-failures.js";
import { readRecord, spendOf } from "../record.js";
import { type ReadableJournal, READER, type RecordReader } from "../record-reader.js";
import { hasKey, isAside, removeRejected, removeWithRejected } from "./asides.js";
import {
  codeOf,
  LARGEST_RECORD_BYTES,
  linkUnlessTaken,
  moveAside,
  moveUnlessTaken,
  readText,
  removeFile,
  removeIfPossible,
  syncFolder,
} from "./files.js";
import { commonFolder } from "./folder.js";
import { FolderReader, UnreadableFiles } from "./folder-reader.js";
import { asideFiles, identityOf, isLogFile, recordFile } from "./names.js";
import { promoteRecord, writeTemporary } from "./promote.js";

/** How many times `put` tries to replace a file that other processes change. */
const MAX_TRIES = 10;
/** For up to this number of spends, their files are looked for one by one. */
const FEW_SPENDS = 100;
const OWNER_ONLY_FOLDER = 0o700;

type PutResult = "kept" | "occupied";

/** Opens the journal in files. Nothing is read or written before the first call of a method. */
export function openJournal(location: JournalLocation): FileJournal {
  return new FileJournal(location);
}

/**
 * A journal with one file for each record, in one folder for each server and principal. The Cycles
 * clients of all languages share the format and the names.
 *
 * Files are written synchronously, because short synchronous writes are cheaper than asynchronous
 * ones. The operating system has the record before the commit is sent.
 */
export class FileJournal implements ReadableJournal {
  readonly #location: JournalLocation;
  /** The path of the folder. It is derived once, because that takes some milliseconds. */
  #folder: Promise<string> | undefined;
  /** The path of the folder, once the folder exists. */
  #ready: string | undefined;
  #isExposed = false;
  /** Reports the files that cannot be read. */
  readonly unreadable: UnreadableFiles;
  /** The latest reader. It must not return what this journal writes after its start. */
  #reader: FolderReader | undefined;
  readonly #toDisk: boolean;

  /** @param toDisk whether records are kept only when they are on the disk */
  constructor(location: JournalLocation, toDisk = false) {
    this.#location = location;
    this.#toDisk = toDisk;
    this.unreadable = new UnreadableFiles(location.onUnreadable);
  }

  /** The path of the folder; `undefined` until {@link FileJournal.open} has opened it. */
  get folder(): string | undefined {
    return this.#ready;
  }

  put(reservationId: string, record: string): PutResult | Promise<PutResult> {
    checkSize(reservationId, record);
    if (this.#ready !== undefined) return this.#put(this.#ready, reservationId, record);
    return this.open().then((folder) => this.#put(folder, reservationId, record));
  }

  remove(reservationId: string): void | Promise<void> {
    if (this.#ready === undefined)
      return this.open().then((folder) => {
        removeWithRejected(`${folder}/${recordFile(reservationId)}`);
      });
    removeWithRejected(`${this.#ready}/${recordFile(reservationId)}`);
  }

  /** Writes the record of a spend that only a log has kept until now: see {@link promoteRecord}. */
  promote(reservationId: string, record: string): PutResult {
    return promoteRecord(this.makeFolder(), reservationId, record, this.#toDisk);
  }

  /** Whether a spend with this key has a record. */
  has(reservationId: string, key: string): boolean {
    return hasKey(`${this.makeFolder()}/${recordFile(reservationId)}`, key);
  }

  /**
   * Removes what is left of spends that were recorded from the log: a record that another process
   * has promoted, and refused records of the same reservations. Never throws.
   *
   * @param keys the keys of the spends, by reservation
   */
  forget(keys: ReadonlyMap<string, string>): void {
    const folder = this.#ready;
    if (folder === undefined) return;
    try {
      // Reading the folder costs less than a look for each of many files.
      const names = keys.size > FEW_SPENDS ? new Set(readdirSync(folder)) : undefined;
      const has = (name: string) => names?.has(name) ?? existsSync(`${folder}/${name}`);
      if (names && ![...names].some((name) => !isLogFile(name))) return;
      for (const [reservationId, key] of keys) {
        const name = recordFile(reservationId);
        const file = `${folder}/${name}`;
        if (has(asideFiles(name, "rejected").next().value)) removeRejected(file);
        if (has(name) && hasKey(file, key)) removeFile(file);
      }
    } catch {
      // A recorded spend that stays is sent again with its key, and then removed.
    }
  }

  /** Creates the folder again if it was removed. Returns its path. */
  makeFolder(): string {
    if (this.#ready === undefined) throw new Error("the folder of the journal is not open");
    this.#make(this.#ready);
    return this.#ready;
  }

  async list(): Promise<readonly StoredRecord[]> {
    const records: StoredRecord[] = [];
    const reader = this[READER]();
    for (let batch = await reader.next(); batch; batch = await reader.next())
      records.push(...batch);
    return records;
  }

  [READER](): RecordReader {
    this.#reader = new FolderReader(
      () => this.open(),
      (folder, name) => this.#read(folder, name),
      this.unreadable,
    );
    return this.#reader;
  }

  async setAside(reservationId: string, record: string, why: SetAside): Promise<"kept" | "gone"> {
    const file = join(await this.open(), recordFile(reservationId));
    if (readText(file) === record && moveAside(file, why) !== undefined) return "kept";
    return isAside(file, record, why) ? "kept" : "gone";
  }

  /** Creates the folder if it does not exist, and returns its path. */
  async open(): Promise<string> {
    if (this.#ready !== undefined) return this.#ready;
    const { dir } = this.#location;
    this.#folder ??= identityOf(this.#location).then((identity) =>
      join(dir ?? commonFolder(), identity),
    );
    const folder = await this.#folder;
    this.#make(folder);
    this.#ready = folder;
    return folder;
  }

  /** Creates the folder, and makes it private as far as its file system allows. */
  #make(folder: string): void {
    mkdirSync(folder, { recursive: true, mode: OWNER_ONLY_FOLDER });
    const stats = lstatSync(folder);
    if (!stats.isDirectory())
      throw new Error(`${folder} is a link or a file, but it must be a folder`);
    if ((stats.mode & 0o077) === 0) return;
    try {
      chmodSync(folder, OWNER_ONLY_FOLDER);
    } catch (error) {
      // This happens on mounted volumes. A journal that others can read is better than none.
      if (this.#isExposed) return;
      this.#isExposed = true;
      const mode = (stats.mode & 0o777).toString(8);
      const message =
        `others can read ${folder} (mode ${mode}), and its mode cannot be changed: ` +
        `${String(error)}; the journal uses it anyway`;
      this.#location.onExposed(codeOf(error), shortened(message));
    }
  }

  #put(folder: string, reservationId: string, record: string): PutResult {
    try {
      return this.#write(folder, reservationId, record);
    } catch (error) {
      // The folder may have been removed since it was opened.
      if (codeOf(error) !== "ENOENT") throw error;
      this.#make(folder);
      return this.#write(folder, reservationId, record);
    }
  }

  /** Writes a temporary file and then renames it, so that readers never see half a record. */
  #write(folder: string, reservationId: string, record: string): PutResult {
    const name = recordFile(reservationId);
    this.#reader?.skip(name);
    const file = `${folder}/${name}`;
    const temporary = writeTemporary(file, record, this.#toDisk);
    try {
      const result = linkUnlessTaken(temporary, file)
        ? "kept"
        : this.#replace(file, temporary, spendOf(record));
      if (this.#toDisk) syncFolder(folder);
      return result;
    } finally {
      removeIfPossible(temporary);
    }
  }

  /** Replaces the file of a record, unless that is the record of another spend. */
  #replace(file: string, temporary: string, spend: string | undefined): PutResult {
    for (let left = MAX_TRIES; left > 0; left -= 1) {
      const text = readText(file);
      const present = text === undefined ? undefined : spendOf(text);
      if (present !== undefined) {
        if (present !== spend) return "occupied";
        renameSync(temporary, file);
        return "kept";
      }
      if (text !== undefined) this.#quarantine(file);
      if (linkUnlessTaken(temporary, file)) return "kept";
    }
    throw new Error(`${file} can be neither read nor replaced`);
  }

  /** Reads a record, and moves it to its standard name. Returns `undefined` if there is none. */
  #read(folder: string, name: string): StoredRecord | undefined {
    const file = join(folder, name);
    const record = readText(file);
    if (record === undefined) return undefined;
    const reservationId = readRecord(record)?.reservationId;
    if (reservationId === undefined) {
      this.#quarantine(file);
      return undefined;
    }
    const standard = recordFile(reservationId);
    // Older clients used other names. If the standard name is taken, this record waits until the
    // other one is settled.
    if (name !== standard && !moveUnlessTaken(file, join(folder, standard))) return undefined;
    return { reservationId, record };
  }

  #quarantine(file: string): void {
    const name = moveAside(file, "corrupt");
    if (name !== undefined) this.#location.onCorrupt(name);
  }
}

/** Throws if the record is larger than what {@link readText} reads. */
function checkSize(reservationId: string, record: string): void {
  // In UTF-8, a UTF-16 code unit takes at most three bytes.
  if (record.length * 3 <= LARGEST_RECORD_BYTES) return;
  const bytes = Buffer.byteLength(record);
  if (bytes <= LARGEST_RECORD_BYTES) return;
  throw new CyclesError(
    `the record of reservation ${reservationId} has ${bytes} bytes, but the journal keeps ` +
      `at most ${LARGEST_RECORD_BYTES}; commit less metadata`,
    { code: RECORD_TOO_LARGE },
  );
}
