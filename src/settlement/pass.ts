import { Deferred } from "../deferred.js";
import type { StoredRecord } from "../journal.js";
import type { SettlementContext } from "./context.js";
import { type Job, type Progress, restoreJob } from "./job.js";
import { PendingSpend } from "./pending-spend.js";
import { type Leftover, recoverSpend, type RecoveredSpend } from "./recovery.js";

/** How many records are in memory at a time. The others wait in the journal. */
const SLICE = 1_000;
/** How many attempts a pass makes for a spend whose failures make all spends wait. */
const MAX_ATTEMPTS = 3;

/** Spends by id, each with the monotonic time before which it must not be sent, if there is one. */
export type DueTimes = ReadonlyMap<string, number | undefined>;

/**
 * One pass through the journal. It tries each spend that is due once, in random order. If a failure
 * makes all spends wait, it tries the spend up to three times.
 */
export class Pass {
  readonly #context: SettlementContext;
  readonly #underWay: ReadonlyMap<string, unknown>;
  readonly #previous: DueTimes;
  readonly #reportException: (reservationId: string, cause: unknown) => void;
  readonly #takesOverAtOnce: boolean;
  readonly #met = new Set<string>();
  readonly #left = new Map<string, number | undefined>();
  readonly #queue: Leftover[] = [];
  readonly #end = new Deferred<undefined>();
  #running = 0;
  /** How many spends only the journal holds. After the first slice, this is an estimate. */
  #beyond = 0;
  #isFirstSlice = true;
  #isLoading = false;
  /** Whether the journal holds spends that the pass has not read yet. */
  #hasMore = false;

  /**
   * @param underWay the spends that clients of this process are settling, which the pass skips
   * @param previous the spends that the previous pass left
   * @param reportException reports an exception; the record stays in the journal
   * @param takesOverAtOnce whether it also takes what processes may still have in flight
   */
  constructor(
    context: SettlementContext,
    underWay: ReadonlyMap<string, unknown>,
    previous: DueTimes,
    reportException: (reservationId: string, cause: unknown) => void,
    takesOverAtOnce: boolean,
  ) {
    this.#context = context;
    this.#underWay = underWay;
    this.#previous = previous;
    this.#reportException = reportException;
    this.#takesOverAtOnce = takesOverAtOnce;
  }

  /** The spends that stay in the journal until the next pass. */
  get left(): DueTimes {
    return this.#left;
  }

  /** How many spends are not settled yet, as far as the pass knows. */
  get pending(): number {
    return this.#queue.length + this.#running + this.#beyond + this.#left.size;
  }

  /** Whether the pass can continue only after it has loaded another slice. */
  get needsSlice(): boolean {
    return this.#hasMore && !this.#isLoading && this.#queue.length === 0;
  }

  get isDone(): boolean {
    const isIdle = this.#running === 0 && !this.#isLoading;
    return isIdle && !this.#hasMore && this.#queue.length === 0;
  }

  /** Resolves when the pass has ended. Never rejects. */
  get ended(): Promise<undefined> {
    return this.#end.promise;
  }

  end(): void {
    this.#end.resolve(undefined);
  }

  /** Fills the queue from the journal. The first call also counts what the journal holds. */
  async loadSlice(): Promise<void> {
    const isFirst = this.#isFirstSlice;
    this.#isFirstSlice = false;
    this.#isLoading = true;
    try {
      if (isFirst) await this.#context.journal?.takeOver(this.#takesOverAtOnce);
      await this.#fill(isFirst);
    } finally {
      this.#isLoading = false;
      if (!this.#hasMore) this.#beyond = 0;
    }
  }

  next(): PendingSpend | undefined {
    for (let leftover = this.#queue.shift(); leftover; leftover = this.#queue.shift()) {
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
      this.#queue.push(leftover);
    } else this.#left.set(leftover.id, undefined);
  }

  #mayRetry({ attempts }: Leftover): boolean {
    return this.#context.settings.retry !== false && attempts < MAX_ATTEMPTS;
  }

  async #fill(isFirst: boolean): Promise<void> {
    this.#hasMore = false;
    // A spend that is in progress now may be settled by the time its listed record is read.
    const underWayBefore = new Set(this.#underWay.keys());
    let fresh = 0;
    for (const record of shuffled((await this.#context.journal?.list()) ?? [])) {
      if (this.#queue.length >= SLICE && !isFirst) {
        this.#hasMore = true;
        break;
      }
      const spend = await this.#recover(record);
      if (spend === undefined || this.#met.has(spend.id)) continue;
      if (underWayBefore.has(spend.id) || this.#underWay.has(spend.id)) continue;
      if (!this.#previous.has(spend.id)) fresh += 1;
      if (!isFirst) this.#beyond = Math.max(0, this.#beyond - 1);
      this.#enqueue(spend, isFirst ? this.#previous.get(spend.id) : undefined);
    }
    if (fresh > 0 && isFirst) this.#context.settings.notify({ type: "recovering", records: fresh });
  }

  #enqueue(spend: RecoveredSpend, knownDueAt: number | undefined): void {
    const { id, reservationId, readAt } = spend;
    const dueAt = knownDueAt ?? readAt + spend.waitMs;
    if (dueAt <= readAt && this.#queue.length >= SLICE) {
      this.#hasMore = true;
      this.#beyond += 1;
      return;
    }
    this.#met.add(id);
    if (dueAt > readAt) this.#left.set(id, dueAt);
    else this.#queue.push({ id, reservationId, stored: spend, attempts: 0 });
  }

  async #recover(record: StoredRecord): Promise<RecoveredSpend | undefined> {
    try {
      return await recoverSpend(this.#context, record);
    } catch (cause) {
      this.#reportException(record.reservationId, cause);
      return undefined;
    }
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

/** The order is random, so that bad records do not come first in every process. */
function shuffled<T>(items: readonly T[]): T[] {
  const all = [...items];
  for (let last = all.length - 1; last > 0; last -= 1) {
    const other = Math.floor(Math.random() * (last + 1));
    const [a, b] = [all[last], all[other]];
    if (a !== undefined && b !== undefined) [all[last], all[other]] = [b, a];
  }
  return all;
}
