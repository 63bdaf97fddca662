import { operations } from "../../generated/operations.js";
import type { components } from "../../generated/paths.js";
import type { Amount } from "../amount.js";
import type { Settings } from "../options.js";
import { type Prepared, prepare } from "../wire/attempt.js";

/** What may be said about a spend beside its amount. */
export interface SpendDetails {
  /** Tokens, latency, model version. (Protocol: StandardMetrics.) */
  readonly metrics?: components["schemas"]["StandardMetrics"];
  /** Anything else that the ledger should keep with the spend. */
  readonly metadata?: Record<string, unknown>;
}

/** A known spend on its way into the ledger, in both of the forms in which it can be recorded. */
export interface Spend {
  readonly reservationId: string;
  readonly actual: Amount;
  readonly idempotencyKey: string;
  readonly commit: Prepared;
  readonly event: Prepared;
}

/** What a spend is made of. */
export interface SpendDraft extends SpendDetails {
  readonly reservationId: string;
  readonly reserved: Pick<components["schemas"]["ReservationCreateRequest"], "subject" | "action">;
  readonly actual: Amount;
  readonly idempotencyKey: string;
  readonly traceId: string;
}

/**
 * Writes both bodies, with one key: the commit, and the event that takes its place where the reservation has
 * expired by the time the server sees it.
 *
 * @throws {@link CyclesValidationError} where either is not valid; nothing has been sent.
 */
export function toSpend(settings: Settings, draft: SpendDraft): Spend {
  const { reservationId, reserved, actual, idempotencyKey, traceId, metrics, metadata } = draft;
  const common = { idempotency_key: idempotencyKey, actual, ...(metrics && { metrics }) };
  const commit: components["schemas"]["CommitRequest"] = {
    ...common,
    ...(metadata && { metadata }),
  };
  const event: components["schemas"]["EventCreateRequest"] = {
    ...common,
    subject: reserved.subject,
    action: reserved.action,
    metadata: {
      ...metadata,
      recovered_reservation_id: reservationId,
      recovery_reason: "commit_after_reservation_expired",
    },
  };
  const path = { reservation_id: reservationId };
  return {
    reservationId,
    actual,
    idempotencyKey,
    commit: prepare(settings, {
      operation: operations.commitReservation,
      path,
      body: commit,
      traceId,
    }),
    event: prepare(settings, { operation: operations.createEvent, body: event, traceId }),
  };
}
