import type { components } from "../../generated/paths.js";
import { type Amount, format } from "../amount.js";
import { CyclesError } from "../errors.js";
import type { Settlement } from "../settlement/settlement.js";

/** The body of a commit. */
export type CommitRequest = components["schemas"]["CommitRequest"];

/** A guard was asked for something that its state does not allow; nothing was sent. */
export class GuardStateError extends CyclesError {
  override readonly name = "GuardStateError";
  readonly reservationId: string;
  constructor(message: string, reservationId: string) {
    super(message, { code: "GUARD_STATE" });
    this.reservationId = reservationId;
  }
}

/**
 * The work ran, and its cost is not known: nothing was committed or released, and the reservation lapses by itself.
 * The work's `result` is here; `cause` is what the `actual` function of the options threw, if it did.
 */
export class ActualUnknownError extends CyclesError {
  override readonly name = "ActualUnknownError";
  readonly reservationId: string;
  /** What the work returned. */
  readonly result: unknown;
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
 * The work ran, and the server understood its commit and refused it: the spend is not in the ledger. It is no
 * {@link BudgetDeniedError}, because the work must not run again; its `result` and `actual` are here, `cause` is the
 * refusal.
 */
export class SettlementRefusedError extends CyclesError {
  override readonly name = "SettlementRefusedError";
  readonly reservationId: string;
  /** What the work returned. */
  readonly result: unknown;
  /** What was to be committed. */
  readonly actual: Amount;
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
 * The work ran, and whether its commit was recorded is not known: no usable response came. The ledger may have the
 * spend, so only the same commit may be repeated: `client.commitReservation(error.reservationId, error.commit)`. The
 * work's `result` is here; `cause` is what went wrong last.
 */
export class SettlementUnknownError extends CyclesError {
  override readonly name = "SettlementUnknownError";
  /** The key of the commit. */
  declare readonly idempotencyKey: string;
  readonly reservationId: string;
  /** What the work returned. */
  readonly result: unknown;
  /** What was to be committed. */
  readonly actual: Amount;
  /** The body of the commit as it was sent, key included. */
  readonly commit: CommitRequest;
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
 * The heartbeat failed under the policy `"fail"`. The spend was settled all the same: `settlement` says how, and
 * `cause` is what went wrong with the lease.
 */
export class HeartbeatFailedError extends CyclesError {
  override readonly name = "HeartbeatFailedError";
  readonly reservationId: string;
  readonly settlement: Settlement;
  /** What the work returned, if it ran under `run`, `wrap` or `stream`. */
  readonly result: unknown;
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
