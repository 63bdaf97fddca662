import { thrownText } from "../callback.js";
import type { Timer } from "../clock.js";
import { CyclesError } from "../errors.js";
import type { Source } from "./backlog.js";
import type { SettlementContext } from "./context.js";
import { backoff } from "./disposition.js";
import type { Progress } from "./job.js";
import { type DueTimes, Pass } from "./pass.js";
import type { PendingSpend } from "./pending-spend.js";
import type { Recovery } from "./recovery.js";
import { remainingLease } from "./remaining-lease.js";

/** The longest pause between two passes, because each pass reads the whole journal. */
const LONGEST_PAUSE_MS = 300_000;

const NOTHING_LEFT: DueTimes = new Map();

/**
 * The spends that earlier processes left in the journal. The client goes through them in passes.
 * Between two passes, they are only in the journal.
 */
export class Leftovers implements Source {
  readonly #context: SettlementContext;
  readonly #underWay: ReadonlyMap<string, unknown>;
  readonly #wake: () => void;
  #pass: Pass | undefined;
  #left = NOTHING_LEFT;
  /** How many records the last pass has not read, because there are too many or reading failed. */
  #unread = 0;
  /** How many consecutive passes have settled nothing. */
  #idlePasses = 0;
  #nextPass: Timer | undefined;
  #settled = 0;
  #setAside = 0;
  #waiting: (() => void)[] = [];
  #stopped = false;
  /** The reservations whose exception was reported. */
  readonly #reported = new Set<string>();

  /**
   * @param underWay the spends that clients of this process are settling, by their ids
   * @param wake called when there is something to try
   */
  constructor(
    context: SettlementContext,
    underWay: ReadonlyMap<string, unknown>,
    wake: () => void,
  ) {
    this.#context = context;
    this.#underWay = underWay;
    this.#wake = wake;
  }

  /** How many spends were settled and set aside by this client, and how many remain. */
  get counts(): Omit<Recovery, "found"> {
    const pending = this.#pass?.pending ?? this.#remaining;
    return { settled: this.#settled, setAside: this.#setAside, pending };
  }

  get #remaining(): number {
    return this.#left.size + this.#unread;
  }

  /**
   * Starts a pass, unless one is already running. Nothing is read before this returns.
   *
   * @param takesOverAtOnce whether it also takes what other processes may still have in flight
   */
  begin(takesOverAtOnce = false): void {
    if (this.#stopped || this.#pass || this.#context.journal === undefined) return;
    this.#nextPass?.cancel();
    const report = (reservationId: string, cause: unknown) => {
      this.#reportException(reservationId, cause);
    };
    const takeOver = async () => {
      await this.#context.journal?.takeOver(takesOverAtOnce, {
        remainingLease: (id) => remainingLease(this.#context, id),
        found: () => {
          this.#beginAgain();
        },
      });
    };
    this.#pass = new Pass(this.#context, this.#underWay, this.#left, report, takeOver);
    this.#read(this.#pass);
  }

  /**
   * Waits for the pass that is running, and then makes another one, which takes over all logs at
   * once. Never rejects.
   */
  async pass(): Promise<void> {
    if (this.#pass) await this.#pass.ended;
    this.begin(true);
    await this.#pass?.ended;
  }

  /** Resolves when every spend was tried once, or when the server is in trouble. */
  triedOrPaused(): Promise<void> {
    if (this.#pass === undefined) return Promise.resolve();
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
    });
  }

  /** Starts a pass now if the last one left spends. */
  hurry(): void {
    if (this.#remaining > 0) this.begin();
  }

  stop(): void {
    this.#stopped = true;
    this.#nextPass?.cancel();
    this.#left = NOTHING_LEFT;
    this.#unread = 0;
    this.#pass?.end();
    this.#pass = undefined;
    this.paused();
  }

  next(): PendingSpend | undefined {
    const pass = this.#pass;
    if (pass === undefined) return undefined;
    const pending = pass.next();
    if (pass.needsRecords) this.#read(pass);
    if (pending === undefined) this.#endIfDone(pass);
    return pending;
  }

  tried({ job, leftover }: PendingSpend, progress: Progress): void {
    const pass = this.#pass;
    if (pass === undefined || leftover === undefined) return;
    pass.tried(job, leftover, progress);
    switch (progress.next) {
      case "settled":
        this.#settled += 1;
        this.#idlePasses = 0;
        break;
      case "abandoned":
        this.#setAside += 1;
        break;
      case "retry":
        break;
      default:
        progress satisfies never;
    }
    this.#endIfDone(pass);
  }

  paused(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const resolve of waiting) resolve();
  }

  /** Starts a pass after the one that is running, which may have read the journal before. */
  #beginAgain(): void {
    if (this.#pass === undefined) this.begin();
    else
      void this.#pass.ended.then(() => {
        this.begin();
      });
  }

  #read(pass: Pass): void {
    const failed = (cause: unknown) => {
      const message = thrownText(cause);
      this.#context.settings.notify({
        type: "journal_failed",
        action: "list",
        code: undefined,
        message,
      });
    };
    const read = () => {
      if (pass !== this.#pass) return;
      this.#wake();
      this.#endIfDone(pass);
    };
    pass.read().catch(failed).then(read).catch(failed);
  }

  #endIfDone(pass: Pass): void {
    if (!pass.isDone || pass !== this.#pass) return;
    this.#pass = undefined;
    this.#left = pass.left;
    this.#unread = pass.unread;
    pass.end();
    this.paused();
    this.#scheduleNext();
  }

  /**
   * Schedules the next pass. It starts after a pause that grows with each idle pass, or when the
   * first waiting spend is due, whichever comes first.
   */
  #scheduleNext(): void {
    const { clock, retry } = this.#context.settings;
    if (this.#remaining === 0 || retry === false) return;
    const now = clock.monotonic();
    this.#idlePasses += 1;
    const pause = { ...retry, maxDelay: Math.max(retry.maxDelay, LONGEST_PAUSE_MS) };
    const afterPause = now + backoff(pause, this.#idlePasses, Math.random());
    let at = this.#unread > 0 ? afterPause : Infinity;
    for (const dueAt of this.#left.values()) at = Math.min(at, dueAt ?? afterPause);
    this.#nextPass = clock.setTimeout(() => {
      this.begin();
    }, at - now);
    // The records outlive the process, so nothing is lost if the process ends first.
    this.#nextPass.unref();
  }

  /** Reports the first exception of each reservation. */
  #reportException(reservationId: string, cause: unknown): void {
    if (this.#reported.has(reservationId)) return;
    this.#reported.add(reservationId);
    const message =
      `Unexpected error while recovering the spend of reservation ${reservationId}, ` +
      `which stays in the journal: ${thrownText(cause)}`;
    const error = new CyclesError(message, { code: "UNEXPECTED", retryable: true, cause });
    this.#context.settings.notify({ type: "settlement_error", reservationId, error });
  }
}
