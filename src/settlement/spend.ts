import { operations } from "../../generated/operations.js";
import type { components } from "../../generated/paths.js";
import { type Amount, isAmount } from "../amount.js";
import type { Settings } from "../settings.js";
import { newTraceId } from "../protocol/trace.js";
import { prepare, type Prepared, prepareVerbatim } from "../wire/prepare.js";
import { idProblem } from "../wire/path.js";
import type { FittedDetails } from "./details.js";
import type { SpendRecord } from "./record.js";

type Schemas = components["schemas"];

/** A known spend on its way into the ledger, in the form in which it is recorded next. */
export type Spend = {
  readonly reservationId: string;
  readonly actual: Amount;
  readonly idempotencyKey: string;
  /** When the spend became known; epoch milliseconds. */
  readonly recordedAt: number;
} & (CommitMode | EventMode);

/** As the reservation's commit; `event` takes its place where the reservation has expired. */
interface CommitMode {
  readonly mode: "commit";
  readonly commit: Prepared<"commitReservation">;
  readonly event: Prepared<"createEvent"> | undefined;
}

interface EventMode {
  readonly mode: "event";
  readonly commit: Prepared<"commitReservation"> | undefined;
  readonly event: Prepared<"createEvent">;
}

/** A spend that nothing has happened to yet. */
export type NewSpend = Extract<Spend, { mode: "commit" }>;

/** What a spend is made of. */
export interface SpendDraft {
  readonly reservationId: string;
  /** The request of the reservation as JSON text, as it was sent. */
  readonly reserved: string;
  /** An amount that was checked. */
  readonly actual: Amount;
  readonly idempotencyKey: string;
  readonly traceId: string;
  readonly details: FittedDetails;
}

/**
 * Writes the commit. With it the event is fixed that takes its place, with its key, if the reservation has expired by
 * the time the server sees it.
 */
export function toSpend(settings: Settings, draft: SpendDraft): NewSpend {
  const { reservationId, actual, idempotencyKey, traceId, details } = draft;
  const { metrics, metadata } = details;
  const body: Schemas["CommitRequest"] = { idempotency_key: idempotencyKey, actual };
  if (metrics) body.metrics = metrics;
  if (metadata) body.metadata = metadata;
  const commit = prepare(settings, {
    operation: operations.commitReservation,
    path: { reservation_id: reservationId },
    body,
    traceId,
  });
  return new FreshSpend(settings, draft, commit);
}

/** A spend whose event is written when it is needed, which is rare, out of what was sent. */
class FreshSpend implements NewSpend {
  readonly mode = "commit";
  readonly reservationId: string;
  readonly actual: Amount;
  readonly idempotencyKey: string;
  readonly recordedAt: number;
  readonly commit: Prepared<"commitReservation">;
  readonly #settings: Settings;
  readonly #traceId: string;
  readonly #reserved: string;
  #event: Prepared<"createEvent"> | undefined;

  constructor(settings: Settings, draft: SpendDraft, commit: Prepared<"commitReservation">) {
    this.reservationId = draft.reservationId;
    this.actual = draft.actual;
    this.idempotencyKey = draft.idempotencyKey;
    // The record's format has whole milliseconds, and a clock of the user's own may be finer.
    this.recordedAt = Math.floor(settings.clock.now());
    this.commit = commit;
    this.#settings = settings;
    this.#traceId = draft.traceId;
    this.#reserved = draft.reserved;
  }

  get event(): Prepared<"createEvent"> {
    return (this.#event ??= prepareVerbatim(this.#settings, operations.createEvent, {
      text: eventText(this.reservationId, this.#reserved, this.commit.http.body ?? ""),
      traceId: this.#traceId,
    }));
  }
}

/** The event in place of a commit. Texts only go in, so that it is the same whenever it is written. */
function eventText(reservationId: string, reserved: string, commit: string): string {
  const { subject, action } = JSON.parse(reserved) as Partial<Schemas["EventCreateRequest"]>;
  const { metadata, ...rest } = JSON.parse(commit) as Schemas["CommitRequest"];
  return JSON.stringify({
    subject,
    action,
    metadata: {
      ...metadata,
      recovered_reservation_id: reservationId,
      recovery_reason: "commit_after_reservation_expired",
    },
    ...rest,
  });
}

/** The same out of a record of this or another client; its bodies leave as they are. `undefined`: no spend is in it. */
export function restoreSpend(settings: Settings, record: SpendRecord): Spend | undefined {
  const { reservationId, mode, recordedAt } = record;
  if (idProblem(reservationId) !== undefined) return undefined;
  const traceId = newTraceId();
  const path = { reservation_id: reservationId };
  const { commitReservation, createEvent } = operations;
  const commit =
    record.commit === undefined
      ? undefined
      : prepareVerbatim(settings, commitReservation, { path, text: record.commit, traceId });
  const event =
    record.event === undefined
      ? undefined
      : prepareVerbatim(settings, createEvent, { text: record.event, traceId });
  const request = (mode === "commit" ? commit : event)?.request as
    Partial<Schemas["CommitRequest"]> | undefined;
  const { idempotency_key: idempotencyKey, actual } = request ?? {};
  if (typeof idempotencyKey !== "string" || !isAmount(actual)) return undefined;
  const spend = { reservationId, actual, idempotencyKey, recordedAt };
  if (mode === "commit") return commit && { ...spend, mode, commit, event };
  return event && { ...spend, mode, commit, event };
}

/** The record that is kept until the ledger has the spend. */
export function recordOf(
  { reservationId, mode, commit, event, recordedAt }: Spend,
  baseUrl: string,
  notBefore: number | undefined,
): SpendRecord {
  return {
    reservationId,
    baseUrl,
    mode,
    commit: commit?.http.body,
    event: event?.http.body,
    recordedAt,
    notBefore,
  };
}
