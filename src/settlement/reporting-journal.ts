import { CyclesError } from "../errors.js";
import type { Journal, SetAside, StoredRecord } from "../journal.js";
import type { Settings } from "../settings.js";
import { JournalFailures } from "./journal-failures.js";
import { isReadable, ListReader, READER, type RecordReader } from "./record-reader.js";
import type { Heir, LocalJournal, LoggedSpend, SpendLog } from "./spend-log.js";

type JournalSettings = Pick<
  Settings,
  "clock" | "notify" | "settleTimeout" | "attemptTimeout" | "journalSync"
>;

/** Stands for the result of a call that failed. */
const FAILED = Symbol("failed");

/**
 * The journal, which may be custom code that throws, hangs, or returns anything. Each cause of a
 * failure is reported once until the journal works again. Every call has a time limit.
 */
export class ReportingJournal {
  /** The log in front of the journal; `undefined` if it has none. */
  readonly log: SpendLog | undefined;
  readonly #journal: Journal | LocalJournal;
  readonly #clock: Settings["clock"];
  /** How long `put` and `list` may take. */
  readonly #timeoutMs: number;
  readonly #waitsForDisk: boolean;
  readonly #failures: JournalFailures;
  /** Whether the log could not be written the last time. Its failure is then not reported again. */
  #isLogFailing = false;
  /** Reservations whose spends are in the ledger, but whose records could not be removed. */
  readonly #unremoved = new Set<string>();
  /** Refused records that could not be set aside, by reservation. Each blocks a corrected spend. */
  readonly #refused = new Map<string, { readonly record: string; readonly why: SetAside }>();

  constructor(journal: Journal, settings: JournalSettings, log?: SpendLog) {
    const { clock, notify, settleTimeout, attemptTimeout, journalSync } = settings;
    this.#journal = journal;
    this.log = log;
    this.#waitsForDisk = journalSync === "disk";
    this.#clock = clock;
    // With `settleTimeout: 0`, commits do not wait, but a journal over a network needs some time.
    this.#timeoutMs = settleTimeout === 0 ? attemptTimeout : settleTimeout;
    this.#failures = new JournalFailures(notify);
  }

  /**
   * How long `remove` and `setAside` may take. They follow the server's response, while the caller
   * waits for the commit. A journal that hangs must not turn its result into `queued`.
   */
  get #timeoutAfterResponseMs(): number {
    return this.#timeoutMs / 4;
  }

  /**
   * Appends a spend to the log before its first request. Returns `undefined` if it needs a record
   * instead; else, resolves to whether the log now has it.
   */
  append(spend: LoggedSpend): Promise<boolean> | undefined {
    // A refused record that could not be set aside must be set aside first.
    if (this.log === undefined || this.#refused.has(spend.reservationId)) return undefined;
    const appended = this.log.append(spend);
    if (appended === undefined) return undefined;
    const ended = (isAppended: boolean) => {
      this.#isLogFailing = !isAppended;
      if (isAppended) this.#failures.succeeded("write");
      return isAppended;
    };
    // Without a disk that can hang, the log responds at the end of this turn of the event loop.
    if (this.#waitsForDisk)
      return this.#wait("write", this.#timeoutMs, appended).then((result) =>
        ended(result !== FAILED),
      );
    return appended.then(
      () => ended(true),
      (error: unknown) => {
        this.#failures.report("write", error);
        return ended(false);
      },
    );
  }

  /**
   * Writes a record. Returns `kept` if the journal now has it, and `occupied` if the journal has
   * the record of another spend of the reservation.
   */
  async put(reservationId: string, record: string): Promise<"kept" | "occupied" | "failed"> {
    const refused = this.#refused.get(reservationId);
    if (refused) await this.setAside(reservationId, refused.record, refused.why);
    const result = await this.#call("write", this.#timeoutMs, () =>
      this.#journal.put(reservationId, record),
    );
    if (result === FAILED) return "failed";
    if (!this.#isLogFailing) this.#failures.succeeded("write");
    // If that record is our own refused one, `remove` must still remove it.
    if (result === "occupied" || result === false)
      return this.#refused.has(reservationId) ? "failed" : "occupied";
    if (this.#refused.size > 0) this.#refused.delete(reservationId);
    if (this.#unremoved.size > 0) this.#unremoved.delete(reservationId);
    return "kept";
  }

  /**
   * Removes the record of a spend that the ledger has.
   * If that fails, the next call of `remove` tries it again.
   */
  async remove(reservationId: string, key: string): Promise<void> {
    this.#refused.delete(reservationId);
    for (const id of [reservationId, ...this.#unremoved]) {
      const result = await this.#call("remove", this.#timeoutAfterResponseMs, () =>
        id === reservationId ? this.#journal.remove(id, key) : this.#journal.remove(id),
      );
      this.#unremoved.delete(id);
      if (result === FAILED) {
        // Move it to the end of the set, because it may be possible to remove the others.
        this.#unremoved.add(id);
        return;
      }
    }
    this.#failures.succeeded("remove");
  }

  /** Sets a record aside. Returns whether the journal keeps it for an operator. */
  async setAside(reservationId: string, record: string, why: SetAside): Promise<boolean> {
    const result = await this.#call("set aside", this.#timeoutAfterResponseMs, () =>
      this.#journal.setAside(reservationId, record, why),
    );
    if (result === FAILED) {
      this.#refused.set(reservationId, { record, why });
      return false;
    }
    this.#refused.delete(reservationId);
    this.#failures.succeeded("set aside");
    return result !== "gone" && result !== false;
  }

  /**
   * Moves what other processes have left in their logs to records.
   *
   * @param atOnce also the spends of processes that may still be running
   */
  async takeOver(atOnce: boolean, heir: Heir): Promise<void> {
    const { log } = this;
    if (log === undefined) return;
    const action = "take over a log";
    try {
      await log.takeOver(atOnce, heir);
      this.#failures.succeeded(action);
    } catch (error) {
      this.#failures.report(action, error);
    }
  }

  /**
   * Returns a reader of the journal's records. A failure is reported, and ends the reading. Only
   * `list` has a time limit, because our own journals are read in steps that cannot hang.
   */
  reader(): RecordReader {
    const journal = this.#journal;
    if (!isReadable(journal)) return new ListReader(() => this.list());
    const reader = journal[READER]();
    return {
      get remaining() {
        return reader.remaining;
      },
      next: async () => {
        try {
          const records = await reader.next();
          if (records === undefined) this.#failures.succeeded("list");
          return records;
        } catch (error) {
          this.#failures.report("list", error);
          return undefined;
        }
      },
      stop: () => {
        reader.stop();
      },
    };
  }

  /** Returns the records that the journal lists. Anything else in its list is reported. */
  async list(): Promise<readonly StoredRecord[]> {
    const result = await this.#call("list", this.#timeoutMs, () => this.#journal.list());
    if (result === FAILED) return [];
    const { records, problem } = storedRecords(result);
    if (problem === undefined) this.#failures.succeeded("list");
    else this.#failures.report("list", problem.error);
    return records;
  }

  /**
   * Returns the journal's result, or {@link FAILED} if it throws, rejects or takes too long.
   * If the journal does not return a promise, no timer is set.
   */
  #call(action: string, timeoutMs: number, method: () => unknown): unknown {
    try {
      const result = method();
      return isPrimitive(result) ? result : this.#wait(action, timeoutMs, result);
    } catch (error) {
      this.#failures.report(action, error);
      return FAILED;
    }
  }

  #wait(action: string, timeoutMs: number, result: unknown): Promise<unknown> {
    return new Promise((resolve) => {
      const fail = (error: unknown) => {
        timer.cancel();
        this.#failures.report(action, error);
        resolve(FAILED);
      };
      const timer = this.#clock.setTimeout(() => {
        fail(noResponse(timeoutMs));
      }, timeoutMs);
      // A new promise adopts any value, even one whose `then` throws.
      new Promise<unknown>((adopt) => {
        adopt(result);
      }).then((value) => {
        timer.cancel();
        resolve(value);
      }, fail);
    });
  }
}

/** Any other value may be a promise. Reading its `then` here could run custom code. */
function isPrimitive(value: unknown): boolean {
  return value === null || (typeof value !== "object" && typeof value !== "function");
}

/** Returns the records in the result of `list`, and the problem with the rest, if there is one. */
function storedRecords(result: unknown): {
  readonly records: readonly StoredRecord[];
  readonly problem: { readonly error: unknown } | undefined;
} {
  const records: StoredRecord[] = [];
  try {
    if (!isArray(result)) throw badResult("`list` did not return an array");
    let problem: { readonly error: unknown } | undefined;
    for (const entry of result) {
      const record = storedRecord(entry);
      if (record === undefined) problem = { error: badResult(NOT_A_RECORD) };
      else records.push(record);
    }
    return { records, problem };
  } catch (error) {
    return { records, problem: { error } };
  }
}

const NOT_A_RECORD =
  "`list` returned an entry whose `reservationId` and `record` are not both strings";

function isArray(value: unknown): value is readonly unknown[] {
  return Array.isArray(value);
}

/** Returns a copy, because the properties may be getters that throw. */
function storedRecord(entry: unknown): StoredRecord | undefined {
  try {
    if (typeof entry !== "object" || entry === null) return undefined;
    if (!("reservationId" in entry && "record" in entry)) return undefined;
    const { reservationId, record } = entry;
    if (typeof reservationId !== "string" || typeof record !== "string") return undefined;
    return { reservationId, record };
  } catch {
    return undefined;
  }
}

function badResult(message: string): CyclesError {
  return new CyclesError(message, { code: "BAD_RESULT" });
}

function noResponse(timeoutMs: number): CyclesError {
  return new CyclesError(`the journal did not respond within ${timeoutMs} ms`, { code: "TIMEOUT" });
}
