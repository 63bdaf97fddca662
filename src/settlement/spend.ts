import { operations } from "../../generated/operations.js";
import type { Action, components } from "../../generated/paths.js";
import { type Amount, isAmount } from "../amount.js";
import type { CyclesError } from "../errors.js";
import { member } from "../member.js";
import type { Settings } from "../settings.js";
import { newTraceId } from "../protocol/trace.js";
import { scopesOfRequest } from "../wire/concerned-scopes.js";
import { prepare, type Prepared, prepareVerbatim } from "../wire/prepare.js";
import { idProblem } from "../wire/path.js";
import type { FittedDetails } from "./details.js";
import { eventText, isUnguarded } from "./event-text.js";
import type { SpendRecord } from "./record.js";
import type { LoggedSpend } from "./spend-log.js";

type Schemas = components["schemas"];

/** A known spend that is not in the ledger yet, as the client sends it next. */
export type Spend = {
  readonly reservationId: string;
  readonly actual: Amount;
  readonly idempotencyKey: string;
  /** When the spend became known, in epoch milliseconds. */
  readonly recordedAt: number;
  /** What the request was for; undefined if an earlier process sent it. */
  readonly action?: Action;
  readonly estimate?: Amount;
  /**
   * The amount that the guard had noted last under the same key, if it differs. Another process may
   * have recorded that.
   */
  readonly noted?: Amount | undefined;
  /** The texts that the log keeps of a spend of this process. */
  readonly logged?: { readonly commit: string; readonly reserved: string };
} & (CommitMode | EventMode);

/** The client sends the commit. If the reservation has expired, `event` replaces it. */
interface CommitMode {
  readonly mode: "commit";
  readonly commit: Prepared<"commitReservation">;
  readonly event: Prepared<"createEvent"> | undefined;
}

/** The client sends the event: the reservation has expired, or the work was unguarded. */
interface EventMode {
  readonly mode: "event";
  readonly commit: Prepared<"commitReservation"> | undefined;
  readonly event: Prepared<"createEvent">;
}

/** The parts of a new spend. */
export interface SpendDraft {
  readonly reservationId: string;
  /** The request of the reservation as JSON text, as it was sent. */
  readonly reserved: string;
  readonly action: Action;
  readonly estimate: Amount;
  /** A valid amount. */
  readonly actual: Amount;
  readonly idempotencyKey: string;
  readonly traceId: string;
  /** The scopes of the reservation, for errors. */
  readonly scopes: readonly string[];
  readonly details: FittedDetails;
  readonly noted?: Amount | undefined;
}

/** Identifies a spend. A reservation can have more than one, each with its own idempotency key. */
export function spendId({ reservationId, idempotencyKey }: Spend): string {
  return `${reservationId} ${idempotencyKey}`;
}

/**
 * Makes a spend. This fixes the bytes of the commit, and those of the event with the same key that
 * replaces it if the server says that the reservation has expired. Unguarded work has only the event.
 */
export function toSpend(settings: Settings, draft: SpendDraft): Spend {
  const { reservationId, actual, idempotencyKey, traceId, scopes, details } = draft;
  const { metrics, metadata } = details;
  const body: Schemas["CommitRequest"] = { idempotency_key: idempotencyKey, actual };
  if (metrics) body.metrics = metrics;
  if (metadata) body.metadata = metadata;
  if (isUnguarded(reservationId)) return unguarded(settings, draft, JSON.stringify(body));
  const commit = prepare(settings, {
    operation: operations.commitReservation,
    path: { reservation_id: reservationId },
    body,
    traceId,
    scopes,
  });
  return new LazyEventSpend(settings, draft, commit);
}

/** Makes the spend of a record of any Cycles client. Returns `undefined` if it holds no spend. */
export function restoreSpend(settings: Settings, record: SpendRecord): Spend | undefined {
  const { reservationId, mode, recordedAt } = record;
  if (idProblem(reservationId) !== undefined) return undefined;
  const traceId = newTraceId();
  const path = { reservation_id: reservationId };
  const { commitReservation, createEvent } = operations;
  const event =
    record.event === undefined
      ? undefined
      : prepareVerbatim(settings, createEvent, { text: record.event, traceId });
  // A commit has no subject, but its event has that of the reservation.
  const scopes = scopesOfRequest(event?.request);
  const commit =
    record.commit === undefined
      ? undefined
      : prepareVerbatim(settings, commitReservation, {
          path,
          text: record.commit,
          traceId,
          scopes,
        });
  const { idempotencyKey, request } = (mode === "commit" ? commit : event) ?? {};
  const actual = member(request, "actual");
  if (idempotencyKey === undefined || !isAmount(actual)) return undefined;
  const spend = { reservationId, actual, idempotencyKey, recordedAt };
  if (mode === "commit") return commit && { ...spend, mode, commit, event };
  return event && { ...spend, mode, commit, event };
}

/** Makes the record that the journal keeps until the ledger has the spend. */
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

/**
 * Returns the amount that another process has probably recorded under the key of a spend: the one
 * that the guard had noted before. If the server knows the key with another body, that is why.
 */
export function notedElsewhere(
  { noted }: Spend,
  { code }: CyclesError,
): { readonly noted?: Amount } {
  return noted !== undefined && code === "IDEMPOTENCY_MISMATCH" ? { noted } : {};
}

/** Returns what the log keeps of a spend; `undefined` if it needs a record. */
export function toLogged(spend: Spend): LoggedSpend | undefined {
  const { reservationId, idempotencyKey, recordedAt, logged } = spend;
  return logged && { reservationId, idempotencyKey, recordedAt, ...logged };
}

function unguarded(settings: Settings, draft: SpendDraft, commit: string): Spend {
  const { reservationId, reserved, action, estimate, actual, idempotencyKey, traceId, noted } =
    draft;
  const text = eventText(reservationId, reserved, commit);
  return {
    mode: "event",
    reservationId,
    action,
    estimate,
    actual,
    idempotencyKey,
    recordedAt: Math.floor(settings.clock.now()),
    noted,
    logged: { commit, reserved },
    commit: undefined,
    event: prepareVerbatim(settings, operations.createEvent, { text, traceId }),
  };
}

/** A spend that writes its event when it is first needed, because few spends need one. */
class LazyEventSpend implements Extract<Spend, { mode: "commit" }> {
  readonly mode = "commit";
  readonly reservationId: string;
  readonly action: Action;
  readonly estimate: Amount;
  readonly actual: Amount;
  readonly idempotencyKey: string;
  readonly recordedAt: number;
  readonly commit: Prepared<"commitReservation">;
  readonly noted: Amount | undefined;
  readonly #reserved: string;
  readonly #settings: Settings;
  readonly #traceId: string;
  #event: Prepared<"createEvent"> | undefined;

  constructor(settings: Settings, draft: SpendDraft, commit: Prepared<"commitReservation">) {
    this.reservationId = draft.reservationId;
    this.action = draft.action;
    this.estimate = draft.estimate;
    this.actual = draft.actual;
    this.idempotencyKey = draft.idempotencyKey;
    // Records hold whole milliseconds. A custom clock can have fractions.
    this.recordedAt = Math.floor(settings.clock.now());
    this.commit = commit;
    this.#settings = settings;
    this.#traceId = draft.traceId;
    this.#reserved = draft.reserved;
    this.noted = draft.noted;
  }

  get logged() {
    return { commit: this.commit.http.body ?? "", reserved: this.#reserved };
  }

  get event(): Prepared<"createEvent"> {
    return (this.#event ??= prepareVerbatim(this.#settings, operations.createEvent, {
      text: eventText(this.reservationId, this.#reserved, this.commit.http.body ?? ""),
      traceId: this.#traceId,
    }));
  }
}
