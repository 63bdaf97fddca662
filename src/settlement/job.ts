import type { components } from "../../generated/paths.js";
import { CyclesError } from "../errors.js";
import type { Settings } from "../options.js";
import { attempt } from "../wire/attempt.js";
import type { Send } from "../wire/send.js";
import { isStale } from "./age.js";
import { disposition } from "./disposition.js";
import { writeRecord } from "./record.js";
import type { Records } from "./records.js";
import type { Settlement } from "./settlement.js";
import { recordOf, type Spend } from "./spend.js";

type Schemas = components["schemas"];
type Committed = Extract<Settlement, { state: "committed" }>;

/** What a try to record a spend came to. */
export type Step =
  | { readonly next: "settled"; readonly settlement: Committed }
  /** `rejected`: understood and refused. `stale`: too old to be sent. `kept`: its record is set aside. */
  | {
      readonly next: "given up";
      readonly why: "rejected" | "stale";
      readonly error: CyclesError;
      readonly kept: boolean;
    }
  /** Not recorded as far as we know. `imposedMs`: for so long the server wants to be left alone. */
  | { readonly next: "again"; readonly imposedMs: number | undefined };

/** What jobs work with. */
export interface Tools {
  readonly settings: Settings;
  readonly send: Send;
  /** `undefined` where there is no journal. */
  readonly records: Records | undefined;
}

/** One spend on its way: its record, and one try after another, all with the same key and bytes. */
export class Job {
  readonly #tools: Tools;
  #spend: Spend;
  /** Since when the server may have seen the key where it is sent to now; epoch milliseconds. */
  #knownSince: number;
  #record: string;
  #durable: boolean;
  #failed = 0;
  #lastError: CyclesError | undefined;

  /** @param record the spend's record, where there is one already */
  constructor(tools: Tools, spend: Spend, record?: string) {
    this.#tools = tools;
    this.#spend = spend;
    this.#knownSince = spend.recordedAt;
    this.#record = record ?? "";
    this.#durable = record !== undefined;
  }

  get spend(): Spend {
    return this.#spend;
  }

  /** Whether the spend outlives this process. */
  get durable(): boolean {
    return this.#durable;
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
    const { settings, records } = this.#tools;
    if (records === undefined) return;
    const record = writeRecord(recordOf(this.#spend, settings.configuredBaseUrl, notBefore));
    if (!(await records.put(this.#spend.reservationId, record))) return;
    this.#record = record;
    this.#durable = true;
  }

  /** Tries once; where the reservation has expired, goes on to the event that takes the commit's place. */
  async step(): Promise<Step> {
    const { settings, send, records } = this.#tools;
    const { clock, journalMaxAge } = settings;
    for (;;) {
      const spend = this.#spend;
      if (isStale(spend.mode, clock.now() - this.#knownSince, journalMaxAge))
        return this.#giveUp("stale", tooOld(spend));
      const call = spend.mode === "commit" ? spend.commit : spend.event;
      const ended = await attempt(settings, send, call);
      if ("answer" in ended) {
        if (records) await records.remove(spend.reservationId);
        // The validator of the operation has just said that the body fits.
        return { next: "settled", settlement: committed(spend, ended.verdict.data) };
      }
      this.#lastError = ended.error;
      const decided = disposition(spend.mode, ended.verdict);
      switch (decided.next) {
        case "refused":
          return this.#giveUp("rejected", ended.error);
        case "record_as_event":
          if (spend.event === undefined) return this.#giveUp("rejected", ended.error);
          this.#spend = { ...spend, mode: "event", event: spend.event };
          this.#knownSince = clock.now();
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
          return { next: "again", imposedMs };
        }
        default:
          return decided satisfies never;
      }
    }
  }

  async #giveUp(why: "rejected" | "stale", error: CyclesError): Promise<Step> {
    const { records } = this.#tools;
    if (!this.#durable) await this.secure();
    const kept =
      this.#durable &&
      (await records?.setAside(this.#spend.reservationId, this.#record, why)) === true;
    return { next: "given up", why, error, kept };
  }
}

function tooOld({ reservationId }: Spend): CyclesError {
  return new CyclesError(
    `The spend under ${reservationId} has waited so long that the server may have forgotten its key: sent again, it could be charged twice. See whether the ledger has it`,
    { code: "STALE" },
  );
}

function committed(spend: Spend, answer: unknown): Committed {
  return spend.mode === "commit"
    ? committedBy(spend, answer as Schemas["CommitResponse"])
    : recordedBy(spend, answer as Schemas["EventCreateResponse"]);
}

function committedBy(
  { reservationId, actual, idempotencyKey }: Spend,
  answer: Schemas["CommitResponse"],
): Committed {
  const { charged } = answer;
  return {
    state: "committed",
    reservationId,
    actual,
    idempotencyKey,
    via: "commit",
    charged,
    answer,
  };
}

function recordedBy(
  { reservationId, actual, idempotencyKey }: Spend,
  answer: Schemas["EventCreateResponse"],
): Committed {
  const { charged = actual } = answer;
  return {
    state: "committed",
    reservationId,
    actual,
    idempotencyKey,
    via: "event",
    charged,
    answer,
  };
}
