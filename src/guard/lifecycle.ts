import type { ReservationExtendResponse } from "../../generated/paths.js";
import type { Amount } from "../amount.js";
import { thrownText } from "../callback.js";
import { Deferred } from "../deferred.js";
import { CyclesError } from "../errors.js";
import type { Notify } from "../notices.js";
import type { SpendDetails } from "../settlement/details.js";
import type { Settlement, Unsettled } from "../settlement/settlement.js";
import type { Spend } from "../settlement/spend.js";
import type { WebAbortSignal } from "../web.js";
import { checkActual } from "./actual.js";
import { GuardStateError } from "./errors.js";
import type { Grant } from "./grant.js";
import { next } from "./state.js";
import type { Effect, FailedCommit, GuardEvent, GuardOutcome, Note, State } from "./transition.js";

/** Notifies a lifecycle when its guard has been garbage-collected. */
const collector =
  typeof FinalizationRegistry === "undefined"
    ? undefined
    : new FinalizationRegistry<Lifecycle>((lifecycle) => {
        lifecycle.collected();
      });

/**
 * The lifecycle of one guard: holds its state, and performs the effects that `next` returns. What
 * holds the budget, a reservation or an allowance, says how it is settled and freed.
 *
 * It does not reference the guard, so that a guard that the program has dropped can be collected.
 */
export abstract class Lifecycle {
  readonly grant: Grant;
  readonly #notify: Notify;
  #state: State = { kind: "open" };
  /** The current or last commit. Never rejects. */
  #settling: Promise<Settlement | Unsettled> | undefined;
  /** The current or last release. Resolves to its error, if it failed. */
  #releasing: Promise<CyclesError | undefined> | undefined;
  #closing: Promise<void> | undefined;
  readonly #outcome = new Deferred<GuardOutcome>();

  constructor(grant: Grant, notify: Notify) {
    this.grant = grant;
    this.#notify = notify;
  }

  /** When the lease ends, in epoch milliseconds on the server's clock. */
  abstract get expiresAt(): number;

  /** Whether the lease still holds budget, as far as the client knows. */
  abstract get isLeased(): boolean;

  /** Aborted when the lease is lost, under the policy `"cancel"`. */
  protected abstract get leaseSignal(): WebAbortSignal;

  /** Extends the lease by `ms` milliseconds. */
  protected abstract lengthen(ms: number): Promise<ReservationExtendResponse>;

  /** Whether the heartbeat runs, waits for a commit or a release, or is over. */
  protected abstract beat(mode: "pause" | "resume" | "stop"): void;

  /** Called when a spend was noted. */
  protected abstract keep(note: Note): void;

  /**
   * Records a spend. It copies the note before it returns, so that later changes to the caller's
   * objects have no effect. Throws if the spend cannot be prepared. The promise never rejects.
   */
  protected abstract settle(note: Note): Promise<Settlement | FailedCommit>;

  /** Sends the same spend again, with the same key and the same bytes. Never rejects. */
  protected abstract settleAgain(spend: Spend): Promise<Settlement | FailedCommit>;

  /** Frees the budget. Resolves to the error if that fails. */
  protected abstract free(reason: string | undefined): Promise<CyclesError | undefined>;

  /** Returns what a commit of the caller resolves to. May throw, although the spend is recorded. */
  protected abstract confirmed(settlement: Settlement): Settlement;

  /** Called when the guard has ended. */
  protected abstract ended(outcome: GuardOutcome): void;

  /** Watches for the garbage collection of `guard`. */
  watch(guard: object): void {
    collector?.register(guard, this, this);
  }

  get id(): string {
    return this.grant.id;
  }

  /** Aborted with the signal of the lease and with that of the caller. */
  get signal(): WebAbortSignal {
    const signal = this.leaseSignal;
    return this.grant.signal === undefined ? signal : AbortSignal.any([signal, this.grant.signal]);
  }

  get state(): State {
    return this.#state;
  }

  /** The last note; `undefined` if there is none, or if it was committed. */
  get noted(): Note | undefined {
    return this.#state.kind === "noted" ? this.#state.note : undefined;
  }

  /** The spend that a commit without an amount commits. */
  get spend(): { readonly actual: Amount } | undefined {
    return this.#state.kind === "unknown" ? this.#state.failed.spend : this.noted;
  }

  /** Resolves, and never rejects, when the guard has ended. */
  get settled(): Promise<GuardOutcome> {
    return this.#outcome.promise;
  }

  note(actual: Amount, details: SpendDetails | undefined): void {
    this.#dispatch({ type: "note", note: this.#checked("note", actual, details) });
    if (this.noted !== undefined) this.keep(this.noted);
  }

  /** @param last whether the guard ends even if the commit fails */
  commit(
    actual: Amount | undefined,
    details: SpendDetails | undefined,
    last = false,
  ): Promise<Settlement> {
    return handled(this.#commit(actual, details, last));
  }

  release(reason: string | undefined): Promise<void> {
    return handled(this.#requestRelease(reason));
  }

  async extend(ms: number): Promise<ReservationExtendResponse> {
    this.#dispatch({ type: "extend" });
    return this.lengthen(ms);
  }

  /** All calls return the same promise. In the mode `observe`, only notices report failures. */
  close(): Promise<void> {
    if (this.#closing === undefined) {
      const closing = handled(this.#close());
      this.#closing = this.grant.observes ? closing.catch(() => undefined) : closing;
    }
    return this.#closing;
  }

  /** The work is done, and its cost cannot be determined. */
  costUnknown(error: CyclesError): void {
    this.#dispatch({ type: "cost_unknown", error });
  }

  /** The guard was garbage-collected. */
  collected(): void {
    this.#dispatch({ type: "collected" });
  }

  clientClosed(): void {
    this.#dispatch({ type: "client_closed" });
  }

  /** Resolves when no commit and no release is in progress. */
  async idle(): Promise<void> {
    while (this.#state.kind === "committing" || this.#state.kind === "releasing") {
      await this.#settling;
      await this.#releasing;
    }
  }

  async #commit(
    actual: Amount | undefined,
    details: SpendDetails | undefined,
    last: boolean,
  ): Promise<Settlement> {
    const note = this.#checked("commit", actual, details);
    this.#dispatch({ type: "commit", note, last });
    return this.#committed(await this.#settling);
  }

  async #requestRelease(reason: string | undefined): Promise<void> {
    if (this.#state.kind === "ended") return;
    const isInProgress = this.#state.kind === "releasing";
    this.#dispatch({ type: "release", reason });
    const failure = await this.#releasing;
    if (failure !== undefined && !isInProgress && failure.code !== "RESERVATION_EXPIRED")
      throw failure;
  }

  async #close(): Promise<void> {
    const isCommitted = ["noted", "unknown"].includes(this.#state.kind);
    this.#dispatch({ type: "close" });
    await this.idle();
    if (isCommitted) this.#committed(await this.#settling);
  }

  #committed(result: Settlement | Unsettled | undefined): Settlement {
    if (result === undefined) throw new Error("no commit is in progress");
    if (result.state === "unsettled") throw result.error;
    return this.confirmed(result);
  }

  #checked(
    where: "note" | "commit",
    actual: Amount | undefined,
    details: SpendDetails | undefined,
  ): Note {
    try {
      return { actual: checkActual(actual, this.grant.estimate.unit), details };
    } catch (error) {
      this.#dispatch({ type: "invalid_amount", in: where });
      throw error;
    }
  }

  #dispatch(guardEvent: GuardEvent): void {
    const { state, effects } = next(this.id, this.#state, guardEvent);
    this.#state = state;
    for (const effect of effects) this.#perform(effect);
  }

  #perform(effect: Effect): void {
    switch (effect.do) {
      case "settle":
        this.#settling = this.#settle(effect.note);
        break;
      case "settle_again":
        this.#settling = this.#follow(this.settleAgain(effect.spend));
        break;
      case "release":
        this.#releasing = this.#release(effect.reason);
        break;
      case "pause_heartbeat":
        this.beat("pause");
        break;
      case "resume_heartbeat":
        this.beat("resume");
        break;
      case "stop_heartbeat":
        this.beat("stop");
        break;
      case "notify":
        this.#notify(effect.notice);
        break;
      case "end":
        collector?.unregister(this);
        this.ended(effect.outcome);
        this.#outcome.resolve(effect.outcome);
        break;
      case "refuse":
        throw new GuardStateError(effect.message, this.id);
      default:
        effect satisfies never;
    }
  }

  #settle(note: Note): Promise<Settlement | Unsettled> {
    let settling: Promise<Settlement | FailedCommit>;
    try {
      settling = this.settle(note);
    } catch (cause) {
      // For example, a user's clock can throw.
      const message = `The commit of reservation ${this.id} could not be prepared: ${thrownText(cause)}`;
      const error = new CyclesError(message, { code: "UNEXPECTED", cause });
      this.#dispatch({ type: "not_sent", note, error });
      return Promise.resolve({ state: "unsettled", fate: "refused", error, kept: false });
    }
    return this.#follow(settling);
  }

  async #follow(settling: Promise<Settlement | FailedCommit>): Promise<Settlement | Unsettled> {
    const result = await settling;
    if ("because" in result) {
      this.#dispatch({ type: "unsettled", failed: result });
      return result.because;
    }
    this.#dispatch({ type: "settled", settlement: result });
    return result;
  }

  async #release(reason: string | undefined): Promise<CyclesError | undefined> {
    const error = await this.free(reason);
    this.#dispatch(error ? { type: "release_failed", error } : { type: "released" });
    return error;
  }
}

/**
 * Marks a rejection as handled, so that a promise that the caller drops does not end the process.
 * The state keeps the failure, and if the guard ends with it, a notice reports it.
 */
function handled<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => undefined);
  return promise;
}
