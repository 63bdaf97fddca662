import { thrownText } from "../callback.js";
import type { Timer } from "../clock.js";
import { CyclesError } from "../errors.js";
import { Deferred } from "../deferred.js";
import type { StoredRecord } from "../journal.js";
import { backoff } from "./disposition.js";
import type { Source } from "./backlog.js";
import type { SettlementContext } from "./context.js";
import { type Job, type Leftover, Pending, type Progress, type RecoveredSpend } from "./job.js";
import { recoverSpend, restoreJob } from "./recovery.js";

/** How many records are held in memory; the others wait in the journal. */
const SLICE = 1_000;
/** How often a pass tries a spend while the server is in trouble. */
const TRIES_IN_A_PASS = 3;
/** The longest pause between two passes: each reads the whole journal. */
const LONGEST_PAUSE_MS = 300_000;

/** What leftovers need of the settler. */
export interface Owner {
  /** Whether a record is left alone because a client of this process is settling its spend. */
  isUnderWay(id: string): boolean;
  /** The ids of all spends of which this is so. */
  underWay(): Iterable<string>;
  /** There is something to take. */
  wake(): void;
}

/** One time through the journal. */
interface Pass {
  /** The spends that were met. */
  readonly met: Set<string>;
  /** How many spends the journal holds beyond those in memory; a guess once the first slice is through. */
  beyond: number;
  running: number;
  loading: boolean;
  /** The journal holds others, which this pass has not met yet. */
  hasMore: boolean;
  readonly over: Deferred<undefined>;
}

/**
 * What earlier processes have left in the journal, taken up pass by pass. A pass goes through all of it in no order,
 * so that bad records are not first in each process, and tries everything once (up to three times while the server is
 * in trouble) before anything is tried in the next. What a pass leaves is only in the journal until then.
 */
export class Leftovers implements Source {
  readonly #context: SettlementContext;
  readonly #owner: Owner;
  #pass: Pass | undefined;
  #queue: Leftover[] = [];
  /** What the last pass has left: each with the time on the monotonic clock before which it must not be sent. */
  #left = new Map<string, number | undefined>();
  /** How many passes in a row have settled nothing. */
  #idlePasses = 0;
  #nextPass: Timer | undefined;
  #settled = 0;
  #setAside = 0;
  #waiting: (() => void)[] = [];
  #stopped = false;
  readonly #reported = new Set<string>();

  constructor(context: SettlementContext, owner: Owner) {
    this.#context = context;
    this.#owner = owner;
  }

  /** How many have been settled, and set aside, since the client was made; how many are left. */
  get counts(): { readonly settled: number; readonly setAside: number; readonly pending: number } {
    const pass = this.#pass;
    const onItsWay = pass ? this.#queue.length + pass.running + pass.beyond : 0;
    const pending = onItsWay + this.#left.size;
    return { settled: this.#settled, setAside: this.#setAside, pending };
  }

  /** Begins a pass, unless one is under way. */
  begin(): void {
    if (this.#stopped || this.#pass || this.#context.journal === undefined) return;
    this.#nextPass?.cancel();
    this.#pass = {
      met: new Set(),
      beyond: 0,
      running: 0,
      loading: false,
      hasMore: false,
      over: new Deferred(),
    };
    this.#load(this.#pass, true);
  }

  /** Makes a pass over everything there is now, after the one that is under way. Never rejects. */
  async pass(): Promise<void> {
    if (this.#pass) await this.#pass.over.promise;
    this.begin();
    await this.#pass?.over.promise;
  }

  /** Resolves when everything was tried once, or when the server is in trouble. */
  triedOrPaused(): Promise<void> {
    if (this.#pass === undefined) return Promise.resolve();
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
    });
  }

  /** Tries now what the last pass has left. */
  hurry(): void {
    if (this.#left.size > 0) this.begin();
  }

  stop(): void {
    this.#stopped = true;
    this.#nextPass?.cancel();
    this.#queue = [];
    this.#left.clear();
    this.#pass?.over.resolve(undefined);
    this.#pass = undefined;
    this.paused();
  }

  next(): Pending | undefined {
    const pass = this.#pass;
    if (pass === undefined) return undefined;
    for (let leftover = this.#queue.shift(); leftover; leftover = this.#queue.shift()) {
      const job = this.#restore(leftover);
      if (job === undefined) continue;
      pass.running += 1;
      leftover.tries += 1;
      return new Pending(job, leftover.id, leftover);
    }
    if (pass.hasMore && !pass.loading) this.#load(pass, false);
    this.#endIfDone(pass);
    return undefined;
  }

  tried({ job, leftover }: Pending, step: Progress): void {
    const pass = this.#pass;
    if (pass === undefined || leftover === undefined) return;
    pass.running -= 1;
    switch (step.next) {
      case "settled":
        this.#settled += 1;
        this.#idlePasses = 0;
        break;
      case "abandoned":
        this.#setAside += 1;
        break;
      case "again":
        if (step.scope === "server" && this.#mayTryAgain(leftover)) {
          // The record may say something else by now, such as that the spend is an event.
          leftover.found = { ...leftover.found, ...job.found };
          this.#queue.push(leftover);
        } else this.#left.set(leftover.id, undefined);
        break;
      default:
        step satisfies never;
    }
    this.#endIfDone(pass);
  }

  paused(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const resolve of waiting) resolve();
  }

  #mayTryAgain({ tries }: Leftover): boolean {
    return this.#context.settings.retry !== false && tries < TRIES_IN_A_PASS;
  }

  #load(pass: Pass, isFirst: boolean): void {
    pass.loading = true;
    pass.hasMore = false;
    const loaded = () => {
      pass.loading = false;
      if (!pass.hasMore) pass.beyond = 0;
      if (pass !== this.#pass) return;
      this.#owner.wake();
      this.#endIfDone(pass);
    };
    const failed = (cause: unknown) => {
      const message = thrownText(cause);
      this.#context.settings.notify({
        type: "journal_failed",
        action: "list",
        code: undefined,
        message,
      });
    };
    this.#fill(pass, isFirst).catch(failed).then(loaded).catch(failed);
  }

  /** Fills the queue from the journal; the first time, it also counts what there is. */
  async #fill(pass: Pass, isFirst: boolean): Promise<void> {
    // What is under way now may be settled when its record is read from the list.
    const underWay = new Set(this.#owner.underWay());
    const before = this.#left;
    if (isFirst) this.#left = new Map();
    const listed = shuffled((await this.#context.journal?.list()) ?? []);
    let isNew = 0;
    for (const stored of listed) {
      if (this.#queue.length >= SLICE && !isFirst) {
        pass.hasMore = true;
        break;
      }
      const found = await this.#read(stored);
      if (found === undefined || pass.met.has(found.id)) continue;
      if (underWay.has(found.id) || this.#owner.isUnderWay(found.id)) continue;
      if (!before.has(found.id)) isNew += 1;
      if (!isFirst) pass.beyond = Math.max(0, pass.beyond - 1);
      this.#enqueue(pass, found, before.get(found.id));
    }
    if (isNew > 0 && isFirst) this.#context.settings.notify({ type: "recovering", records: isNew });
  }

  #enqueue(pass: Pass, found: RecoveredSpend, knownDue: number | undefined): void {
    const dueAt = knownDue ?? found.foundAt + found.waitMs;
    if (dueAt <= found.foundAt && this.#queue.length >= SLICE) {
      pass.hasMore = true;
      pass.beyond += 1;
      return;
    }
    pass.met.add(found.id);
    if (dueAt > found.foundAt) this.#left.set(found.id, dueAt);
    else this.#queue.push({ id: found.id, found, tries: 0 });
  }

  async #read(stored: StoredRecord): Promise<RecoveredSpend | undefined> {
    try {
      return await recoverSpend(this.#context, stored);
    } catch (cause) {
      this.#reportUnreadable(stored.reservationId, cause);
      return undefined;
    }
  }

  #restore({ id, found }: Leftover): Job | undefined {
    if (this.#owner.isUnderWay(id)) return undefined;
    try {
      return restoreJob(this.#context, found);
    } catch (cause) {
      this.#reportUnreadable(id, cause);
      return undefined;
    }
  }

  #endIfDone(pass: Pass): void {
    if (pass.running > 0 || pass.loading || pass.hasMore || this.#queue.length > 0) return;
    if (pass !== this.#pass) return;
    this.#pass = undefined;
    pass.over.resolve(undefined);
    this.paused();
    this.#planNext();
  }

  /** What was refused is tried again after a pause that grows; what has to wait, when its time has come. */
  #planNext(): void {
    const { clock, retry } = this.#context.settings;
    if (this.#left.size === 0 || retry === false) return;
    const now = clock.monotonic();
    this.#idlePasses += 1;
    const pause = { ...retry, maxDelay: Math.max(retry.maxDelay, LONGEST_PAUSE_MS) };
    const again = now + backoff(pause, this.#idlePasses, Math.random());
    let at = Infinity;
    for (const dueAt of this.#left.values()) at = Math.min(at, dueAt ?? again);
    this.#nextPass = clock.setTimeout(() => {
      this.begin();
    }, at - now);
    // The records outlive the process: nothing is lost if it ends before.
    this.#nextPass.unref();
  }

  #reportUnreadable(reservationId: string, cause: unknown): void {
    if (this.#reported.has(reservationId)) return;
    this.#reported.add(reservationId);
    const message = `An unexpected error while taking up the spend under ${reservationId}, which stays in the journal: ${thrownText(cause)}`;
    const error = new CyclesError(message, { code: "UNEXPECTED", retryable: true, cause });
    this.#context.settings.notify({ type: "settlement_error", reservationId, error });
  }
}

/** In no order. */
function shuffled<T>(items: readonly T[]): T[] {
  const all = [...items];
  for (let last = all.length - 1; last > 0; last -= 1) {
    const other = Math.floor(Math.random() * (last + 1));
    const [a, b] = [all[last], all[other]];
    if (a !== undefined && b !== undefined) [all[last], all[other]] = [b, a];
  }
  return all;
}
