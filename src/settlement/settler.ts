import { atMost } from "../clock.js";
import type { CyclesError } from "../errors.js";
import type { Journal } from "../journal.js";
import type { Settings } from "../settings.js";
import { redactorOf } from "../secrets.js";
import type { Send } from "../wire/send.js";
import { backoff } from "./disposition.js";
import { Backlog } from "./backlog.js";
import type { SettlementContext } from "./context.js";
import { type Again, Job, Pending, type Progress } from "./job.js";
import { Leftovers } from "./leftovers.js";
import { ReportingJournal } from "./reporting-journal.js";
import type { Recovery } from "./recovery.js";
import type { Settlement, Unsettled } from "./settlement.js";
import type { Spend } from "./spend.js";
import { spendId, spendsUnderWay } from "./under-way.js";

/**
 * Brings known spends into the ledger: the journal first, then the commit, then as many tries as it takes. A caller
 * waits for a while, and then leaves its spend to the backlog.
 */
export class Settler {
  readonly #settings: Settings;
  readonly #context: SettlementContext;
  readonly #backlog: Backlog;
  readonly #leftovers: Leftovers;
  /** The spends that this client was given, by their ids. */
  readonly #pending = new Map<string, Pending>();
  /** The same of all clients of this process. */
  readonly #underWay: Map<string, Pending>;
  #started = false;
  #closed = false;

  constructor(settings: Settings, send: Send, journal: Journal | undefined) {
    this.#settings = settings;
    this.#context = { settings, send, journal: journal && new ReportingJournal(journal, settings) };
    this.#underWay = spendsUnderWay(settings.clock);
    this.#leftovers = new Leftovers(this.#context, {
      isUnderWay: (id) => this.#underWay.has(id),
      underWay: () => this.#underWay.keys(),
      wake: () => {
        this.#backlog.pump();
      },
    });
    this.#backlog = new Backlog(settings, (pending) => this.#advance(pending), this.#leftovers);
  }

  /**
   * Records a spend, and never rejects: `committed`; `queued` after the time and the tries of the foreground;
   * `unsettled` when the server refuses it, or when nothing here sends it again. The caller reports what is unsettled.
   */
  async settle(spend: Spend): Promise<Settlement | Unsettled> {
    const { clock, settleTimeout, waitUntil } = this.#settings;
    const pending = this.#open(new Job(this.#context, spend));
    waitUntil?.(pending.over);
    if (this.#context.journal) await pending.job.secure();
    const outcome = await atMost(clock, this.#foreground(pending), settleTimeout);
    pending.attended = false;
    pending.wake?.(true);
    if (outcome !== undefined) return outcome;
    return (this.#closed ? this.#leave(pending) : undefined) ?? this.#queued(pending);
  }

  /** Takes up what earlier processes have left in the journal; only the first call does something. */
  start(): void {
    if (this.#started) return;
    this.#started = true;
    this.#backlog.stayAlive();
    this.#leftovers.begin();
  }

  /**
   * The same at any time, for what other processes have left since; waits until all of it was tried, `flushTimeout` at
   * the longest.
   */
  async recover(): Promise<Recovery> {
    const { clock, flushTimeout } = this.#settings;
    this.#started = true;
    this.#backlog.stayAlive();
    const before = this.#leftovers.counts;
    const passing = this.#leftovers.pass();
    this.#backlog.hurry();
    await atMost(clock, passing, flushTimeout);
    const { pending, ...after } = this.#leftovers.counts;
    const settled = after.settled - before.settled;
    const setAside = after.setAside - before.setAside;
    return { found: settled + setAside + pending, settled, setAside, pending };
  }

  /**
   * Tries all pending spends now, and waits, `flushTimeout` at the longest: for the spends of this client until the
   * ledger has them or refuses them, and for what earlier processes have left until it was tried once or the server is
   * in trouble. So a bad record in the journal holds no one up. Returns how many spends remain.
   */
  async flush(): Promise<number> {
    const { clock, flushTimeout } = this.#settings;
    const own = [...this.#pending.values()];
    for (const { wake } of own) wake?.(false);
    this.#backlog.hurry();
    const waits: Promise<unknown>[] = own.map(({ over }) => over);
    if (!this.#backlog.isPaused) waits.push(this.#leftovers.triedOrPaused());
    await atMost(clock, Promise.all(waits), flushTimeout);
    return this.#pending.size + this.#leftovers.counts.pending;
  }

  /** Starts nothing more. What the ledger does not have stays in the journal; where there is none, it is reported. */
  close(): void {
    this.#closed = true;
    this.#leftovers.stop();
    this.#backlog.stop();
    for (const pending of this.#pending.values()) {
      if (!pending.job.durable && !pending.attended)
        this.#reportLost(pending, "unknown", pending.job.error, false);
      pending.wake?.(true);
      this.#end(pending, "again");
    }
  }

  #open(job: Job): Pending {
    const pending = new Pending(job, spendId(job.spend));
    this.#pending.set(pending.id, pending);
    this.#underWay.set(pending.id, pending);
    return pending;
  }

  #end(pending: Pending, how: Progress["next"]): void {
    if (this.#pending.get(pending.id) === pending) {
      this.#pending.delete(pending.id);
      this.#underWay.delete(pending.id);
    }
    pending.end(how);
  }

  /** Tries until the ledger has it, or has refused it, or nobody waits any more: then it is the backlog's. */
  async #foreground(pending: Pending): Promise<Settlement | Unsettled | undefined> {
    const { job } = pending;
    const { clock, retry } = this.#settings;
    for (;;) {
      const step = await this.#advance(pending);
      if (step.next === "settled") return step.settlement;
      if (step.next === "abandoned") {
        const { why, error, kept } = step;
        return { state: "unsettled", fate: fateOf(why), error, kept };
      }
      if (retry === false) return this.#leave(pending);
      const { imposedMs } = step;
      const waitMs = Math.max(imposedMs ?? 0, backoff(retry, job.failed, Math.random()));
      const dueAt = clock.monotonic() + waitMs;
      const isLast = job.failed >= retry.maxAttempts;
      if (!isLast && !this.#closed) await this.#delay(pending, waitMs, imposedMs !== undefined);
      if (this.#closed) return this.#leave(pending);
      if (isLast || !pending.attended) {
        const left = imposedMs === undefined ? undefined : Math.max(0, dueAt - clock.monotonic());
        this.#backlog.add(pending, { ...step, imposedMs: left });
        return undefined;
      }
    }
  }

  /** Nothing here sends the spend again: it is left to its record, if there is one. */
  #leave(pending: Pending): Unsettled | undefined {
    this.#end(pending, "again");
    const { durable, error } = pending.job;
    // Whoever is given this reports it.
    pending.lost ||= !durable;
    return durable ? undefined : { state: "unsettled", fate: "unknown", error, kept: false };
  }

  /** One try, and what follows from it whoever made it. Never rejects. */
  async #advance(pending: Pending): Promise<Progress> {
    const { job } = pending;
    let step: Progress;
    try {
      step = await job.step();
    } catch (error) {
      step = job.unexpected(error);
    }
    if (step.next !== "again" || step.scope === "spend") this.#backlog.heard();
    switch (step.next) {
      case "settled":
        this.#reportSettled(step.settlement);
        this.#end(pending, step.next);
        break;
      case "abandoned":
        if (!pending.attended) this.#reportLost(pending, fateOf(step.why), step.error, step.kept);
        this.#end(pending, step.next);
        break;
      case "again":
        this.#afterFailure(pending, step);
        break;
      default:
        step satisfies never;
    }
    return step;
  }

  /** With retries off, a spend that no caller waits for is left to its record. */
  #afterFailure(pending: Pending, step: Again): void {
    if (this.#settings.retry !== false || pending.attended) return;
    if (!pending.job.durable) this.#reportLost(pending, "unknown", pending.job.error, false);
    this.#end(pending, step.next);
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
    const retried = this.#settings.retry !== false && !this.#closed;
    this.#settings.notify({ type: "queued", reservationId, actual, durable, retried, error });
    return { state: "queued", reservationId, actual, idempotencyKey, durable, error };
  }

  #reportSettled(settlement: Extract<Settlement, { state: "committed" }>): void {
    const { reservationId, actual, via } = settlement;
    const { notify, apiKey, headers } = this.#settings;
    const isOurUnit = settlement.charged.unit === actual.unit;
    // Another unit than ours may be any text.
    const charged = isOurUnit
      ? settlement.charged
      : redactorOf(apiKey, headers).value(settlement.charged);
    notify({ type: "committed", reservationId, actual, charged, via });
    if (isOurUnit && charged.amount < actual.amount)
      notify({ type: "undercharged", reservationId, actual, charged, via });
  }

  /** Once for each spend. */
  #reportLost(pending: Pending, fate: Unsettled["fate"], error: CyclesError, kept: boolean): void {
    if (pending.lost) return;
    pending.lost = true;
    const { reservationId, actual, idempotencyKey } = pending.job.spend;
    const lost = { reservationId, actual, idempotencyKey, kept, fate, error };
    this.#settings.notify({ type: "settlement_failed", ...lost });
  }
}

function fateOf(why: "rejected" | "stale"): Unsettled["fate"] {
  return why === "rejected" ? "refused" : "unknown";
}
