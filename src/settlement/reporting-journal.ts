import { CyclesError } from "../errors.js";
import type { Journal, SetAside, StoredRecord } from "../journal.js";
import type { Settings } from "../settings.js";
import { JournalFailures } from "./journal-failures.js";

type Bounds = Pick<Settings, "clock" | "notify" | "settleTimeout" | "attemptTimeout">;

const NO_RECORD = "an entry of its list has no `reservationId` or `record`, or they are no strings";

/** Stands for the result of a call that failed. */
const FAILED = Symbol("failed");

/**
 * The journal, which may be the user's own code: it may throw, hang, or return anything. A failure is reported, once
 * for each cause until the journal works again, and no settlement waits for it longer than the bound.
 */
export class ReportingJournal {
  readonly #journal: Journal;
  readonly #clock: Settings["clock"];
  /** How long `put` and `list` may take. */
  readonly #boundMs: number;
  readonly #failures: JournalFailures;
  /** Reservations whose records could not be removed: the ledger has the spends. */
  readonly #unremoved = new Set<string>();
  /** Refused records that could not be set aside, by reservation: each keeps the place of the corrected spend. */
  readonly #refused = new Map<string, { readonly record: string; readonly why: SetAside }>();

  constructor(journal: Journal, { clock, notify, settleTimeout, attemptTimeout }: Bounds) {
    this.#journal = journal;
    this.#clock = clock;
    // With 0, a caller does not wait for the ledger. A journal over a network still needs some time.
    this.#boundMs = settleTimeout === 0 ? attemptTimeout : settleTimeout;
    this.#failures = new JournalFailures(notify);
  }

  /**
   * `remove` and `setAside` follow the server's response, and the caller has been waiting since the commit left. A
   * spend that the ledger has must not be called queued because the journal hangs.
   */
  get #whileCallerWaitsMs(): number {
    return this.#boundMs / 4;
  }

  /** `kept`: this is the record that the journal has of the reservation now. `occupied`: it has another spend's. */
  async put(reservationId: string, record: string): Promise<"kept" | "occupied" | "failed"> {
    const refused = this.#refused.get(reservationId);
    if (refused) await this.setAside(reservationId, refused.record, refused.why);
    const result = await this.#ask("write", this.#boundMs, () =>
      this.#journal.put(reservationId, record),
    );
    if (result === FAILED) return "failed";
    this.#failures.end("write");
    // A record of ours that was refused, and is still there, is to be removed with the corrected spend.
    if (result === "occupied" || result === false)
      return this.#refused.has(reservationId) ? "failed" : "occupied";
    if (this.#refused.size > 0) this.#refused.delete(reservationId);
    if (this.#unremoved.size > 0) this.#unremoved.delete(reservationId);
    return "kept";
  }

  /** The ledger has our spend. What cannot be removed now is tried again with the next one. */
  async remove(reservationId: string): Promise<void> {
    this.#refused.delete(reservationId);
    for (const id of [reservationId, ...this.#unremoved]) {
      const result = await this.#ask("remove", this.#whileCallerWaitsMs, () =>
        this.#journal.remove(id),
      );
      this.#unremoved.delete(id);
      if (result === FAILED) {
        // At the end of the queue: the next one may be removable.
        this.#unremoved.add(id);
        return;
      }
    }
    this.#failures.end("remove");
  }

  /** Whether the record is kept where an operator finds it. */
  async setAside(reservationId: string, record: string, why: SetAside): Promise<boolean> {
    const result = await this.#ask("set aside", this.#whileCallerWaitsMs, () =>
      this.#journal.setAside(reservationId, record, why),
    );
    if (result === FAILED) {
      this.#refused.set(reservationId, { record, why });
      return false;
    }
    this.#refused.delete(reservationId);
    this.#failures.end("set aside");
    return result !== "gone" && result !== false;
  }

  /** The records that the journal has; what it lists beside records is reported and left out. */
  async list(): Promise<readonly StoredRecord[]> {
    const result = await this.#ask("list", this.#boundMs, () => this.#journal.list());
    if (result === FAILED) return [];
    const { records, problem } = storedRecords(result);
    if (problem === undefined) this.#failures.end("list");
    else this.#failures.report("list", problem.error);
    return records;
  }

  /** What the journal returns; {@link FAILED} if it throws, rejects, or takes too long. Without a promise, no timer. */
  #ask(action: string, boundMs: number, act: () => unknown): unknown {
    try {
      const result = act();
      return isPrimitive(result) ? result : this.#wait(action, boundMs, result);
    } catch (error) {
      this.#failures.report(action, error);
      return FAILED;
    }
  }

  #wait(action: string, boundMs: number, result: unknown): Promise<unknown> {
    return new Promise((resolve) => {
      const fail = (error: unknown) => {
        timer.cancel();
        this.#failures.report(action, error);
        resolve(FAILED);
      };
      const timer = this.#clock.setTimeout(() => {
        fail(tooLate(boundMs));
      }, boundMs);
      // A new promise takes over whatever this is, even if its `then` throws.
      new Promise<unknown>((adopt) => {
        adopt(result);
      }).then((value) => {
        timer.cancel();
        resolve(value);
      }, fail);
    });
  }
}

/** Anything else may be a promise: to look for its `then` would run code of the user's. */
function isPrimitive(value: unknown): boolean {
  return value === null || (typeof value !== "object" && typeof value !== "function");
}

/** The records in what `list` has returned, and what is wrong with the rest. */
function storedRecords(result: unknown): {
  readonly records: readonly StoredRecord[];
  readonly problem: { readonly error: unknown } | undefined;
} {
  const records: StoredRecord[] = [];
  try {
    if (!isList(result)) throw badResult("it did not return an array");
    let problem: { readonly error: unknown } | undefined;
    for (const entry of result) {
      const record = storedRecord(entry);
      if (record === undefined) problem = { error: badResult(NO_RECORD) };
      else records.push(record);
    }
    return { records, problem };
  } catch (error) {
    return { records, problem: { error } };
  }
}

function isList(value: unknown): value is readonly unknown[] {
  return Array.isArray(value);
}

/** A copy, for the members may be getters, which may throw. */
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

function tooLate(ms: number): CyclesError {
  return new CyclesError(`it did not answer within ${ms} ms`, { code: "TIMEOUT" });
}
