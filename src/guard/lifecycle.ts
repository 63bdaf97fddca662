import type { components } from "../../generated/paths.js";
import type { Amount } from "../amount.js";
import { thrownText } from "../callback.js";
import { CyclesError } from "../errors.js";
import { Deferred } from "../deferred.js";
import { redactorOf } from "../secrets.js";
import { fitDetails, type SpendDetails } from "../settlement/details.js";
import type { Settlement, Unsettled } from "../settlement/settlement.js";
import { type NewSpend, toSpend } from "../settlement/spend.js";
import { checkActual } from "./actual.js";
import type { GuardContext, OpenGuard } from "./context.js";
import { GuardStateError, HeartbeatFailedError } from "./errors.js";
import { Heartbeat, type HeartbeatPolicy } from "./heartbeat.js";
import type { Observed } from "./lease/observed.js";
import { release } from "./release.js";
import type { Held } from "./reservation.js";
import {
  type Effect,
  type GuardEvent,
  type GuardOutcome,
  next,
  type Note,
  type State,
} from "./state.js";
import type { WebAbortSignal } from "../web.js";

/** What a guard is made from, once the reservation was granted. */
export interface Grant {
  readonly held: Held;
  /** The request as JSON text, as it was sent: nothing can have changed it since. */
  readonly sent: string;
  readonly estimate: Amount;
  readonly reservation: components["schemas"]["ReservationCreateResponse"];
  readonly observed: Observed;
  readonly heartbeat: HeartbeatPolicy;
  readonly signal: WebAbortSignal | undefined;
}

/** Tells a life that the program has dropped its guard. */
const dropped =
  typeof FinalizationRegistry === "undefined"
    ? undefined
    : new FinalizationRegistry<Lifecycle>((lifecycle) => {
        lifecycle.collected();
      });

/**
 * The life of one guard: its state, and the effects that `next` asks for. It does not know the guard itself, so that
 * a guard that the program has dropped can be collected.
 */
export class Lifecycle implements OpenGuard {
  readonly grant: Grant;
  readonly #context: GuardContext;
  readonly #heartbeat: Heartbeat;
  #state: State = { kind: "open" };
  /** The commit that is under way, or was last; never rejects. */
  #settling: Promise<Settlement | Unsettled> | undefined;
  /** The release that is under way, or was last: resolves to its failure. */
  #releasing: Promise<CyclesError | undefined> | undefined;
  #closing: Promise<void> | undefined;
  readonly #outcome = new Deferred<GuardOutcome>();

  constructor(context: GuardContext, grant: Grant) {
    this.#context = context;
    this.grant = grant;
    this.#heartbeat = new Heartbeat(grant.held, grant.heartbeat, grant.observed);
    context.open.add(this);
  }

  /** @param guard through it the program holds on to this life */
  watch(guard: object): void {
    dropped?.register(guard, this, this);
  }

  get id(): string {
    return this.grant.held.id;
  }

  get state(): State {
    return this.#state;
  }

  /** What was noted last; `undefined` if there is nothing, or it was committed. */
  get noted(): Note | undefined {
    return this.#state.kind === "noted" ? this.#state.note : undefined;
  }

  /** The spend that a commit without an amount means. */
  get spend(): { readonly actual: Amount } | undefined {
    return this.#state.kind === "unknown" ? this.#state.failed.spend : this.noted;
  }

  /** Resolves, and never rejects, when the guard has ended. */
  get settled(): Promise<GuardOutcome> {
    return this.#outcome.promise;
  }

  note(actual: Amount, details: SpendDetails | undefined): void {
    this.#dispatch({ type: "note", note: this.#checked("note", actual, details) });
  }

  /** @param last whether the guard ends if the commit fails */
  commit(
    actual: Amount | undefined,
    details: SpendDetails | undefined,
    last = false,
  ): Promise<Settlement> {
    return reported(this.#commit(actual, details, last));
  }

  release(reason: string | undefined): Promise<void> {
    return reported(this.#askRelease(reason));
  }

  async extend(ms: number): Promise<components["schemas"]["ReservationExtendResponse"]> {
    this.#dispatch({ type: "extend" });
    return this.#heartbeat.extend(ms);
  }

  /** However often it is called, the guard is closed once. */
  close(): Promise<void> {
    return (this.#closing ??= reported(this.#close()));
  }

  /** The work is done, and its cost cannot be found out. */
  costUnknown(error: CyclesError): void {
    this.#dispatch({ type: "cost_unknown", error });
  }

  /** The program has dropped the guard. */
  collected(): void {
    this.#dispatch({ type: "collected" });
  }

  clientClosed(): void {
    this.#dispatch({ type: "client_closed" });
  }

  /** Resolves when no commit and no release is under way. */
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

  async #askRelease(reason: string | undefined): Promise<void> {
    if (this.#state.kind === "ended") return;
    const isUnderWay = this.#state.kind === "releasing";
    this.#dispatch({ type: "release", reason });
    const failure = await this.#releasing;
    if (failure !== undefined && !isUnderWay && failure.code !== "RESERVATION_EXPIRED")
      throw failure;
  }

  async #close(): Promise<void> {
    const isCommitted = ["noted", "unknown"].includes(this.#state.kind);
    this.#dispatch({ type: "close" });
    await this.idle();
    if (isCommitted) this.#committed(await this.#settling);
  }

  #committed(result: Settlement | Unsettled | undefined): Settlement {
    if (result === undefined) throw new Error("no commit is under way");
    if (result.state === "unsettled") throw result.error;
    const { heartbeat, held } = this.grant;
    if (heartbeat === "fail" && held.failure) {
      const { apiKey, headers } = held.settings;
      const shown = redactorOf(apiKey, headers).value(result);
      throw new HeartbeatFailedError(held.id, shown, held.failure);
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

  #dispatch(event: GuardEvent): void {
    const { state, effects } = next(this.id, this.#state, event);
    this.#state = state;
    for (const effect of effects) this.#perform(effect);
  }

  #perform(effect: Effect): void {
    switch (effect.do) {
      case "settle":
        this.#settling = this.#settle(effect.note);
        break;
      case "settle_again":
        this.#settling = this.#send(effect.spend);
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
        dropped?.unregister(this);
        this.#outcome.resolve(effect.outcome);
        break;
      case "refuse":
        throw new GuardStateError(effect.message, this.id);
      default:
        effect satisfies never;
    }
  }

  /** The spend is fixed as text here and now: what the caller changes later does not reach it. */
  #settle(note: Note): Promise<Settlement | Unsettled> {
    let spend: NewSpend;
    try {
      spend = this.#write(note);
    } catch (cause) {
      // A clock of the user's, say, that throws.
      const message = `The commit of reservation ${this.id} could not be written: ${thrownText(cause)}`;
      const error = new CyclesError(message, { code: "UNEXPECTED", cause });
      this.#dispatch({ type: "not_sent", note, error });
      return Promise.resolve({ state: "unsettled", fate: "refused", error, kept: false });
    }
    return this.#send(spend);
  }

  #write({ actual, details }: Note): NewSpend {
    const { settings } = this.#context;
    const { held, sent } = this.grant;
    const fitted = fitDetails(details);
    if (fitted.changed.length > 0) {
      settings.notify({ type: "details_changed", reservationId: held.id, fields: fitted.changed });
    }
    return toSpend(settings, {
      reservationId: held.id,
      reserved: sent,
      actual,
      idempotencyKey: crypto.randomUUID(),
      traceId: held.traceId,
      details: fitted,
    });
  }

  async #send(spend: NewSpend): Promise<Settlement | Unsettled> {
    const result = await this.#context.settler.settle(spend);
    if (result.state === "unsettled")
      this.#dispatch({ type: "unsettled", failed: { spend, because: result } });
    else this.#dispatch({ type: "settled", settlement: result });
    return result;
  }

  async #release(reason: string | undefined): Promise<CyclesError | undefined> {
    const { id, traceId } = this.grant.held;
    const error = await release(this.#context, id, { reason, traceId });
    this.#dispatch(error ? { type: "release_failed", error } : { type: "released" });
    return error;
  }
}

/**
 * Marks a rejection as seen: the state keeps the failure, and a notice says it if the guard ends with it, so a
 * promise that the caller drops need not end the process.
 */
function reported<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => undefined);
  return promise;
}
