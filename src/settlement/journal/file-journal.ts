import {
  chmodSync,
  closeSync,
  constants,
  existsSync,
  fstatSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  unlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import type { Journal, SetAside, StoredRecord } from "../../journal.js";
import { readRecord } from "../record.js";
import { commonFolder } from "./folder.js";
import { identityOf } from "./identity.js";
import { asideFiles, isRecordFile, isTemporaryFile, recordFile, temporaryFile } from "./names.js";
import type { JournalPlace } from "./place.js";

/** Half-written files of processes that died are this old at the least. */
const STALE_TEMPORARY_MS = 3_600_000;
/** No record comes near this; what is larger is none. */
const LARGEST_RECORD_BYTES = 4 * 1024 * 1024;
/** Windows has no such flag, and no such links for everybody. */
const NO_FOLLOW = (constants.O_NOFOLLOW as number | undefined) ?? 0;
const OWNER_ONLY_FOLDER = 0o700;
const OWNER_ONLY_FILE = 0o600;

export function openJournal(place: JournalPlace): Journal {
  return new FileJournal(place);
}

/**
 * One file for each record, in a folder for each server and principal; the format and the names are shared by the
 * Cycles clients of all languages. Short synchronous writes: they are cheaper than the asynchronous ones, and the
 * record is in the operating system's hands before the commit leaves.
 */
class FileJournal implements Journal {
  readonly #place: JournalPlace;
  /** Derived once, when it is first needed: it costs some milliseconds. */
  #folder: Promise<string> | undefined;
  /** The folder, once it has been made. */
  #ready: string | undefined;
  #written = 0;

  constructor(place: JournalPlace) {
    this.#place = place;
  }

  put(reservationId: string, record: string): void | Promise<void> {
    if (this.#ready === undefined) return this.#putFirst(reservationId, record);
    try {
      this.#write(this.#ready, reservationId, record);
    } catch (error) {
      // Somebody may have removed the folder under us.
      if (codeOf(error) !== "ENOENT") throw error;
      secure(this.#ready);
      this.#write(this.#ready, reservationId, record);
    }
  }

  async remove(reservationId: string): Promise<void> {
    const file = `${this.#ready ?? (await this.#open())}/${recordFile(reservationId)}`;
    remove(file);
    // What was refused before another amount was accepted, by whichever process, must never be replayed.
    for (const aside of asideFiles(file, "rejected")) {
      if (!existsSync(aside)) return;
      remove(aside);
    }
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
        if (code !== "ENOENT") failures.set(code, String(error));
      }
    }
    for (const [code, message] of failures) this.#place.onUnreadable(code, message);
    return found;
  }

  async setAside(reservationId: string, record: string, why: SetAside): Promise<void> {
    const folder = await this.#open();
    const file = join(folder, recordFile(reservationId));
    if (read(file) !== record) return;
    moveAside(file, why);
  }

  async #putFirst(reservationId: string, record: string): Promise<void> {
    this.#write(await this.#open(), reservationId, record);
  }

  async #open(): Promise<string> {
    if (this.#ready !== undefined) return this.#ready;
    const { dir } = this.#place;
    this.#folder ??= identityOf(this.#place).then((identity) =>
      join(dir ?? commonFolder(), identity),
    );
    const folder = await this.#folder;
    secure(folder);
    this.#ready = folder;
    return folder;
  }

  /** Written beside its place and moved there whole, so that nobody ever reads half a record. */
  #write(folder: string, reservationId: string, record: string): void {
    const file = `${folder}/${recordFile(reservationId)}`;
    const temporary = temporaryFile(file, (this.#written += 1));
    try {
      writeFileSync(temporary, record, { flag: "wx", mode: OWNER_ONLY_FILE });
      renameSync(temporary, file);
    } catch (error) {
      remove(temporary);
      throw error;
    }
  }

  /** The record in a file, under its standard name from now on; `undefined` where there is none to be had. */
  #read(folder: string, name: string): StoredRecord | undefined {
    const file = join(folder, name);
    const record = read(file);
    if (record === undefined) return undefined;
    const reservationId = readRecord(record)?.reservationId;
    if (reservationId === undefined) {
      this.#place.onCorrupt(moveAside(file, "corrupt"));
      return undefined;
    }
    const standard = recordFile(reservationId);
    // Older clients had other names. Where the standard one is taken, this record waits until it is settled.
    if (name !== standard) {
      if (existsSync(join(folder, standard))) return undefined;
      renameSync(file, join(folder, standard));
    }
    return { reservationId, record };
  }
}

/** `rmSync` would look first, and take twice as long. */
function remove(file: string): void {
  try {
    unlinkSync(file);
  } catch (error) {
    if (codeOf(error) !== "ENOENT") throw error;
  }
}

/** Makes the folder, and keeps everybody else out of it. */
function secure(folder: string): void {
  mkdirSync(folder, { recursive: true, mode: OWNER_ONLY_FOLDER });
  const found = lstatSync(folder);
  if (!found.isDirectory()) throw new Error(`${folder} is a link or a file; it must be a folder`);
  if ((found.mode & 0o077) !== 0) chmodSync(folder, OWNER_ONLY_FOLDER);
}

/** `undefined` for a file that is gone: another process was faster. */
function read(file: string): string | undefined {
  let descriptor: number;
  try {
    descriptor = openSync(file, constants.O_RDONLY | NO_FOLLOW);
  } catch (error) {
    if (codeOf(error) === "ENOENT") return undefined;
    throw error;
  }
  try {
    // An empty text is no record, and so is whatever is too large for one.
    return fstatSync(descriptor).size > LARGEST_RECORD_BYTES
      ? ""
      : readFileSync(descriptor, "utf8");
  } finally {
    closeSync(descriptor);
  }
}

function moveAside(file: string, why: SetAside): string {
  for (const name of asideFiles(file, why)) {
    if (existsSync(name)) continue;
    renameSync(file, name);
    return name;
  }
  return file;
}

function sweep(temporary: string): void {
  const { mtimeMs } = lstatSync(temporary);
  if (Date.now() - mtimeMs > STALE_TEMPORARY_MS) remove(temporary);
}

function codeOf(error: unknown): string | undefined {
  return error instanceof Error && "code" in error ? String(error.code) : undefined;
}
