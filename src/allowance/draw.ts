import type { ReservationExtendResponse } from "../../generated/paths.js";
import type { CyclesError } from "../errors.js";
import type { Grant } from "../guard/grant.js";
import { Guard } from "../guard/guard.js";
import { Lifecycle } from "../guard/lifecycle.js";
import { reportChanged } from "../guard/spends.js";
import type { FailedCommit, GuardOutcome, Note } from "../guard/transition.js";
import type { Notify } from "../notices.js";
import { fitDetails, type FittedDetails } from "../settlement/details.js";
import type { Settlement } from "../settlement/settlement.js";
import type { WebAbortSignal } from "../web.js";
import type { Parts } from "./parts.js";

/**
 * A part of an allowance that is held for one piece of work. It is settled in this process, without
 * a request. Its spend is in the ledger when the allowance ends.
 *
 * It is a guard. `id`, `reservation`, `caps`, `expiresAt` and `extend` are those of the allowance's
 * reservation, which all its draws share.
 *
 * @example
 * ```ts
 * import { type Allowance, usd } from "cycles-client";
 * const search = async (allowance: Allowance) => {
 *   await using draw = await allowance.reserve({
 *     action: { kind: "tool.search", name: "web" },
 *     estimate: usd("0.01"),
 *   });
 *   draw.setActual(usd("0.004"));
 * };
 * ```
 */
export class Draw extends Guard {}

/** What a draw does to its allowance. */
export interface DrawnFrom {
  /** The reservations, which all draws share. */
  readonly parts: Pick<Parts, "expiresAt" | "extend" | "isLeased" | "signal">;
  /** Keeps what a draw has noted. Throws if the allowance has ended. */
  keep(draw: DrawLifecycle, noted: number): void;
  /** Takes what a draw has spent. Throws if the allowance has ended. */
  settle(draw: DrawLifecycle, actual: number, details: FittedDetails): void;
  /** Frees what a draw holds. */
  free(draw: DrawLifecycle): void;
  /** Called when the draw has ended. */
  ended(draw: DrawLifecycle, outcome: GuardOutcome): void;
}

/** The lifecycle of a draw. Its effects change the allowance. */
export class DrawLifecycle extends Lifecycle {
  readonly #allowance: DrawnFrom;
  readonly #idempotencyKey: string;
  readonly #notify: Notify;

  constructor(allowance: DrawnFrom, grant: Grant, idempotencyKey: string, notify: Notify) {
    super(grant, (notice) => {
      // The budget is free again in the allowance only.
      if (notice.type !== "released") notify(notice);
    });
    this.#allowance = allowance;
    this.#idempotencyKey = idempotencyKey;
    this.#notify = notify;
  }

  override get expiresAt(): number {
    return this.#allowance.parts.expiresAt;
  }

  override get isLeased(): boolean {
    return this.#allowance.parts.isLeased;
  }

  protected override get leaseSignal(): WebAbortSignal {
    return this.#allowance.parts.signal;
  }

  protected override lengthen(ms: number): Promise<ReservationExtendResponse> {
    return this.#allowance.parts.extend(ms);
  }

  protected override beat(): void {
    // The allowance has the heartbeat.
  }

  protected override keep({ actual }: Note): void {
    this.#allowance.keep(this, actual.amount);
  }

  protected override settle({ actual, details }: Note): Promise<Settlement> {
    const { id: reservationId } = this.grant;
    const fitted = fitDetails(details);
    this.#allowance.settle(this, actual.amount, fitted);
    reportChanged(fitted, this.grant, this.#notify);
    const idempotencyKey = this.#idempotencyKey;
    const via = "allowance";
    const state = "committed";
    return Promise.resolve({ state, reservationId, actual, charged: actual, idempotencyKey, via });
  }

  protected override settleAgain(): Promise<FailedCommit> {
    // The state asks for this only after a commit whose fate is unknown. A draw has none.
    return Promise.reject(new Error("a draw is settled in this process"));
  }

  protected override free(): Promise<CyclesError | undefined> {
    this.#allowance.free(this);
    return Promise.resolve(undefined);
  }

  protected override confirmed(settlement: Settlement): Settlement {
    return settlement;
  }

  protected override ended(outcome: GuardOutcome): void {
    this.#allowance.ended(this, outcome);
  }
}
