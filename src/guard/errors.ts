import type { CommitRequest, EventCreateRequest } from "../../generated/paths.js";
import { type Amount, format } from "../amount.js";
import { CyclesError } from "../errors.js";
import type { Settlement } from "../settlement/settlement.js";

/** Thrown if the state of a guard does not allow the call. Nothing was sent. */
export class GuardStateError extends CyclesError {
  override readonly name = "GuardStateError";
  /** The id of the guard's reservation. */
  readonly reservationId: string;

  /** @internal */
  constructor(message: string, reservationId: string) {
    super(message, { code: "GUARD_STATE" });
    this.reservationId = reservationId;
  }
}

/**
 * Thrown if the work ran, but its cost is unknown. Nothing was committed or released, so the
 * reservation lapses.
 *
 * `result` is the result of the work. `cause` is the error of the `actual` function, if it threw.
 */
export class ActualUnknownError extends CyclesError {
  override readonly name = "ActualUnknownError";
  /** The id of the guard's reservation. */
  readonly reservationId: string;
  /** The result of the work. */
  readonly result: unknown;

  /** @internal */
  constructor(reservationId: string, result: unknown, cause?: unknown) {
    super(
      `The work under reservation ${reservationId} ran, but its actual cost is unknown. Nothing was committed or released. ` +
        "Call guard.setActual(…) in the work, or pass `actual` in the options.",
      { code: "ACTUAL_UNKNOWN", cause },
    );
    this.reservationId = reservationId;
    this.result = result;
  }
}

/**
 * Thrown if the work ran, but the server refused its commit. The spend is not in the ledger.
 *
 * This is not a {@link BudgetDeniedError}, because the work must not run again. `result` is the
 * result of the work, `actual` is its cost, and `cause` is the refusal.
 */
export class SettlementRefusedError extends CyclesError {
  override readonly name = "SettlementRefusedError";
  /** The id of the guard's reservation. */
  readonly reservationId: string;
  /** The result of the work. */
  readonly result: unknown;
  /** The amount of the commit. */
  readonly actual: Amount;

  /** @internal */
  constructor(reservationId: string, actual: Amount, result: unknown, cause: CyclesError) {
    super(
      `The work under reservation ${reservationId} ran, but the server refused to record its cost of ${format(actual)}: ${cause.message}`,
      {
        code: "SETTLEMENT_REFUSED",
        cause,
        operation: cause.operation,
        idempotencyKey: cause.idempotencyKey,
      },
    );
    this.reservationId = reservationId;
    this.actual = actual;
    this.result = result;
  }
}

/**
 * Thrown if the work ran, but no usable response to its commit arrived. The ledger may have the
 * spend.
 *
 * Repeat only the same commit: `client.commitReservation(error.reservationId, error.commit)`. Work
 * that ran without a reservation has an event instead: `client.createEvent(error.event)`.
 * `result` is the result of the work. `cause` is the last failure.
 */
export class SettlementUnknownError extends CyclesError {
  override readonly name = "SettlementUnknownError";
  /** The idempotency key of the commit. */
  declare readonly idempotencyKey: string;
  /** The id of the guard's reservation. */
  readonly reservationId: string;
  /** The result of the work. */
  readonly result: unknown;
  /** The amount of the commit. */
  readonly actual: Amount;
  /** The body of the commit as it was sent, including the idempotency key. */
  readonly commit: CommitRequest;
  /** The body of the event as it was sent; undefined if the work had a reservation. */
  readonly event: EventCreateRequest | undefined;

  /** @internal */
  constructor(
    reservationId: string,
    commit: CommitRequest,
    event: EventCreateRequest | undefined,
    result: unknown,
    cause: CyclesError,
  ) {
    const { actual, idempotency_key: idempotencyKey } = commit;
    super(
      `The work under reservation ${reservationId} ran, but it is unknown whether its cost of ${format(actual)} was recorded. ` +
        `Repeat the same ${event ? "event" : "commit"}, with the idempotency key ${idempotencyKey}: ${cause.message}`,
      {
        code: "SETTLEMENT_UNKNOWN",
        retryable: true,
        cause,
        operation: cause.operation,
        idempotencyKey,
      },
    );
    this.reservationId = reservationId;
    this.actual = actual;
    this.commit = commit;
    this.event = event;
    this.result = result;
  }
}

/**
 * Thrown under the heartbeat policy `"fail"` if the lease could not be extended. The spend was
 * settled anyway.
 *
 * `settlement` is the result of the commit. `cause` is the failure of the heartbeat.
 */
export class HeartbeatFailedError extends CyclesError {
  override readonly name = "HeartbeatFailedError";
  /** The id of the guard's reservation. */
  readonly reservationId: string;
  /** How the spend was settled. */
  readonly settlement: Settlement;
  /** The result of the work, if it ran under `run`, `wrap` or `stream`. */
  readonly result: unknown;

  /** @internal */
  constructor(reservationId: string, settlement: Settlement, cause: CyclesError, result?: unknown) {
    super(
      `The lease of reservation ${reservationId} could not be extended (its spend is ${settlement.state}): ${cause.message}`,
      { code: "HEARTBEAT_FAILED", cause },
    );
    this.reservationId = reservationId;
    this.settlement = settlement;
    this.result = result;
  }
}
