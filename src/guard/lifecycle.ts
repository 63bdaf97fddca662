import type { WebAbortSignal } from "../web.js";
import type { ReservationExtendResponse } from "../../generated/paths.js";
import type { Amount } from "../amount.js";
import { thrownText } from "../callback.js";
import { CyclesError } from "../errors.js";
import { Deferred } from "../deferred.js";
import { redactorOf } from "../secrets.js";
import type { SpendDetails } from "../settlement/details.js";
import type { Settlement, Unsettled } from "../settlement/settlement.js";
import type { NewSpend } from "../settlement/spend.js";
import { checkActual } from "./actual.js";
import type { GuardContext, OpenGuard } from "./context.js";
import { GuardStateError, HeartbeatFailedError } from "./errors.js";
import type { Grant } from "./grant.js";
import { Heartbeat } from "./heartbeat.js";
import type { HeartbeatPolicy } from "./heartbeat-failure.js";
import type { Observed } from "./lease/observed.js";
import { release } from "./release.js";
import { Spends } from "./spends.js";
import { next } from "./state.js";
import type { Effect, GuardEvent, GuardOutcome, Note, State } from "./transition.js";

/** Notifies a lifecycle when its guard has been garbage-collected. */
const collector =
  typeof FinalizationRegistry === "undefined"
    ? undefined
    : new FinalizationRegistry<Lifecycle>((lifecycle) => {
        lifecycle.collected();
      });

/**
 * The lifecycle of one guard: holds its state, and performs the effects that `next` returns.
 *
 * It does not reference the guard, so that a guard that the program has dropped can be collected.
 */
export class Lifecycle implements OpenGuard {
  readonly grant: Grant;
  readonly #context: GuardContext;
  readonly #heartbeat: Heartbeat;
  readonly #spends: Spends;
  #state: State = { kind: "open" };
  /** The current or last commit. Never rejects. */
  #settling: Promise<Settlement | Unsettled> | undefined;
  /** The current or last release. Resolves to its error, if it failed. */
  #releasing: Promise<CyclesError | undefined> | undefined;
  #closing: Promise<void> | undefined;
  readonly #outcome = new Deferred<GuardOutcome>();

  constructor(context: GuardContext, grant: Grant, policy: HeartbeatPolicy, observed: Observed) {
    this.#context = context;
    this.grant = grant;
    this.#heartbeat = new Heartbeat(context, grant, policy, observed);
    this.#spends = new Spends(context.settings, grant, context.settler.log);
    context.open.add(this);
  }

  /** Watches for the garbage collection of `guard`. */
  watch(guard: object): void {
    collector?.register(guard, this, this);
  }

  get id(): string {
    return this.grant.id;
  }

  /** When the lease ends, in epoch milliseconds on the server's clock. */
  get expiresAt(): number {
    return this.#heartbeat.expiresAt;
  }

  /** Aborted with the caller's signal and, under the policy `"cancel"`, when the lease is lost. */
  get signal(): WebAbortSignal {
    const { signal } = this.#heartbeat;
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
    this.#context.settler.log?.note(this.id, () => this.#spends.toLog(this.noted, this.expiresAt));
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
    return this.#heartbeat.extend(ms);
  }

  /** All calls return the same promise. */
  close(): Promise<void> {
    return (this.#closing ??= handled(this.#close()));
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
    const { policy, failure } = this.#heartbeat;
    if (policy === "fail" && failure) {
      const { apiKey, headers } = this.#context.settings;
      const shown = redactorOf(apiKey, headers).value(result);
      throw new HeartbeatFailedError(this.id, shown, failure);
    }
    return result;
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
        this.#settling = this.#send(effect.spend, true);
        break;
      case "release":
        this.#releasing = this.#release(effect.reason);
        break;
      case "pause_heartbeat":
        this.#heartbeat.pause();
        break;
      case "resume_heartbeat":
        this.#heartbeat.resume();
        break;
      case "stop_heartbeat":
        this.#heartbeat.stop();
        break;
      case "notify":
        this.#context.settings.notify(effect.notice);
        break;
      case "end":
        this.#context.open.delete(this);
        collector?.unregister(this);
        this.#outcome.resolve(effect.outcome);
        break;
      case "refuse":
        throw new GuardStateError(effect.message, this.id);
      default:
        effect satisfies never;
    }
  }

  /** Serialises the spend at once, so that later changes to the caller's objects have no effect. */
  #settle(note: Note): Promise<Settlement | Unsettled> {
    let spend: NewSpend;
    try {
      spend = this.#spends.toCommit(note);
    } catch (cause) {
      // For example, a user's clock can throw.
      const message = `The commit of reservation ${this.id} could not be prepared: ${thrownText(cause)}`;
      const error = new CyclesError(message, { code: "UNEXPECTED", cause });
      this.#dispatch({ type: "not_sent", note, error });
      return Promise.resolve({ state: "unsettled", fate: "refused", error, kept: false });
    }
    return this.#send(spend);
  }

  async #send(spend: NewSpend, isAgain = false): Promise<Settlement | Unsettled> {
    const result = await this.#context.settler.settle(spend, isAgain);
    if (result.state === "unsettled") {
      if (result.fate === "refused") this.#spends.refused();
      this.#dispatch({ type: "unsettled", failed: { spend, because: result } });
    } else this.#dispatch({ type: "settled", settlement: result });
    return result;
  }

  async #release(reason: string | undefined): Promise<CyclesError | undefined> {
    const { id, traceId, scopes } = this.grant;
    const error = await release(this.#context, id, { reason, traceId, scopes });
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
