import { Deferred } from "../deferred.js";
import type { StoredRecord } from "../journal.js";
import type { SettlementContext } from "./context.js";
import { type Job, type Progress, restoreJob } from "./job.js";
import { PendingSpend } from "./pending-spend.js";
import { ListReader, type RecordReader } from "./record-reader.js";
import { type Leftover, recoverSpend, type RecoveredSpend } from "./recovery.js";
import { slices } from "./slices.js";

/** The queue is filled up to this number of records. The others wait in the journal. */
const MOST_QUEUED = 256;
/** The queue is filled up to this number of characters, because a record can be large. */
const MOST_QUEUED_CHARACTERS = 4 * 1024 * 1024;
/** When fewer records are in the queue, it is filled again. */
const FEW_QUEUED = 64;
/** How many attempts a pass makes for a spend whose failures make all spends wait. */
const MAX_ATTEMPTS = 3;

/** Spends by id, each with the monotonic time before which it must not be sent, if there is one. */
export type DueTimes = ReadonlyMap<string, number | undefined>;

/**
 * One pass through the journal. It tries each spend that is due once, in random order. If a failure
 * makes all spends wait, it tries the spend up to three times.
 *
 * The journal is read while spends are tried, in slices that let other work run.
 */
export class Pass {
  readonly #context: SettlementContext;
  readonly #underWay: ReadonlyMap<string, unknown>;
  readonly #previous: DueTimes;
  readonly #reportException: (reservationId: string, cause: unknown) => void;
  readonly #takeOver: () => Promise<void>;
  readonly #reader: RecordReader;
  /** Records that were read and not looked at yet. */
  #batch: StoredRecord[] = [];
  /** The spends that were in progress when the batch was read. They may be settled by now. */
  #underWayAtReading: ReadonlySet<string> = new Set();
  readonly #met = new Set<string>();
  readonly #left = new Map<string, number | undefined>();
  readonly #queue: Leftover[] = [];
  #queuedCharacters = 0;
  readonly #end = new Deferred<undefined>();
  #hasEnded = false;
  #running = 0;
  /** How many spends the previous pass did not leave, and how many it did. */
  #fresh = 0;
  #known = 0;
  #isAnnounced = false;
  #hasTakenOver = false;
  #isReading = false;
  /** Whether the journal may hold spends that the pass has not looked at. */
  #hasMore = true;

  /**
   * @param underWay the spends that clients of this process are settling, which the pass skips
   * @param previous the spends that the previous pass left
   * @param reportException reports an exception; the record stays in the journal
   * @param takeOver moves what other processes have left in their logs to the journal
   */
  constructor(
    context: SettlementContext,
    underWay: ReadonlyMap<string, unknown>,
    previous: DueTimes,
    reportException: (reservationId: string, cause: unknown) => void,
    takeOver: () => Promise<void>,
  ) {
    this.#context = context;
    this.#underWay = underWay;
    this.#previous = previous;
    this.#reportException = reportException;
    this.#takeOver = takeOver;
    this.#reader = context.journal?.reader() ?? new ListReader(() => Promise.resolve([]));
  }

  /** The spends that stay in the journal until the next pass. */
  get left(): DueTimes {
    return this.#left;
  }

  /** How many records the pass has found and not looked at. */
  get unread(): number {
    return this.#batch.length + this.#reader.remaining;
  }

  /** How many spends are not settled yet. While the journal is read, this is an estimate. */
  get pending(): number {
    return this.#queue.length + this.#running + this.unread + this.#left.size;
  }

  /** Whether {@link Pass.read} should be called. */
  get needsRecords(): boolean {
    return this.#hasMore && !this.#isReading && this.#queue.length < FEW_QUEUED;
  }

  get isDone(): boolean {
    const isIdle = this.#running === 0 && !this.#isReading;
    return isIdle && !this.#hasMore && this.#queue.length === 0;
  }

  /** Resolves when the pass has ended. Never rejects. */
  get ended(): Promise<undefined> {
    return this.#end.promise;
  }

  /** Ends the pass. Nothing more is read. */
  end(): void {
    this.#hasEnded = true;
    this.#reader.stop();
    this.#end.resolve(undefined);
  }

  /** Fills the queue from the journal. The first call also reports how many spends it holds. */
  async read(): Promise<void> {
    this.#isReading = true;
    this.#hasMore = false;
    try {
      if (!this.#hasTakenOver) await this.#takeOver();
      this.#hasTakenOver = true;
      this.#hasMore = await this.#fill();
      this.#announce();
    } finally {
      this.#isReading = false;
    }
  }

  next(): PendingSpend | undefined {
    for (let leftover = this.#queue.shift(); leftover; leftover = this.#queue.shift()) {
      this.#queuedCharacters -= leftover.stored.record.length;
      const job = this.#restore(leftover);
      if (job === undefined) continue;
      this.#running += 1;
      leftover.attempts += 1;
      return new PendingSpend(job, leftover);
    }
    return undefined;
  }

  /** Takes a spend back after an attempt. */
  tried(job: Job, leftover: Leftover, progress: Progress): void {
    this.#running -= 1;
    if (progress.next !== "retry") return;
    if (progress.scope === "server" && this.#mayRetry(leftover)) {
      // The record may have changed: the spend may be an event by now.
      leftover.stored = job.stored;
      this.#push(leftover);
    } else this.#left.set(leftover.id, undefined);
  }

  #mayRetry({ attempts }: Leftover): boolean {
    return this.#context.settings.retry !== false && attempts < MAX_ATTEMPTS;
  }

  /** Returns whether the journal may hold more. */
  async #fill(): Promise<boolean> {
    const pause = slices();
    while (!this.#hasEnded) {
      if (this.#isFull()) return true;
      const record = this.#batch.pop();
      if (record !== undefined) await this.#take(record);
      else if (!(await this.#readBatch())) return false;
      await pause();
    }
    return false;
  }

  #isFull(): boolean {
    return this.#queue.length >= MOST_QUEUED || this.#queuedCharacters >= MOST_QUEUED_CHARACTERS;
  }

  /** Returns whether there was another batch. */
  async #readBatch(): Promise<boolean> {
    const before = [...this.#underWay.keys()];
    const batch = await this.#reader.next();
    this.#underWayAtReading = new Set([...before, ...this.#underWay.keys()]);
    this.#batch = [...(batch ?? [])];
    return batch !== undefined;
  }

  async #take(record: StoredRecord): Promise<void> {
    const { reservationId, record: text } = record;
    try {
      const spend = recoverSpend(this.#context.settings, record);
      if (spend === "foreign") return;
      if (spend !== "corrupt") {
        this.#enqueue(spend);
        return;
      }
      await this.#context.journal?.setAside(reservationId, text, "corrupt");
      this.#context.settings.notify({ type: "journal_corrupt", record: reservationId });
    } catch (cause) {
      this.#reportException(reservationId, cause);
    }
  }

  #enqueue(spend: RecoveredSpend): void {
    const { id, reservationId, readAt } = spend;
    if (this.#met.has(id) || this.#underWayAtReading.has(id) || this.#underWay.has(id)) return;
    this.#met.add(id);
    if (this.#previous.has(id)) this.#known += 1;
    else this.#fresh += 1;
    const dueAt = this.#previous.get(id) ?? readAt + spend.waitMs;
    if (dueAt > readAt) this.#left.set(id, dueAt);
    else this.#push({ id, reservationId, stored: spend, attempts: 0 });
  }

  #push(leftover: Leftover): void {
    this.#queue.push(leftover);
    this.#queuedCharacters += leftover.stored.record.length;
  }

  /** Reports the spends that the previous pass did not leave. Those beyond the queue are estimated. */
  #announce(): void {
    if (this.#isAnnounced || this.#hasEnded) return;
    this.#isAnnounced = true;
    const unknown = Math.max(0, this.unread - (this.#previous.size - this.#known));
    const records = this.#fresh + unknown;
    if (records > 0) this.#context.settings.notify({ type: "recovering", records });
  }

  #restore({ id, reservationId, stored }: Leftover): Job | undefined {
    if (this.#underWay.has(id)) return undefined;
    try {
      return restoreJob(this.#context, stored);
    } catch (cause) {
      this.#reportException(reservationId, cause);
      return undefined;
    }
  }
}
