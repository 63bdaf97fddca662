import type { Clock } from "../../clock.js";
import type { JournalLocation, SetAside, StoredRecord } from "../../journal.js";
import { type ReadableJournal, READER, type RecordReader } from "../record-reader.js";
import type {
  Heir,
  LocalJournal,
  LocalJournalOptions,
  LoggedNote,
  LoggedSpend,
  ReadNote,
  SpendLog,
} from "../spend-log.js";
import { FileJournal } from "./file-journal.js";
import { syncFolder } from "./files.js";
import { Log } from "./log/log.js";
import { NoteThrottle } from "./log/notes.js";
import { Succession } from "./log/succession.js";
import { takeOverLogs, type TakenOver } from "./log/take-over.js";
import { loggedRecord } from "./promote.js";

/** Opens the journal of this computer. Nothing is read or written before the first call of a method. */
export function openJournal(options: LocalJournalOptions): LocalJournal {
  return new LoggedJournal(options);
}

/** Longer spends are rare, and go to their files at once, so that a log stays small. */
const LONGEST_LINE_UNITS = 64 * 1024;

/**
 * A file journal with a log in front of it. A spend is in the log during its first attempt, and in
 * its file from then on.
 */
class LoggedJournal implements LocalJournal, ReadableJournal, SpendLog {
  readonly #location: JournalLocation;
  /** Whether it writes no log of its own spends, and only takes over those of others. */
  readonly #hasOnlyFiles: boolean;
  readonly #files: FileJournal;
  readonly #log: Log;
  readonly #clock: Clock;
  readonly #notes: NoteThrottle;
  readonly #succession: Succession;
  /** The notes of dead guards that this log has taken over, by reservation. */
  readonly #adopted = new Map<string, LoggedNote>();

  constructor(options: LocalJournalOptions) {
    const { clock, firstAttemptMs, mode, toDisk } = options;
    const files = new FileJournal(options, toDisk);
    this.#location = options;
    this.#hasOnlyFiles = mode === "files";
    this.#files = files;
    this.#clock = clock;
    this.#log = new Log({
      baseUrl: options.baseUrl,
      firstAttemptMs,
      clock,
      toDisk,
      folder: () => files.makeFolder(),
      syncFolder: () => {
        syncFolder(files.makeFolder());
      },
      promote: (spend) => this.#promote(spend),
      appendWaiting: () => {
        this.#notes.writeAll();
      },
      recorded: (keys) => {
        files.forget(keys);
      },
    });
    this.#succession = new Succession(
      {
        takeOver: (atOnce) => this.#takeOver(atOnce),
        adopted: () => [...this.#adopted.values()],
        noteOf: (reservationId) => this.#adopted.get(reservationId),
        promote: (note) => {
          this.#promoteNote(note);
        },
      },
      clock,
    );
    this.#notes = new NoteThrottle(clock, (reservationId, read) => {
      this.#append(reservationId, read).catch(() => undefined);
    });
  }

  get log(): SpendLog {
    return this;
  }

  append(spend: LoggedSpend): Promise<void> | undefined {
    const { reservationId, commit, reserved } = spend;
    this.#notes.end(reservationId);
    this.#adopted.delete(reservationId);
    const isLong = commit.length + reserved.length > LONGEST_LINE_UNITS;
    if (isLong || this.#hasOnlyFiles) return undefined;
    return this.#append(reservationId, spend);
  }

  note(reservationId: string, read: ReadNote): void {
    if (!this.#hasOnlyFiles) this.#notes.note(reservationId, read);
  }

  put(reservationId: string, record: string): ReturnType<FileJournal["put"]> {
    const mark = (result: "kept" | "occupied") => {
      if (result === "kept") this.#markIfLogged(reservationId, record);
      return result;
    };
    this.#notes.end(reservationId);
    const result = this.#files.put(reservationId, record);
    return typeof result === "string" ? mark(result) : result.then(mark);
  }

  remove(reservationId: string, key?: string): void | Promise<void> {
    const logged = this.#log.get(reservationId);
    if (logged === undefined || logged.idempotencyKey !== key)
      return this.#files.remove(reservationId);
    this.#log.recorded(reservationId, key);
  }

  async setAside(reservationId: string, record: string, why: SetAside): Promise<"kept" | "gone"> {
    // The file must exist before it can be set aside, and the mark must come last.
    if (this.#isLogged(reservationId, record)) await this.#files.put(reservationId, record);
    const result = await this.#files.setAside(reservationId, record, why);
    this.#markIfLogged(reservationId, record);
    return result;
  }

  list(): Promise<readonly StoredRecord[]> {
    return this.#files.list();
  }

  [READER](): RecordReader {
    return this.#files[READER]();
  }

  takeOver(atOnce: boolean, heir: Heir): Promise<void> {
    return this.#succession.takeOver(atOnce, heir);
  }

  close(): void {
    this.#succession.stop();
    this.#log.close();
  }

  async #takeOver(atOnce: boolean): Promise<TakenOver> {
    const { baseUrl, onCorrupt } = this.#location;
    const successor = {
      baseUrl,
      onCorrupt,
      failed: (error: unknown) => {
        this.#files.unreadable.failed(error);
      },
      promote: (spend: LoggedSpend) => this.#promote(spend),
      adopt: (note: LoggedNote) => this.#adopt(note),
    };
    return takeOverLogs(await this.#files.open(), successor, atOnce);
  }

  #append(reservationId: string, content: LoggedSpend | LoggedNote | ReadNote): Promise<void> {
    if (this.#files.folder !== undefined) return this.#log.append(reservationId, content);
    return this.#files.open().then(() => {
      // By now, the guard may have committed what it had noted.
      const current = typeof content === "function" ? content(false) : content;
      return current && this.#log.append(reservationId, current);
    });
  }

  async #adopt(note: LoggedNote): Promise<void> {
    const { reservationId, idempotencyKey } = note;
    if (this.#files.has(reservationId, idempotencyKey)) return;
    const other = this.#adopted.get(reservationId);
    // A line of a guard of this process is newer. The note may also be in two logs of its process.
    if (other ? other.recordedAt >= note.recordedAt : this.#log.has(reservationId)) return;
    const adopted = { ...note, isAdopted: true } as const;
    await this.#append(reservationId, adopted);
    this.#adopted.set(reservationId, adopted);
  }

  #promoteNote(note: LoggedNote): void {
    if (this.#promote(note) === "occupied") throw new Error("the file has another spend");
    this.#adopted.delete(note.reservationId);
    this.#log.markNow(note.reservationId);
  }

  #promote(spend: LoggedSpend): "kept" | "occupied" {
    const record = loggedRecord(spend, this.#location.baseUrl, this.#clock.now());
    return this.#files.promote(spend.reservationId, record);
  }

  /** Whether the log has an open line with the key of a record: of its spend, or of an earlier note. */
  #isLogged(reservationId: string, record: string): boolean {
    const key = this.#log.get(reservationId)?.idempotencyKey;
    return key !== undefined && record.includes(`"idempotency_key":${JSON.stringify(key)}`);
  }

  #markIfLogged(reservationId: string, record: string): void {
    if (this.#isLogged(reservationId, record)) this.#log.markNow(reservationId);
  }
}
