import { Buffer } from "node:buffer";
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  renameSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { CyclesError } from "../../errors.js";
import type { Journal, JournalLocation, SetAside, StoredRecord } from "../../journal.js";
import { bounded, RECORD_TOO_LARGE } from "../journal-failures.js";
import { readRecord, spendOf } from "../record.js";
import {
  codeOf,
  LARGEST_RECORD_BYTES,
  moveAside,
  moveUnlessTaken,
  placeUnlessTaken,
  readText,
  removeFile,
  removeIfPossible,
} from "./files.js";
import { commonFolder } from "./folder.js";

import {
  asideFiles,
  identityOf,
  isRecordFile,
  isTemporaryFile,
  recordFile,
  temporaryFile,
} from "./names.js";

/** Half-written files of processes that died are this old at the least. */
const STALE_TEMPORARY_MS = 3_600_000;
/** Where two processes take each other's place again and again, something else is wrong. */
const MOST_TRIES = 10;
const OWNER_ONLY_FOLDER = 0o700;
const OWNER_ONLY_FILE = 0o600;

export function openJournal(location: JournalLocation): Journal {
  return new FileJournal(location);
}

/**
 * One file for each record, in a folder for each server and principal; the format and the names are shared by the
 * Cycles clients of all languages. Short synchronous writes: they are cheaper than the asynchronous ones, and the
 * record is in the operating system's hands before the commit leaves.
 */
class FileJournal implements Journal {
  readonly #location: JournalLocation;
  /** Derived once, when it is first needed: it costs some milliseconds. */
  #folder: Promise<string> | undefined;
  /** The folder, once it has been made. */
  #ready: string | undefined;
  #isExposed = false;
  /** Why files could not be read when they were last listed. */
  #unreadable: ReadonlyMap<string | undefined, string> = new Map();

  constructor(location: JournalLocation) {
    this.#location = location;
  }

  put(reservationId: string, record: string): Kept | Promise<Kept> {
    checkSize(reservationId, record);
    if (this.#ready !== undefined) return this.#put(this.#ready, reservationId, record);
    return this.#open().then((folder) => this.#put(folder, reservationId, record));
  }

  remove(reservationId: string): void | Promise<void> {
    if (this.#ready === undefined)
      return this.#open().then((folder) => {
        forget(`${folder}/${recordFile(reservationId)}`);
      });
    forget(`${this.#ready}/${recordFile(reservationId)}`);
  }

  async list(): Promise<readonly StoredRecord[]> {
    const folder = await this.#open();
    const found: StoredRecord[] = [];
    const failures = new Map<string | undefined, string>();
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      // A link could point at anything.
      if (!entry.isFile()) continue;
      try {
        if (isTemporaryFile(entry.name)) sweep(join(folder, entry.name));
        if (!isRecordFile(entry.name)) continue;
        const record = this.#read(folder, entry.name);
        if (record !== undefined) found.push(record);
      } catch (error) {
        // What is gone by now, another process has taken care of.
        const code = codeOf(error);
        if (code !== "ENOENT") failures.set(code, bounded(String(error)));
      }
    }
    for (const [code, message] of failures)
      if (!this.#unreadable.has(code)) this.#location.onUnreadable(code, message);
    this.#unreadable = failures;
    return found;
  }

  async setAside(reservationId: string, record: string, why: SetAside): Promise<"kept" | "gone"> {
    const file = join(await this.#open(), recordFile(reservationId));
    if (readText(file) === record && moveAside(file, why) !== undefined) return "kept";
    return isAside(file, record, why) ? "kept" : "gone";
  }

  async #open(): Promise<string> {
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

  /** Makes the folder, and keeps everybody else out of it as far as its file system can. */
  #make(folder: string): void {
    mkdirSync(folder, { recursive: true, mode: OWNER_ONLY_FOLDER });
    const found = lstatSync(folder);
    if (!found.isDirectory()) throw new Error(`${folder} is a link or a file; it must be a folder`);
    if ((found.mode & 0o077) === 0) return;
    try {
      chmodSync(folder, OWNER_ONLY_FOLDER);
    } catch (error) {
      // On a mounted volume, say. A journal that others can read is better than none.
      if (this.#isExposed) return;
      this.#isExposed = true;
      const mode = (found.mode & 0o777).toString(8);
      const message = `others may read ${folder} (mode ${mode}): ${String(error)}; it is used as it is`;
      this.#location.onExposed(codeOf(error), bounded(message));
    }
  }

  #put(folder: string, reservationId: string, record: string): Kept {
    try {
      return this.#write(folder, reservationId, record);
    } catch (error) {
      // Somebody may have removed the folder under us.
      if (codeOf(error) !== "ENOENT") throw error;
      this.#make(folder);
      return this.#write(folder, reservationId, record);
    }
  }

  /** Written beside its place and moved there whole, so that nobody ever reads half a record. */
  #write(folder: string, reservationId: string, record: string): Kept {
    const file = `${folder}/${recordFile(reservationId)}`;
    const temporary = temporaryFile(file);
    try {
      writeFileSync(temporary, record, { flag: "wx", mode: OWNER_ONLY_FILE });
      return placeUnlessTaken(temporary, file)
        ? "kept"
        : this.#takePlace(temporary, file, spendOf(record));
    } finally {
      removeIfPossible(temporary);
    }
  }

  /** Moves a record to a place that another one has, unless that is the record of another spend. */
  #takePlace(temporary: string, file: string, spend: string | undefined): Kept {
    for (let left = MOST_TRIES; left > 0; left -= 1) {
      const text = readText(file);
      const present = text === undefined ? undefined : spendOf(text);
      if (present !== undefined) {
        if (present !== spend) return "occupied";
        renameSync(temporary, file);
        return "kept";
      }
      if (text !== undefined) this.#quarantine(file);
      if (placeUnlessTaken(temporary, file)) return "kept";
    }
    throw new Error(`${file} can be neither read nor replaced`);
  }

  /** The record in a file, under its standard name from now on; `undefined` where there is none to be had. */
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
    // Older clients had other names. Where the standard one is taken, this record waits until it is settled.
    if (name !== standard && !moveUnlessTaken(file, join(folder, standard))) return undefined;
    return { reservationId, record };
  }

  #quarantine(file: string): void {
    const name = moveAside(file, "corrupt");
    if (name !== undefined) this.#location.onCorrupt(name);
  }
}

type Kept = "kept" | "occupied";

/** A larger record could not be read again. */
function checkSize(reservationId: string, record: string): void {
  // In UTF-8, no character of a string takes more than three bytes.
  if (record.length * 3 <= LARGEST_RECORD_BYTES) return;
  const bytes = Buffer.byteLength(record);
  if (bytes <= LARGEST_RECORD_BYTES) return;
  throw new CyclesError(
    `the record of ${reservationId} has ${bytes} bytes, and the journal keeps at most ${LARGEST_RECORD_BYTES}; send less metadata`,
    { code: RECORD_TOO_LARGE },
  );
}

function forget(file: string): void {
  // What was refused before another amount was accepted, by whichever process, must never be replayed. It goes first:
  // a record that stays behind is settled already, and safe to repeat.
  for (const aside of asideFiles(file, "rejected")) {
    if (!existsSync(aside)) break;
    removeFile(aside);
  }
  removeFile(file);
}

/** Whether another process has set the same record aside. */
function isAside(file: string, record: string, why: SetAside): boolean {
  for (const aside of asideFiles(file, why)) {
    const text = readText(aside);
    if (text === undefined || text === record) return text !== undefined;
  }
  return false;
}

function sweep(temporary: string): void {
  const { mtimeMs } = lstatSync(temporary);
  if (Date.now() - mtimeMs > STALE_TEMPORARY_MS) removeFile(temporary);
}
