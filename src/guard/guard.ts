import { operations } from "../../generated/operations.js";
import type { components } from "../../generated/paths.js";
import { type Amount, checkAmount } from "../amount.js";
import { CyclesError, CyclesValidationError } from "../errors.js";
import { Eventually } from "../eventually.js";
import type { Notice } from "../notices.js";
import type { Settlement, Unsettled } from "../settlement/settlement.js";
import type { Settler } from "../settlement/settler.js";
import { type NewSpend, type SpendDetails, toSpend } from "../settlement/spend.js";
import { perform } from "../wire/call.js";
import { GuardStateError, HeartbeatFailedError } from "./errors.js";
import { Heartbeat, type HeartbeatPolicy } from "./heartbeat.js";
import type { Observed } from "./lease/observed.js";
import type { Held } from "./reservation.js";
import { allowsTool, type Caps } from "./tools.js";

/** Where a guard stands. The last four are final. */
export type GuardState =
  "open" | "committing" | "releasing" | "committed" | "queued" | "released" | "lost";

/** How a guard ended. */
export type GuardOutcome =
  | Settlement
  | { readonly state: "released" }
  | { readonly state: "lost"; readonly error?: CyclesError };

/** What a guard is made from, once the reservation has been granted. */
export interface Grant {
  readonly held: Held;
  readonly settler: Settler;
  readonly request: components["schemas"]["ReservationCreateRequest"];
  readonly reservation: components["schemas"]["ReservationCreateResponse"];
  readonly observed: Observed;
  readonly heartbeat: HeartbeatPolicy;
  readonly signal: AbortSignal | undefined;
}

/** Reports guards that were forgotten while open, and ends their heartbeats; the lease lapses by itself. */
const forgotten =
  typeof FinalizationRegistry === "undefined"
    ? undefined
    : new FinalizationRegistry<{ held: Held; heartbeat: Heartbeat }>(({ held, heartbeat }) => {
        heartbeat.stop();
        if (held.open) held.settings.notify({ type: "guard_dropped", reservationId: held.id });
      });

/**
 * A reservation as an object: budget is held for one piece of work until it is committed, released or closed.
 * A heartbeat keeps the lease alive meanwhile. Made by `client.reserve(…)`.
 *
 * @example
 * ```ts
 * import { CyclesClient, usd } from "cycles-client";
 * const cycles = new CyclesClient();
 * await using guard = await cycles.reserve({
 *   action: { kind: "llm.completion", name: "gpt-4o-mini" },
 *   estimate: usd("0.02"),
 * });
 * // … the work …
 * guard.setActual(usd("0.013")); // committed when the block ends; without it, released
 * ```
 */
export class Guard implements AsyncDisposable {
  /** The answer of the server, as it came. */
  readonly reservation: components["schemas"]["ReservationCreateResponse"];
  /** The request as it was sent, with subject defaults and idempotency key filled in. */
  readonly request: components["schemas"]["ReservationCreateRequest"];
  readonly #held: Held;
  readonly #settler: Settler;
  readonly #heartbeat: Heartbeat;
  readonly #policy: HeartbeatPolicy;
  readonly #callerSignal: AbortSignal | undefined;
  #signal: AbortSignal | undefined;
  #state: GuardState = "open";
  #noted: (SpendDetails & { actual: Amount }) | undefined;
  /** The work has happened: nothing may release the reservation any more. */
  #committedOnce = false;
  /** The commit that the ledger does not have, as far as is known, and why. */
  #unsettled:
    { readonly spend: NewSpend; readonly error: CyclesError; readonly kept: boolean } | undefined;
  /** The commit or release that is under way, or was last. */
  #inFlight: Promise<unknown> | undefined;
  readonly #outcome = new Eventually<GuardOutcome>();

  /** @internal */
  constructor({ held, settler, request, reservation, observed, heartbeat, signal }: Grant) {
    this.reservation = reservation;
    this.request = request;
    this.#held = held;
    this.#settler = settler;
    this.#policy = heartbeat;
    this.#callerSignal = signal;
    this.#heartbeat = new Heartbeat(held, heartbeat, observed);
    forgotten?.register(this, { held, heartbeat: this.#heartbeat }, this);
  }

  /** The id of the reservation. */
  get id(): string {
    return this.#held.id;
  }

  /** Limits that come with `ALLOW_WITH_CAPS`; undefined where there are none. */
  get caps(): Caps | undefined {
    return this.reservation.caps;
  }

  get state(): GuardState {
    return this.#state;
  }

  /** Resolves, and never rejects, when the guard reaches a final state. */
  get settled(): Promise<GuardOutcome> {
    return this.#outcome.promise;
  }

  /** When the lease ends, in epoch milliseconds on the server's clock; each extension moves it. */
  get expiresAt(): number {
    return this.#held.expiresAt;
  }

  /** Hand it to the work: aborted with the signal of the reserve, and, under the policy `"cancel"`, when the lease is lost. */
  get signal(): AbortSignal {
    if (this.#signal === undefined) {
      const own = (this.#held.controller ??= new AbortController()).signal;
      this.#signal =
        this.#callerSignal === undefined ? own : AbortSignal.any([own, this.#callerSignal]);
    }
    return this.#signal;
  }

  /** The spend that was noted last; undefined where none was. */
  get actual(): Amount | undefined {
    return this.#noted?.actual;
  }

  /** Whether the caps let a tool be used. */
  allowsTool(name: string): boolean {
    return allowsTool(this.caps, name);
  }

  /**
   * Notes the total spent so far, in place of what was noted before. It is committed when the guard closes.
   *
   * @throws {@link CyclesValidationError} for an amount in another unit than the reservation's, or no amount at all;
   * {@link GuardStateError} on a guard that has ended.
   */
  setActual(actual: Amount, details: SpendDetails = {}): void {
    this.#mustBeOpen("note a spend");
    this.#check(actual);
    this.#noted = { actual, ...details };
  }

  /**
   * Records what the work cost, by default what was noted, and ends the guard. Answers `committed`, or `queued`
   * where the ledger cannot be reached now and the spend goes on being tried.
   *
   * A refusal that the server understood is thrown and leaves the guard open: it can be committed again, with
   * another amount. It cannot be released any more, for the work has happened.
   *
   * @throws {@link GuardStateError} on a guard that has ended, {@link CyclesValidationError} for a bad amount,
   * {@link BudgetDeniedError} and others where the server refuses, {@link HeartbeatFailedError} under the policy `"fail"`.
   */
  async commit(
    actual: Amount | undefined = this.#noted?.actual,
    details: SpendDetails = this.#noted ?? {},
  ): Promise<Settlement> {
    this.#mustBeOpen("commit");
    if (actual === undefined) {
      throw new CyclesValidationError("The commit", [
        {
          path: "actual",
          message: "is required: pass it, or note it with guard.setActual(…) before",
        },
      ]);
    }
    this.#check(actual);
    const spend = this.#toSpend(actual, details);
    this.#state = "committing";
    this.#committedOnce = true;
    this.#heartbeat.pause();
    const settling = this.#settler.settle(spend);
    this.#inFlight = settling;
    const settlement = await settling;
    if (settlement.state === "unsettled") {
      this.#refused(spend, settlement);
      throw settlement.error;
    }
    this.#end(settlement);
    const { failure, id } = this.#held;
    if (this.#policy === "fail" && failure) throw new HeartbeatFailedError(id, settlement, failure);
    return settlement;
  }

  /**
   * Gives the budget back: the work will not happen. On a guard that has ended this does nothing.
   *
   * @throws {@link GuardStateError} after a commit was tried, and the error of the server where it cannot be
   * released; the lease then lapses by itself, or `release` is called again.
   */
  async release(reason?: string): Promise<void> {
    if (this.#isFinal()) return;
    if (this.#state === "releasing") {
      await this.idle();
      return;
    }
    if (this.#committedOnce) {
      throw new GuardStateError(
        `Reservation ${this.id} cannot be released after a commit was tried: the work has happened, and its cost must stay reserved. Commit again`,
        this.id,
      );
    }
    this.#heartbeat.stop();
    const { settings, send, traceId } = this.#held;
    this.#state = "releasing";
    const releasing = perform(settings, send, {
      operation: operations.releaseReservation,
      path: { reservation_id: this.id },
      body: reason === undefined ? {} : { reason },
      traceId,
    });
    this.#inFlight = releasing;
    try {
      await releasing;
    } catch (error) {
      this.#state = "open";
      if (!(error instanceof CyclesError) || error.code !== "RESERVATION_EXPIRED") throw error;
      // It has lapsed: the budget is free already.
      this.#end({ state: "lost", error });
      return;
    }
    settings.notify({ type: "released", reservationId: this.id, reason });
    this.#end({ state: "released" });
  }

  /**
   * Extends the lease by `ms` milliseconds from its present end; the heartbeat goes on from there. The server may
   * grant less.
   *
   * @throws {@link GuardStateError} on a guard that has ended, {@link ReservationStateError} where the lease is
   * over or out of extensions, and the errors of any other call. (Protocol: extendReservation.)
   */
  async extend(ms: number): Promise<components["schemas"]["ReservationExtendResponse"]> {
    this.#mustBeOpen("extend");
    return this.#heartbeat.extend(ms);
  }

  /** Ends the guard: commits what was noted, else releases. A guard that has ended stays as it is. */
  async close(): Promise<void> {
    await this.idle();
    if (this.#isFinal()) return;
    if (this.#noted !== undefined) {
      await this.commit();
    } else if (this.#committedOnce) {
      this.#giveUp();
    } else {
      await this.#releaseQuietly();
    }
  }

  /** {@link Guard.close}, for `await using`. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /**
   * Resolves when no commit or release is under way.
   * @internal
   */
  async idle(): Promise<void> {
    try {
      await this.#inFlight;
    } catch {
      // Whoever asked for it has been told.
    }
  }

  /**
   * Ends the guard without a word to the server: the reservation lapses by itself.
   * @internal
   */
  abandon(error?: CyclesError): void {
    if (!this.#isFinal()) this.#end({ state: "lost", ...(error && { error }) });
  }

  /**
   * Hands a notice about this guard to the client's observers.
   * @internal
   */
  report(notice: Notice): void {
    this.#held.settings.notify(notice);
  }

  /**
   * Says that a known spend is not in the ledger, and why.
   * @internal
   */
  reportUnsettled(
    actual: Amount,
    error: CyclesError,
    idempotencyKey = error.idempotencyKey ?? "",
  ): void {
    const kept = this.#unsettled?.error === error && this.#unsettled.kept;
    const spend = { reservationId: this.id, actual, idempotencyKey };
    this.report({ type: "settlement_failed", ...spend, kept, error });
  }

  /** The budget comes back with the lease in any case, so a failed release is no reason to fail the work. */
  async #releaseQuietly(): Promise<void> {
    try {
      await this.release();
    } catch (error) {
      if (!(error instanceof CyclesError)) throw error;
      this.#held.settings.notify({ type: "release_failed", reservationId: this.id, error });
      this.abandon(error);
    }
  }

  /**
   * Another commit of the amount whose fate is unknown is a repeat, with the key and the details of the first: with
   * others, the spend could be recorded twice.
   */
  #toSpend(actual: Amount, { metrics, metadata }: SpendDetails): NewSpend {
    const { settings, id, traceId } = this.#held;
    if (this.#unsettled?.error.retryable === true) {
      const { spend } = this.#unsettled;
      if (spend.actual.amount === actual.amount) return spend;
    }
    return toSpend(settings, {
      reservationId: id,
      reserved: this.request,
      actual,
      idempotencyKey: crypto.randomUUID(),
      traceId,
      ...(metrics && { metrics }),
      ...(metadata && { metadata }),
    });
  }

  #refused(spend: NewSpend, { error, kept }: Unsettled): void {
    this.#noted = undefined;
    this.#unsettled = { spend, error, kept };
    this.#state = "open";
    // Nobody can commit it any more: it is another's, or it is over.
    if (error.code === "RESERVATION_FINALIZED" || error.code === "NOT_FOUND") this.abandon(error);
    else this.#heartbeat.resume();
  }

  /** Closing without another amount: the refused spend stays out of the ledger, which somebody has to see. */
  #giveUp(): void {
    const { spend, error } = this.#unsettled ?? {};
    if (spend && error) this.reportUnsettled(spend.actual, error, spend.idempotencyKey);
    this.abandon(error);
  }

  #end(outcome: GuardOutcome): void {
    this.#state = outcome.state;
    this.#held.open = false;
    this.#heartbeat.stop();
    this.#noted = undefined;
    forgotten?.unregister(this);
    this.#outcome.resolve(outcome);
  }

  #isFinal(): boolean {
    return !["open", "committing", "releasing"].includes(this.#state);
  }

  #mustBeOpen(verb: string): void {
    if (this.#state === "open") return;
    const state =
      { committing: "being committed", releasing: "being released" }[this.#state as string] ??
      this.#state;
    throw new GuardStateError(`Cannot ${verb}: reservation ${this.id} is ${state}`, this.id);
  }

  #check(actual: Amount): void {
    const { unit } = checkAmount(actual);
    const reserved = this.request.estimate.unit;
    if (unit === reserved) return;
    throw new CyclesValidationError("The actual", [
      {
        path: "actual.unit",
        message: `must be ${reserved}, the unit of the reservation, not ${unit}`,
      },
    ]);
  }
}
