import type { CommitRequest } from "../../generated/paths.js";
import { type Amount, format } from "../amount.js";
import { CyclesError } from "../errors.js";
import type { Settlement } from "../settlement/settlement.js";

/** The state of a guard does not allow the call. No request was sent. */
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
 * The work ran, but its cost is not known. Nothing was committed or released. The reservation
 * lapses by itself. `cause` is the error of the `actual` function in the options, if it threw one.
 */
export class ActualUnknownError extends CyclesError {
  override readonly name = "ActualUnknownError";
  /** The id of the guard's reservation. */
  readonly reservationId: string;
  /** What the work returned. */
  readonly result: unknown;

  /** @internal */
  constructor(reservationId: string, result: unknown, cause?: unknown) {
    super(
      `The work under reservation ${reservationId} ran, but its actual cost is unknown: nothing was committed or released. ` +
        "Call guard.setActual(…) in the work, or pass `actual` in the options.",
      { code: "ACTUAL_UNKNOWN", cause },
    );
    this.reservationId = reservationId;
    this.result = result;
  }
}

/**
 * The work ran, and the server refused its commit. The spend is not in the ledger. `cause` is the
 * error of the commit. It is not thrown itself, because a {@link BudgetDeniedError} would suggest
 * that the work has not run. (Protocol: commitReservation.)
 */
export class SettlementRefusedError extends CyclesError {
  override readonly name = "SettlementRefusedError";
  /** The id of the guard's reservation. */
  readonly reservationId: string;
  /** What the work returned. */
  readonly result: unknown;
  /** The amount of the commit. */
  readonly actual: Amount;

  /** @internal */
  constructor(reservationId: string, actual: Amount, result: unknown, cause: CyclesError) {
    super(
      `The work under reservation ${reservationId} ran, but its cost of ${format(actual)} was refused: ${cause.message}`,
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
 * The work ran, but no usable response to its commit came. The ledger may have the spend, so repeat
 * only the same commit: `client.commitReservation(error.reservationId, error.commit)`. `cause` is
 * the error of the last attempt. (Protocol: commitReservation.)
 */
export class SettlementUnknownError extends CyclesError {
  override readonly name = "SettlementUnknownError";
  /** The idempotency key of the commit. */
  declare readonly idempotencyKey: string;
  /** The id of the guard's reservation. */
  readonly reservationId: string;
  /** What the work returned. */
  readonly result: unknown;
  /** The amount of the commit. */
  readonly actual: Amount;
  /** The body of the commit as it was sent, with its idempotency key. */
  readonly commit: CommitRequest;

  /** @internal */
  constructor(reservationId: string, commit: CommitRequest, result: unknown, cause: CyclesError) {
    const { actual, idempotency_key: idempotencyKey } = commit;
    super(
      `The work under reservation ${reservationId} ran, but whether its cost of ${format(actual)} was recorded is not known. ` +
        `Repeat the commit as it was, with the idempotency key ${idempotencyKey}: ${cause.message}`,
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
    this.result = result;
  }
}

/**
 * The heartbeat failed under the policy `"fail"`. The spend was still settled: `settlement` says
 * how. `cause` is the error of the lease. (Protocol: extendReservation.)
 */
export class HeartbeatFailedError extends CyclesError {
  override readonly name = "HeartbeatFailedError";
  /** The id of the guard's reservation. */
  readonly reservationId: string;
  /** How the spend was settled. */
  readonly settlement: Settlement;
  /** What the work returned, if it ran under `run`, `wrap` or `stream`. */
  readonly result: unknown;

  /** @internal */
  constructor(reservationId: string, settlement: Settlement, cause: CyclesError, result?: unknown) {
    super(
      `The lease of reservation ${reservationId} could not be kept (its spend is ${settlement.state}): ${cause.message}`,
      { code: "HEARTBEAT_FAILED", cause },
    );
    this.reservationId = reservationId;
    this.settlement = settlement;
    this.result = result;
  }
}
