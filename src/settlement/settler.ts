import type { CyclesError } from "../errors.js";
import type { Journal } from "../journal.js";
import type { Settings } from "../options.js";
import type { Send } from "../wire/send.js";
import { backoff } from "./backoff.js";
import { Backlog } from "./backlog.js";
import { Job, type Step, type Tools } from "./job.js";
import { Pending } from "./pending.js";
import { Records } from "./records.js";
import { type Recovery, restoreJobs } from "./recovery.js";
import type { Settlement } from "./settlement.js";
import type { Spend } from "./spend.js";

/**
 * Brings known spends into the ledger: the journal first, then the commit, then as many tries as it takes. A caller
 * waits for a while, and then leaves its spend to the backlog.
 */
export class Settler {
  readonly #settings: Settings;
  readonly #tools: Tools;
  readonly #backlog: Backlog;
  /** By reservation. */
  readonly #pending = new Map<string, Pending>();
  /** The refusals whose records are set aside. */
  readonly #kept = new WeakSet<CyclesError>();
  #takenUp: Promise<readonly Pending[]> | undefined;
  #closed = false;

  constructor(settings: Settings, send: Send, journal: Journal | undefined) {
    this.#settings = settings;
    this.#tools = { settings, send, records: journal && new Records(journal, settings) };
    this.#backlog = new Backlog(settings, (pending) => this.#advance(pending));
  }

  /**
   * Records a spend: `committed`, or `queued` after the time and the tries of the foreground.
   *
   * @throws the error of a refusal that was understood; with retries off and no journal, the error of the one try.
   */
  async settle(spend: Spend): Promise<Settlement> {
    const { settleTimeout, waitUntil } = this.#settings;
    const pending = this.#open(new Job(this.#tools, spend), true);
    waitUntil?.(pending.over);
    if (this.#tools.records) await pending.job.secure();
    try {
      const settlement = await this.#atMost(this.#foreground(pending), settleTimeout);
      return settlement ?? this.#queued(pending);
    } finally {
      pending.attended = false;
      pending.wake?.(true);
    }
  }

  /** Takes up what earlier processes have left in the journal; only the first call does something. */
  start(): void {
    this.#takenUp ??= this.#takeUp();
  }

  /** The same at any time, for what other processes have left since; waits for it, `flushTimeout` at the longest. */
  async recover(): Promise<Recovery> {
    const before = (await this.#takenUp) ?? [];
    this.#takenUp = this.#takeUp();
    const taken = [
      ...before.filter((pending) => this.#isUnderWay(pending)),
      ...(await this.#takenUp),
    ];
    this.#backlog.hurry();
    const ended: Step["next"][] = [];
    const all = taken.map(({ over }) => over.then((how) => ended.push(how)));
    await this.#atMost(Promise.all(all), this.#settings.flushTimeout);
    const count = (how: Step["next"]) => ended.filter((end) => end === how).length;
    const settled = count("settled");
    const setAside = count("given up");
    return { found: taken.length, settled, setAside, pending: taken.length - settled - setAside };
  }

  /** Tries all pending spends now, and waits for them, `flushTimeout` at the longest; answers how many remain. */
  async flush(): Promise<number> {
    const all = [...this.#pending.values()];
    if (all.length === 0) return 0;
    for (const { wake } of all) wake?.(false);
    this.#backlog.hurry();
    await this.#atMost(Promise.all(all.map(({ over }) => over)), this.#settings.flushTimeout);
    return this.#pending.size;
  }

  /** Starts nothing more. What the ledger does not have stays in the journal; where there is none, it is reported. */
  close(): void {
    this.#closed = true;
    this.#backlog.stop();
    for (const pending of this.#pending.values()) {
      if (!pending.job.durable && !pending.attended)
        this.#reportLost(pending.job, pending.job.error);
      pending.wake?.(true);
      this.#end(pending, "again");
    }
  }

  /** Whether the spend that was refused with this error is set aside in the journal. */
  keeps(error: CyclesError): boolean {
    return this.#kept.has(error);
  }

  #open(job: Job, attended: boolean): Pending {
    const pending = new Pending(job, attended);
    this.#pending.set(job.spend.reservationId, pending);
    return pending;
  }

  #end(pending: Pending, how: Step["next"]): void {
    if (this.#isUnderWay(pending)) this.#pending.delete(pending.job.spend.reservationId);
    pending.end(how);
  }

  #isUnderWay(pending: Pending): boolean {
    return this.#pending.get(pending.job.spend.reservationId) === pending;
  }

  async #takeUp(): Promise<readonly Pending[]> {
    const restored = await restoreJobs(this.#tools, (id) => this.#pending.has(id));
    if (restored.length > 0)
      this.#settings.notify({ type: "recovering", records: restored.length });
    return restored.map(({ job, waitMs }) => {
      const pending = this.#open(job, false);
      this.#backlog.add(pending, waitMs);
      return pending;
    });
  }

  /** Tries until the ledger has it, or has refused it, or nobody waits any more: then it is the backlog's. */
  async #foreground(pending: Pending): Promise<Settlement | undefined> {
    const { job } = pending;
    const { clock, retry } = this.#settings;
    for (;;) {
      const step = await this.#advance(pending);
      if (step.next === "settled") return step.settlement;
      if (step.next === "given up") {
        if (pending.attended) throw step.error;
        return undefined;
      }
      if (retry === false || this.#closed) {
        this.#end(pending, "again");
        if (job.durable) return undefined;
        throw job.error;
      }
      const { imposedMs } = step;
      const waitMs = Math.max(imposedMs ?? 0, backoff(retry, job.failed, Math.random()));
      const dueAt = clock.monotonic() + waitMs;
      const isLast = job.failed >= retry.maxAttempts;
      if (!isLast) await this.#delay(pending, waitMs, imposedMs !== undefined);
      if (isLast || !pending.attended) {
        const left = imposedMs === undefined ? undefined : Math.max(0, dueAt - clock.monotonic());
        this.#backlog.add(pending, left);
        return undefined;
      }
    }
  }

  /** One try, and what follows from it whoever made it. */
  async #advance(pending: Pending): Promise<Step> {
    const { job } = pending;
    const step = await job.step();
    switch (step.next) {
      case "settled": {
        const { reservationId, actual, charged, via } = step.settlement;
        this.#settings.notify({ type: "committed", reservationId, actual, charged, via });
        this.#end(pending, step.next);
        break;
      }
      case "given up":
        if (step.kept) this.#kept.add(step.error);
        if (!pending.attended) this.#reportLost(job, step.error);
        this.#end(pending, step.next);
        break;
      case "again":
        // With retries off, what nobody waits for is left to its record.
        if (this.#settings.retry === false && !pending.attended) this.#end(pending, step.next);
        break;
      default:
        step satisfies never;
    }
    return step;
  }

  #delay(pending: Pending, ms: number, imposed: boolean): Promise<void> {
    if (!pending.attended) return Promise.resolve();
    return new Promise((resolve) => {
      const go = () => {
        timer.cancel();
        pending.wake = undefined;
        resolve();
      };
      const timer = this.#settings.clock.setTimeout(go, ms);
      pending.wake = (evenIfImposed) => {
        if (!imposed || evenIfImposed) go();
      };
    });
  }

  #queued({ job }: Pending): Settlement {
    const { spend, durable, error } = job;
    const { reservationId, actual, idempotencyKey } = spend;
    this.#settings.notify({ type: "queued", reservationId, actual, durable, error });
    return { state: "queued", reservationId, actual, idempotencyKey, durable, error };
  }

  #reportLost({ spend }: Job, error: CyclesError): void {
    const { reservationId, actual, idempotencyKey } = spend;
    const lost = { reservationId, actual, idempotencyKey, kept: this.keeps(error), error };
    this.#settings.notify({ type: "settlement_failed", ...lost });
  }

  /** What `promise` comes to; `undefined` where that takes longer. */
  #atMost<T>(promise: Promise<T>, ms: number): Promise<T | undefined> {
    return new Promise((resolve, reject) => {
      const timer = this.#settings.clock.setTimeout(() => {
        resolve(undefined);
      }, ms);
      promise.then(
        (value) => {
          timer.cancel();
          resolve(value);
        },
        (error: unknown) => {
          timer.cancel();
          reject(error);
        },
      );
    });
  }
}
