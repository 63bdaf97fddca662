import { thrownText } from "../callback.js";
import { Deferred } from "../deferred.js";
import { CyclesError } from "../errors.js";
import type { Settings } from "../settings.js";
import { attempt, type FailedAttempt } from "../wire/attempt.js";
import type { Prepared } from "../wire/prepare.js";
import type { Send } from "../wire/send.js";
import type { SettlementContext } from "./context.js";
import { isStale, disposition } from "./disposition.js";
import { writeRecord } from "./record.js";
import type { Settlement } from "./settlement.js";
import { recordOf, type Spend } from "./spend.js";

type Committed = Extract<Settlement, { state: "committed" }>;

/** What a try to record a spend came to. */
export type Progress =
  | { readonly next: "settled"; readonly settlement: Committed }
  /** `rejected`: understood and refused. `stale`: too old to be sent. `kept`: its record is set aside. */
  | {
      readonly next: "abandoned";
      readonly why: "rejected" | "stale";
      readonly error: CyclesError;
      readonly kept: boolean;
    }
  /** Not recorded as far as we know. */
  | Again;

/** What a try asks for that ended without a result. */
export interface Again {
  readonly next: "again";
  /** Who has to wait: this spend only, or all of them. */
  readonly scope: "spend" | "server";
  /** How many milliseconds the server wants to be left alone. */
  readonly imposedMs: number | undefined;
}

/** What is known of a spend that an earlier process has left. */
export interface StoredSpend {
  /** The text of its record. */
  readonly record: string;
  /** Its age in milliseconds when it was found; `undefined`: not known. */
  readonly ageMs: number | undefined;
  /** When it was found, on the monotonic clock. */
  readonly foundAt: number;
}

/** A record of a spend that is this client's to settle. */
export interface RecoveredSpend extends StoredSpend {
  /** What tells the spend apart from others. */
  readonly id: string;
  /** How many milliseconds the server wants to be left alone. */
  readonly waitMs: number;
}

/** A spend that an earlier process has left, on its way through a pass. */
export interface Leftover {
  readonly id: string;
  found: RecoveredSpend;
  tries: number;
}

/** One spend on its way: its record, and one try after another, all with the same key and bytes. */
export class Job {
  readonly #context: SettlementContext;
  #spend: Spend;
  #record: string;
  #durable: boolean;
  /** The reservation's record in the journal is another spend's, which may be in no ledger yet. */
  #isPlaceTaken = false;
  /** The age of the spend's key at the server, at a time of the monotonic clock; no time: it was never sent. */
  #ageMs: number | undefined;
  #agedAt: number | undefined;
  #failed = 0;
  #lastError: CyclesError | undefined;
  #saidUnexpected = false;

  constructor(context: SettlementContext, spend: Spend, found?: StoredSpend) {
    this.#context = context;
    this.#spend = spend;
    this.#record = found?.record ?? "";
    this.#durable = found !== undefined;
    this.#ageMs = found ? found.ageMs : 0;
    this.#agedAt = found?.foundAt;
  }

  get spend(): Spend {
    return this.#spend;
  }

  /** Whether the spend outlives this process. */
  get durable(): boolean {
    return this.#durable;
  }

  /** The spend as its record has it now: out of this, the job can be made again. */
  get found(): StoredSpend {
    const foundAt = this.#agedAt ?? this.#context.settings.clock.monotonic();
    return { record: this.#record, ageMs: this.#ageMs, foundAt };
  }

  /** How many tries have failed. */
  get failed(): number {
    return this.#failed;
  }

  /** Why the last try failed. */
  get error(): CyclesError {
    return (
      this.#lastError ??
      new CyclesError("The first try has not been answered yet", {
        code: "TIMEOUT",
        retryable: true,
      })
    );
  }

  /** Writes the record. Where that fails, an earlier record of the spend still stands. */
  async secure(notBefore?: number): Promise<void> {
    const { settings, journal } = this.#context;
    if (journal === undefined) return;
    const record = writeRecord(recordOf(this.#spend, settings.configuredBaseUrl, notBefore));
    const result = await journal.put(this.#spend.reservationId, record);
    if (result === "occupied") this.#isPlaceTaken = true;
    if (result !== "kept") return;
    this.#isPlaceTaken = false;
    this.#record = record;
    this.#durable = true;
  }

  /** Tries once; where the reservation has expired, goes on to the event that takes the commit's place. */
  async step(): Promise<Progress> {
    const { settings, send, journal } = this.#context;
    const { clock, journalMaxAge } = settings;
    for (;;) {
      const spend = this.#spend;
      const now = clock.monotonic();
      if (this.#agedAt === undefined) this.#agedAt = now;
      else if (isStale(spend.mode, this.#ageAt(now), journalMaxAge))
        return this.#giveUp("stale", tooOld(spend, this.#ageMs));
      const ended = await record(settings, send, spend);
      if ("charged" in ended) {
        if (journal && !this.#isPlaceTaken) await journal.remove(spend.reservationId);
        return { next: "settled", settlement: ended };
      }
      this.#lastError = ended.error;
      const decided = disposition(spend.mode, ended.verdict);
      switch (decided.next) {
        case "refused":
          return this.#giveUp("rejected", ended.error);
        case "record_as_event":
          if (spend.event === undefined) return this.#giveUp("rejected", ended.error);
          this.#becomeEvent(spend, spend.event);
          await this.secure();
          break;
        case "retry": {
          this.#failed += 1;
          const { retryAfterMs: imposedMs } = decided;
          // A disk that was full may have room by now.
          if (imposedMs !== undefined || !this.#durable)
            await this.secure(
              imposedMs === undefined ? undefined : Math.ceil(clock.now() + imposedMs),
            );
          return { next: "again", scope: decided.scope, imposedMs };
        }
        default:
          return decided satisfies never;
      }
    }
  }

  /** What a step comes to that threw: nothing is known of the spend, so it is tried again, by itself. */
  unexpected(cause: unknown): Again {
    this.#failed += 1;
    const { idempotencyKey, reservationId } = this.#spend;
    const message = `An unexpected error while recording the spend under ${reservationId}; whether the ledger has it is unknown: ${thrownText(cause)}`;
    const error = new CyclesError(message, {
      code: "UNEXPECTED",
      retryable: true,
      idempotencyKey,
      cause,
    });
    this.#lastError = error;
    if (!this.#saidUnexpected)
      this.#context.settings.notify({ type: "settlement_error", reservationId, error });
    this.#saidUnexpected = true;
    return { next: "again", scope: "spend", imposedMs: undefined };
  }

  #ageAt(monotonic: number): number | undefined {
    return this.#ageMs === undefined || this.#agedAt === undefined
      ? undefined
      : this.#ageMs + monotonic - this.#agedAt;
  }

  /** The server has not seen the key among its events yet: from now on this is the age that counts, also in the record. */
  #becomeEvent(spend: Spend, event: Prepared<"createEvent">): void {
    const recordedAt = Math.floor(this.#context.settings.clock.now());
    this.#spend = { ...spend, mode: "event", event, recordedAt };
    this.#ageMs = 0;
    this.#agedAt = undefined;
  }

  async #giveUp(why: "rejected" | "stale", error: CyclesError): Promise<Progress> {
    const { journal } = this.#context;
    if (!this.#durable) await this.secure();
    const kept =
      this.#durable &&
      (await journal?.setAside(this.#spend.reservationId, this.#record, why)) === true;
    return { next: "abandoned", why, error, kept };
  }
}

function tooOld({ reservationId }: Spend, ageMs: number | undefined): CyclesError {
  const why =
    ageMs === undefined
      ? "carries a recorded time that is implausible (the clock of its writer was wrong), so its age is unknown, and the server may have forgotten its key"
      : "has waited so long that the server may have forgotten its key";
  return new CyclesError(
    `The spend under ${reservationId} ${why}: sent again, it could be charged twice. See whether the ledger has it`,
    { code: "STALE" },
  );
}

/** Sends a spend once, in the form in which it is recorded next. */
async function record(
  settings: Settings,
  send: Send,
  spend: Spend,
): Promise<Committed | FailedAttempt> {
  const { reservationId, actual, idempotencyKey } = spend;
  const known = { state: "committed", reservationId, actual, idempotencyKey } as const;
  if (spend.mode === "commit") {
    const ended = await attempt(settings, send, spend.commit);
    if ("error" in ended) return ended;
    const { data } = ended.verdict;
    return { ...known, via: "commit", charged: data.charged, response: data };
  }
  const ended = await attempt(settings, send, spend.event);
  if ("error" in ended) return ended;
  const { data } = ended.verdict;
  return { ...known, via: "event", charged: data.charged ?? actual, response: data };
}

/** A job and those who wait for it. */
export class Pending {
  readonly job: Job;
  /** What tells its spend apart from others. */
  readonly id: string;
  /** Where it comes from, if an earlier process has left it. */
  readonly leftover: Leftover | undefined;
  /** A caller waits, and is told of a failure; else a notice says it. */
  attended: boolean;
  /** Ends the delay between two tries that a caller waits for; `true` also one that the server imposed. */
  wake: ((evenIfImposed: boolean) => void) | undefined;
  /** That the ledger does not have it has been reported. */
  lost = false;
  readonly #end = new Deferred<Progress["next"]>();

  constructor(job: Job, id: string, leftover?: Leftover) {
    this.job = job;
    this.id = id;
    this.leftover = leftover;
    this.attended = leftover === undefined;
  }

  /** Resolves, and never rejects, with the last step: `again` if the job was left to its record. */
  get over(): Promise<Progress["next"]> {
    return this.#end.promise;
  }

  end(how: Progress["next"]): void {
    this.#end.resolve(how);
  }
}
