import type { CommitResponse, EventCreateResponse } from "../../generated/paths.js";
import { thrownText } from "../callback.js";
import { CyclesError } from "../errors.js";
import type { Settings } from "../settings.js";
import { attempt, type FailedAttempt } from "../wire/attempt.js";
import type { Prepared } from "../wire/prepare.js";
import type { Send } from "../wire/send.js";
import type { SettlementContext } from "./context.js";
import { disposition, isStale } from "./disposition.js";
import { readRecord, writeRecord } from "./record.js";
import type { StoredSpend } from "./recovery.js";
import type { Committed } from "./settlement.js";
import { recordOf, restoreSpend, type Spend, toLogged } from "./spend.js";

/** The result of one attempt to record a spend. */
export type Progress =
  | { readonly next: "settled"; readonly settlement: Committed }
  | {
      readonly next: "abandoned";
      /** `rejected`: the server refused it for a known reason. `stale`: it is too old to send. */
      readonly why: "rejected" | "stale";
      readonly error: CyclesError;
      /** Whether the journal keeps its record for an operator. */
      readonly kept: boolean;
    }
  | RetryLater;

/** The spend is not recorded as far as the client knows, and has to be sent again. */
export interface RetryLater {
  readonly next: "retry";
  /** Which spends have to wait: only this one, or all of them. */
  readonly scope: "spend" | "server";
  /** How many milliseconds the server asks the client to wait, if it does. */
  readonly retryAfterMs: number | undefined;
}

/** Records one spend: writes it to the journal, and sends the same key and bytes each time. */
export class Job {
  readonly #context: SettlementContext;
  #spend: Spend;
  /** Its current record in the journal; `undefined` if it has none. */
  #record: string | undefined;
  #durable: boolean;
  /** Whether only the log keeps it. Other clients cannot read that, so it is for one attempt. */
  #isOnlyLogged = false;
  /** The journal holds another spend of this reservation, which may not be in the ledger yet. */
  #isOccupied = false;
  /** How long the server had known the key at `#agedAt`; `undefined` if that is unknown. */
  #ageMs: number | undefined;
  /** A time on the monotonic clock, or `undefined` if the server has never seen the key. */
  #agedAt: number | undefined;
  #failures = 0;
  #lastError: CyclesError | undefined;
  #hasReportedException = false;

  /** @param stored the spend as the journal has it, if an earlier process left it */
  constructor(context: SettlementContext, spend: Spend, stored?: StoredSpend) {
    this.#context = context;
    this.#spend = spend;
    this.#record = stored?.record;
    this.#durable = stored !== undefined;
    this.#ageMs = stored ? stored.ageMs : 0;
    this.#agedAt = stored?.readAt;
  }

  get spend(): Spend {
    return this.#spend;
  }

  /** Whether the journal keeps the spend if this process ends. */
  get durable(): boolean {
    return this.#durable;
  }

  /** The current record of the spend, from which {@link restoreJob} can make this job again. */
  get stored(): StoredSpend {
    const readAt = this.#agedAt ?? this.#context.settings.clock.monotonic();
    return { record: this.#record ?? this.#newRecord(), ageMs: this.#ageMs, readAt };
  }

  /** How many attempts have failed. */
  get failures(): number {
    return this.#failures;
  }

  /** Why the last attempt failed. */
  get error(): CyclesError {
    return this.#lastError ?? noResponseYet(this.#spend);
  }

  /** Keeps the spend before its first request, in the log if there is one. */
  keep(): Promise<void> {
    const logged = toLogged(this.#spend);
    const appended = logged && this.#context.journal?.append(logged);
    if (appended === undefined) return this.persist();
    return appended.then((isKept) => {
      if (!isKept) return this.persist();
      this.#isOnlyLogged = true;
      this.#durable = true;
      return undefined;
    });
  }

  /**
   * Writes the record. If that fails, an earlier record of the spend stays valid.
   *
   * @param notBefore when the server allows the next attempt, in epoch milliseconds
   */
  async persist(notBefore?: number): Promise<void> {
    const { journal } = this.#context;
    if (journal === undefined) return;
    const record = this.#newRecord(notBefore);
    const result = await journal.put(this.#spend.reservationId, record);
    if (result === "occupied") this.#isOccupied = true;
    if (result !== "kept") return;
    this.#isOccupied = false;
    this.#isOnlyLogged = false;
    this.#record = record;
    this.#durable = true;
  }

  #newRecord(notBefore?: number): string {
    const { configuredBaseUrl } = this.#context.settings;
    return writeRecord(recordOf(this.#spend, configuredBaseUrl, notBefore));
  }

  /** Sends the spend once. If its reservation has expired, also sends the event in its place. */
  async advance(): Promise<Progress> {
    const { settings, send, journal } = this.#context;
    const { clock, journalMaxAge } = settings;
    for (;;) {
      const spend = this.#spend;
      const now = clock.monotonic();
      if (this.#agedAt === undefined) this.#agedAt = now;
      else if (isStale(spend.mode, this.#ageAt(now), journalMaxAge))
        return this.#abandon("stale", tooOld(spend, this.#ageMs));
      else if (this.#isOnlyLogged) await this.persist();
      const ended = await record(settings, send, spend);
      if ("state" in ended) {
        if (journal && (this.#isOnlyLogged || !this.#isOccupied))
          await journal.remove(spend.reservationId, spend.idempotencyKey);
        return { next: "settled", settlement: ended };
      }
      this.#lastError = ended.error;
      const decided = disposition(spend.mode, ended.verdict);
      switch (decided.next) {
        case "refused":
          return this.#abandon("rejected", ended.error);
        case "record_as_event":
          if (spend.event === undefined) return this.#abandonCommit(now, ended.error);
          this.#becomeEvent(spend, spend.event);
          await this.persist();
          break;
        case "retry": {
          this.#failures += 1;
          const { scope, retryAfterMs } = decided;
          // A spend without a record is written again, because the disk may have room by now.
          if (retryAfterMs !== undefined) await this.persist(Math.ceil(clock.now() + retryAfterMs));
          else if (!this.#durable || this.#isOnlyLogged) await this.persist();
          return { next: "retry", scope, retryAfterMs };
        }
        default:
          return decided satisfies never;
      }
    }
  }

  /**
   * Treats an exception from {@link Job.advance} as a failed attempt with an unknown result.
   * Only this spend is delayed. The first exception is reported.
   */
  failUnexpectedly(cause: unknown): RetryLater {
    this.#failures += 1;
    const error = unexpected(this.#spend, cause);
    this.#lastError = error;
    const { reservationId } = this.#spend;
    if (!this.#hasReportedException)
      this.#context.settings.notify({ type: "settlement_error", reservationId, error });
    this.#hasReportedException = true;
    return { next: "retry", scope: "spend", retryAfterMs: undefined };
  }

  #ageAt(monotonic: number): number | undefined {
    return this.#ageMs === undefined || this.#agedAt === undefined
      ? undefined
      : this.#ageMs + monotonic - this.#agedAt;
  }

  /** Resets the age to zero, because the server has not seen the key among its events yet. */
  #becomeEvent(spend: Spend, event: Prepared<"createEvent">): void {
    const recordedAt = Math.floor(this.#context.settings.clock.now());
    this.#spend = { ...spend, mode: "event", event, recordedAt };
    this.#ageMs = 0;
    this.#agedAt = undefined;
  }

  /**
   * Sets a commit aside whose reservation has expired, and which has no event. An old spend that
   * was only in a log has none, because its event may have been recorded and forgotten.
   */
  #abandonCommit(now: number, error: CyclesError): Promise<Progress> {
    const ageMs = this.#ageAt(now);
    return isStale("event", ageMs, Infinity)
      ? this.#abandon("stale", tooOld(this.#spend, ageMs))
      : this.#abandon("rejected", error);
  }

  async #abandon(why: "rejected" | "stale", error: CyclesError): Promise<Progress> {
    const { journal } = this.#context;
    if (!this.#durable) await this.persist();
    const kept =
      this.#durable &&
      (await journal?.setAside(this.#spend.reservationId, this.stored.record, why)) === true;
    return { next: "abandoned", why, error, kept };
  }
}

/** Makes a job from a stored spend, or returns `undefined` if its record is invalid. */
export function restoreJob(context: SettlementContext, stored: StoredSpend): Job | undefined {
  const record = readRecord(stored.record);
  const spend = record && restoreSpend(context.settings, record);
  return spend && new Job(context, spend, stored);
}

function noResponseYet({ reservationId }: Spend): CyclesError {
  return new CyclesError(
    `The server has not responded yet to the spend of reservation ${reservationId}`,
    { code: "TIMEOUT", retryable: true },
  );
}

function unexpected({ reservationId, idempotencyKey }: Spend, cause: unknown): CyclesError {
  return new CyclesError(
    `Unexpected error while recording the spend of reservation ${reservationId}, ` +
      `which may or may not be in the ledger: ${thrownText(cause)}`,
    { code: "UNEXPECTED", retryable: true, idempotencyKey, cause },
  );
}

/** Sends a spend once, as a commit or as an event. */
function record(settings: Settings, send: Send, spend: Spend): Promise<Committed | FailedAttempt> {
  return spend.mode === "commit"
    ? attempt(settings, send, spend.commit).then((ended) =>
        "error" in ended ? ended : byCommit(spend, ended.verdict.data),
      )
    : attempt(settings, send, spend.event).then((ended) =>
        "error" in ended ? ended : byEvent(spend, ended.verdict.data),
      );
}

function byCommit(
  { reservationId, actual, idempotencyKey }: Spend,
  response: CommitResponse,
): Committed {
  const { charged } = response;
  const state = "committed";
  return { state, reservationId, actual, idempotencyKey, via: "commit", charged, response };
}

function byEvent(
  { reservationId, actual, idempotencyKey }: Spend,
  response: EventCreateResponse,
): Committed {
  const { charged = actual } = response;
  const state = "committed";
  return { state, reservationId, actual, idempotencyKey, via: "event", charged, response };
}

function tooOld({ reservationId }: Spend, ageMs: number | undefined): CyclesError {
  const why =
    ageMs === undefined
      ? "its recorded time is implausible, so its age is unknown"
      : "it is so old that the server may have forgotten its key";
  return new CyclesError(
    `The spend of reservation ${reservationId} was not sent again, because it could be charged ` +
      `twice: ${why}. Check whether the ledger has it`,
    { code: "STALE" },
  );
}
