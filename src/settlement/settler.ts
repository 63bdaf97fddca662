import type { components } from "../../generated/paths.js";
import type { Timer } from "../clock.js";
import { CyclesError } from "../errors.js";
import type { RetryOptions, Settings } from "../options.js";
import { attempt } from "../wire/attempt.js";
import type { Carry } from "../wire/light.js";
import { disposition, type Mode } from "./disposition.js";
import type { Settlement } from "./settlement.js";
import type { Spend } from "./spend.js";

type Committed = Extract<Settlement, { state: "committed" }>;

/**
 * Brings known spends into the ledger. Each one is a job: a loop that ends when the ledger has the spend or has
 * refused it. A caller watches its job for a while, and then leaves it to the background.
 */
export class Settler {
  readonly #settings: Settings;
  readonly #carry: Carry;
  readonly #jobs = new Set<Job>();

  constructor(settings: Settings, carry: Carry) {
    this.#settings = settings;
    this.#carry = carry;
  }

  /**
   * Records a spend: `committed`, or `queued` after the time and the tries of the foreground.
   *
   * @throws the error of a refusal that was understood; with retries off, the error of the one try.
   */
  async settle(spend: Spend): Promise<Settlement> {
    const { settings, job } = this.#start(spend);
    const outcome = await job.watch();
    if (outcome.state === "committed") return outcome;
    settings.notify({
      type: "queued",
      reservationId: spend.reservationId,
      actual: spend.actual,
      durable: false,
      error: outcome.error,
    });
    job.done.catch((error: unknown) => {
      this.#lost(spend, error);
    });
    return outcome;
  }

  /** How many spends are not in the ledger yet. */
  get pending(): number {
    return this.#jobs.size;
  }

  /** Tries all pending spends now, and waits for them, `flushTimeout` at the longest; answers how many remain. */
  async flush(): Promise<number> {
    const jobs = [...this.#jobs];
    if (jobs.length === 0) return 0;
    for (const job of jobs) job.hurry();
    const { clock, flushTimeout } = this.#settings;
    let timer: Timer | undefined;
    const enough = new Promise<void>((resolve) => {
      timer = clock.setTimeout(resolve, flushTimeout);
    });
    await Promise.race([Promise.allSettled(jobs.map((job) => job.done)), enough]);
    timer?.cancel();
    return this.pending;
  }

  /** Gives up on what is still pending; each such spend is reported. */
  abandon(): void {
    for (const job of this.#jobs) job.abandon();
  }

  #start(spend: Spend): { settings: Settings; job: Job } {
    const settings = this.#settings;
    const job = new Job(settings, this.#carry, spend);
    this.#jobs.add(job);
    const forget = () => {
      this.#jobs.delete(job);
    };
    job.done.then(forget, forget);
    settings.waitUntil?.(job.done.catch(() => undefined));
    return { settings, job };
  }

  #lost({ reservationId, actual, idempotencyKey }: Spend, reason: unknown): void {
    const error =
      reason instanceof CyclesError
        ? reason
        : new CyclesError(String(reason), { code: "SETTLEMENT" });
    this.#settings.notify({
      type: "settlement_failed",
      reservationId,
      actual,
      idempotencyKey,
      error,
    });
  }
}

/** One spend under way. At any time it is either in an attempt or asleep until the next one. */
class Job {
  /** Settles once: with the ledger's answer, or with the refusal. */
  readonly done: Promise<Committed>;
  readonly #settings: Settings;
  readonly #carry: Carry;
  readonly #spend: Spend;
  readonly #startedAt: number;
  #failed = 0;
  #lastError: CyclesError | undefined;
  #wake: ((why: "hurry" | "abandon") => void) | undefined;
  #abandoned = false;
  #leaveForeground: () => void = () => undefined;
  readonly #foregroundOver: Promise<void>;

  constructor(settings: Settings, carry: Carry, spend: Spend) {
    this.#settings = settings;
    this.#carry = carry;
    this.#spend = spend;
    this.#startedAt = settings.clock.monotonic();
    this.#foregroundOver = new Promise((resolve) => {
      this.#leaveForeground = resolve;
    });
    this.done = this.#run();
  }

  /** The result, or `queued` once the foreground's time or tries are used up. */
  async watch(): Promise<Settlement> {
    const { clock, settleTimeout, retry } = this.#settings;
    const timer = clock.setTimeout(() => {
      // With retries off there is nothing that could go on in the background.
      if (retry !== false) this.#leaveForeground();
    }, settleTimeout);
    try {
      return await Promise.race([this.done, this.#foregroundOver.then(() => this.#queued())]);
    } finally {
      timer.cancel();
    }
  }

  /** Ends the present delay, unless the server imposed it. */
  hurry(): void {
    this.#wake?.("hurry");
  }

  abandon(): void {
    this.#abandoned = true;
    this.#wake?.("abandon");
  }

  async #run(): Promise<Committed> {
    const { retry } = this.#settings;
    let mode: Mode = "commit";
    for (;;) {
      const ended = await attempt(this.#settings, this.#carry, this.#spend[mode]);
      if ("answer" in ended) return this.#committed(mode, ended.verdict.data);
      const decided = disposition(mode, ended.verdict);
      switch (decided.next) {
        case "refused":
          throw ended.error;
        case "record_as_event":
          mode = "event";
          break;
        case "retry":
          if (retry === false) throw ended.error;
          this.#failed += 1;
          this.#lastError = ended.error;
          if (this.#failed >= retry.maxAttempts) this.#leaveForeground();
          await this.#sleep(backoff(retry, this.#failed, Math.random()), decided.retryAfterMs);
          if (this.#isAbandoned()) throw ended.error;
          break;
        default:
          return decided satisfies never;
      }
    }
  }

  #isAbandoned(): boolean {
    return this.#abandoned;
  }

  #committed(mode: Mode, data: unknown): Committed {
    const { reservationId, actual, idempotencyKey } = this.#spend;
    const common = { state: "committed", reservationId, actual, idempotencyKey } as const;
    // The validator of the operation has just said that the body fits.
    const settled =
      mode === "commit"
        ? committedBy(common, data as components["schemas"]["CommitResponse"])
        : recordedBy(common, data as components["schemas"]["EventCreateResponse"]);
    this.#settings.notify({
      type: "committed",
      reservationId,
      actual,
      charged: settled.charged,
      via: mode,
    });
    return settled;
  }

  #queued(): Settlement {
    const { reservationId, actual, idempotencyKey } = this.#spend;
    const error =
      this.#lastError ??
      new CyclesError("The first try has not been answered yet", {
        code: "TIMEOUT",
        retryable: true,
      });
    return { state: "queued", reservationId, actual, idempotencyKey, durable: false, error };
  }

  /** Waits for the backoff or for what the server asked for, whichever is longer. */
  #sleep(backoffMs: number, retryAfterMs: number): Promise<void> {
    if (this.#abandoned) return Promise.resolve();
    const { clock, flushTimeout, settleTimeout } = this.#settings;
    return new Promise((resolve) => {
      const wake = () => {
        this.#wake = undefined;
        timer.cancel();
        resolve();
      };
      const timer = clock.setTimeout(wake, Math.max(backoffMs, retryAfterMs));
      // A process that wants to end waits for a spend as long as `flush` would, and no longer.
      if (clock.monotonic() - this.#startedAt > settleTimeout + flushTimeout) timer.unref();
      this.#wake = (why) => {
        if (why === "abandon" || retryAfterMs === 0) wake();
      };
    });
  }
}

type Common = Pick<Committed, "state" | "reservationId" | "actual" | "idempotencyKey">;

function committedBy(common: Common, answer: components["schemas"]["CommitResponse"]): Committed {
  return { ...common, via: "commit", charged: answer.charged, answer };
}

function recordedBy(
  common: Common,
  answer: components["schemas"]["EventCreateResponse"],
): Committed {
  return { ...common, via: "event", charged: answer.charged ?? common.actual, answer };
}

/** Exponential, with half of each delay left to chance, so that clients do not return from an outage in step. */
function backoff(
  { initialDelay, multiplier, maxDelay }: Required<RetryOptions>,
  failed: number,
  random: number,
): number {
  return Math.min(maxDelay, initialDelay * multiplier ** (failed - 1)) * (0.5 + random / 2);
}
