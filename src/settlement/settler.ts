import { atMost } from "../clock.js";
import type { Journal } from "../journal.js";
import type { Settings } from "../settings.js";
import type { Send } from "../wire/send.js";
import { Backlog } from "./backlog.js";
import type { SettlementContext } from "./context.js";
import { backoff } from "./disposition.js";
import { Job, type Progress, type RetryLater } from "./job.js";
import { Leftovers } from "./leftovers.js";
import { PendingSpend, spendsUnderWay } from "./pending-spend.js";
import type { Recovery } from "./recovery.js";
import { reportCommitted, reportFailed } from "./reports.js";
import { ReportingJournal } from "./reporting-journal.js";
import type { Committed, Settlement, Unsettled } from "./settlement.js";
import type { Spend } from "./spend.js";
import type { SpendLog } from "./spend-log.js";

/**
 * Records known spends in the ledger. It writes a spend to the journal, sends the commit, and
 * retries it. The caller waits for a while, then the backlog takes over.
 */
export class Settler {
  readonly #settings: Settings;
  readonly #recorded: (settlement: Committed) => void;
  readonly #context: SettlementContext;
  readonly #backlog: Backlog;
  readonly #leftovers: Leftovers;
  /** The pending spends of this client, by their ids. */
  readonly #pending = new Map<string, PendingSpend>();
  /** The pending spends of all clients of this process, by their ids. */
  readonly #underWay: Map<string, PendingSpend>;
  #started = false;
  #closed = false;

  /** The log in front of the journal; `undefined` if it has none. */
  get log(): SpendLog | undefined {
    return this.#context.journal?.log;
  }

  /** @param recorded called when the ledger has a spend */
  constructor(
    settings: Settings,
    send: Send,
    recorded: (settlement: Committed) => void,
    journal: Journal | undefined,
    log?: SpendLog,
  ) {
    this.#settings = settings;
    this.#recorded = recorded;
    this.#context = {
      settings,
      send,
      journal: journal && new ReportingJournal(journal, settings, log),
    };
    this.#underWay = spendsUnderWay(settings.clock);
    this.#leftovers = new Leftovers(this.#context, this.#underWay, () => {
      this.#backlog.pump();
    });
    this.#backlog = new Backlog(settings, (pending) => this.#advance(pending), this.#leftovers);
  }

  /**
   * Records a spend. Never rejects.
   *
   * - `committed`: the ledger has it.
   * - `queued`: the foreground attempts failed, or `settleTimeout` has passed.
   * - `unsettled`: the server refused it, or this client does not send it again. No notice is
   *   sent for this: the caller reports it.
   *
   * @param isAgain whether the spend was sent before
   */
  async settle(spend: Spend, isAgain = false): Promise<Settlement | Unsettled> {
    const { clock, settleTimeout, waitUntil } = this.#settings;
    const pending = this.#open(new Job(this.#context, spend));
    waitUntil?.(pending.ended);
    if (this.#context.journal) await (isAgain ? pending.job.persist() : pending.job.keep());
    const endsAt = clock.monotonic() + settleTimeout;
    const first = this.#isFirstAttemptBounded ? await this.#advance(pending) : undefined;
    if (first?.next === "settled") return first.settlement;
    const remainingMs = Math.max(0, endsAt - clock.monotonic());
    const outcome = await atMost(clock, this.#foreground(pending, first), remainingMs);
    pending.attended = false;
    pending.wake?.(true);
    if (outcome !== undefined) return outcome;
    return (this.#closed ? this.#leave(pending) : undefined) ?? this.#queued(pending);
  }

  /**
   * Starts to recover the spends that earlier processes left in the journal.
   * Only the first call has an effect.
   */
  start(): void {
    if (this.#started) return;
    this.#started = true;
    this.#backlog.stayAlive();
    this.#leftovers.begin();
  }

  /**
   * Recovers the spends that other processes have left in the journal until now. Resolves when each
   * spend was tried, or after `flushTimeout`.
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
   * Tries all pending spends now, and waits for them for at most `flushTimeout`.
   *
   * It waits for this client's spends until they are recorded or refused. It waits for spends of
   * earlier processes only until each was tried once, or until the server is in trouble, so that a
   * bad record does not delay the flush. Resolves to the number of spends that remain.
   */
  async flush(): Promise<number> {
    const { clock, flushTimeout } = this.#settings;
    const own = [...this.#pending.values()];
    for (const { wake } of own) wake?.(false);
    this.#backlog.hurry();
    const waits: Promise<unknown>[] = own.map(({ ended }) => ended);
    if (!this.#backlog.isPaused) waits.push(this.#leftovers.triedOrPaused());
    await atMost(clock, Promise.all(waits), flushTimeout);
    return this.#pending.size + this.#leftovers.counts.pending;
  }

  /** Starts no further attempts. Reports the spends that neither the ledger nor the journal has. */
  close(): void {
    this.#closed = true;
    this.#leftovers.stop();
    this.#backlog.stop();
    for (const pending of this.#pending.values()) {
      if (!pending.job.durable && !pending.attended)
        reportFailed(this.#settings, pending, "unknown", pending.job.error, false);
      pending.wake?.(true);
      this.#end(pending, "retry");
    }
    this.log?.close();
  }

  /**
   * Whether the first attempt, and what the journal does after it, end before `settleTimeout`. Then
   * few commits need a timer of their own.
   */
  get #isFirstAttemptBounded(): boolean {
    const { attemptTimeout, settleTimeout } = this.#settings;
    return attemptTimeout + settleTimeout / 4 <= settleTimeout;
  }

  #open(job: Job): PendingSpend {
    const pending = new PendingSpend(job);
    this.#pending.set(pending.id, pending);
    this.#underWay.set(pending.id, pending);
    return pending;
  }

  #end(pending: PendingSpend, last: Progress["next"]): void {
    if (this.#pending.get(pending.id) === pending) {
      this.#pending.delete(pending.id);
      this.#underWay.delete(pending.id);
    }
    pending.end(last);
  }

  /**
   * Tries a spend until it is recorded or refused.
   * Returns `undefined` if the spend stays in the backlog or the journal.
   *
   * @param first the result of the first attempt, if that was made
   */
  async #foreground(
    pending: PendingSpend,
    first: Progress | undefined,
  ): Promise<Settlement | Unsettled | undefined> {
    const { job } = pending;
    const { clock, retry } = this.#settings;
    for (let progress = first; ; progress = undefined) {
      progress ??= await this.#advance(pending);
      if (progress.next === "settled") return progress.settlement;
      if (progress.next === "abandoned") {
        const { why, error, kept } = progress;
        return { state: "unsettled", fate: fateOf(why), error, kept };
      }
      if (retry === false) return this.#leave(pending);
      const { retryAfterMs } = progress;
      const waitMs = Math.max(retryAfterMs ?? 0, backoff(retry, job.failures, Math.random()));
      const dueAt = clock.monotonic() + waitMs;
      const isLast = job.failures >= retry.maxAttempts;
      if (!isLast && !this.#closed) await this.#delay(pending, waitMs, retryAfterMs !== undefined);
      if (this.#closed) return this.#leave(pending);
      if (isLast || !pending.attended) {
        const remainingMs = Math.max(0, dueAt - clock.monotonic());
        this.#backlog.add(pending, {
          ...progress,
          retryAfterMs: retryAfterMs === undefined ? undefined : remainingMs,
        });
        return undefined;
      }
    }
  }

  /** Ends a spend that this client does not send again. It is unsettled if it has no record. */
  #leave(pending: PendingSpend): Unsettled | undefined {
    this.#end(pending, "retry");
    const { durable, error } = pending.job;
    // The caller of `settle` reports an unsettled spend.
    pending.isReported ||= !durable;
    return durable ? undefined : { state: "unsettled", fate: "unknown", error, kept: false };
  }

  /** Tries a spend once, in the foreground or from the backlog, and ends it if that settles it. */
  #advance(pending: PendingSpend): Promise<Progress> {
    const { job } = pending;
    return job.advance().then(
      (progress) => this.#advanced(pending, progress),
      (error: unknown) => this.#advanced(pending, job.failUnexpectedly(error)),
    );
  }

  #advanced(pending: PendingSpend, progress: Progress): Progress {
    if (progress.next !== "retry" || progress.scope === "spend") this.#backlog.serverResponded();
    switch (progress.next) {
      case "settled":
        this.#recorded(progress.settlement);
        reportCommitted(this.#settings, pending.job.spend, progress.settlement);
        this.#end(pending, progress.next);
        break;
      case "abandoned": {
        const { why, error, kept } = progress;
        if (!pending.attended) reportFailed(this.#settings, pending, fateOf(why), error, kept);
        this.#end(pending, progress.next);
        break;
      }
      case "retry":
        this.#endWithoutRetry(pending, progress);
        break;
      default:
        progress satisfies never;
    }
    return progress;
  }

  /** With `retry: false`, this client does not send the spend again if no caller waits for it. */
  #endWithoutRetry(pending: PendingSpend, progress: RetryLater): void {
    if (this.#settings.retry !== false || pending.attended) return;
    if (!pending.job.durable)
      reportFailed(this.#settings, pending, "unknown", pending.job.error, false);
    this.#end(pending, progress.next);
  }

  #delay(pending: PendingSpend, ms: number, isRetryAfter: boolean): Promise<void> {
    if (!pending.attended) return Promise.resolve();
    return new Promise((resolve) => {
      const end = () => {
        timer.cancel();
        pending.wake = undefined;
        resolve();
      };
      const timer = this.#settings.clock.setTimeout(end, ms);
      pending.wake = (evenBeforeRetryAfter) => {
        if (!isRetryAfter || evenBeforeRetryAfter) end();
      };
    });
  }

  #queued({ job }: PendingSpend): Settlement {
    const { spend, durable, error } = job;
    const { reservationId, actual, idempotencyKey } = spend;
    const retried = this.#settings.retry !== false && !this.#closed;
    this.#settings.notify({ type: "queued", reservationId, actual, durable, retried, error });
    return { state: "queued", reservationId, actual, idempotencyKey, durable, error };
  }
}

function fateOf(why: "rejected" | "stale"): Unsettled["fate"] {
  return why === "rejected" ? "refused" : "unknown";
}
