import { operations } from "../../generated/operations.js";
import type { Action, ReservationCreateRequest } from "../../generated/paths.js";
import type { Amount } from "../amount.js";
import { Deferred } from "../deferred.js";
import { BudgetDeniedError, CyclesError } from "../errors.js";
import { unlessAborted } from "../guard/abandoned.js";
import { GuardStateError } from "../guard/errors.js";
import type { Grant } from "../guard/grant.js";
import type { Lifecycle } from "../guard/lifecycle.js";
import { bodyOf, type ReserveOptions } from "../guard/reserve.js";
import { settleFailed } from "../guard/run.js";
import type { ClientSource } from "../guard/source.js";
import type { GuardOutcome } from "../guard/transition.js";
import type { ReserveRequest } from "../params.js";
import type { FittedDetails } from "../settlement/details.js";
import type { WebAbortSignal } from "../web.js";
import { prepare } from "../wire/prepare.js";
import { exceeded } from "./denied.js";
import { DrawLifecycle, type DrawnFrom } from "./draw.js";
import {
  type Draws,
  freeDraw,
  growBy,
  knownOf,
  noteDraw,
  type OpenDraw,
  remainingOf,
  settleDraw,
  startDraw,
} from "./draws.js";
import { type Held, whyElsewhere } from "./elsewhere.js";
import type { Growth } from "./growth.js";
import type { Parts, Total } from "./parts.js";
import { DrawSummary } from "./summary.js";

/** A request that can draw on the allowance. */
interface Wanted {
  readonly by: ClientSource;
  readonly body: ReservationCreateRequest;
  /** The body as JSON text. */
  readonly sent: string;
  readonly signal: WebAbortSignal | undefined;
  /** Whether a denial is only reported. */
  readonly observes: boolean;
  /** Reserves at the authority instead, or treats a denial as if it came from there. */
  readonly elsewhere: (denial?: CyclesError) => Promise<Lifecycle>;
}

/** A draw under way, and the action that it is for. */
interface RunningDraw extends OpenDraw {
  readonly action: Action;
}

/**
 * The account of one allowance: decides about draws, and keeps their total.
 *
 * - Draws start until the work has thrown, or has returned and no draw is under way.
 * - After the total was settled, no draw can note or settle anything.
 */
export class Account implements DrawnFrom {
  readonly parts: Parts;
  readonly #context: ClientSource;
  readonly #held: Held;
  readonly #growth: Growth | undefined;
  readonly #summary = new DrawSummary();
  readonly #running = new Map<DrawLifecycle, RunningDraw>();
  #draws: Draws;
  /** The draws that wait until the allowance has grown. */
  #waiting = 0;
  #hasEnded = false;
  #hasSettled = false;
  #quiet: Deferred<void> | undefined;
  #hasReportedElsewhere = false;

  constructor(context: ClientSource, held: Held, parts: Parts, growth: Growth | undefined) {
    this.#context = context;
    this.#held = held;
    this.parts = parts;
    this.#growth = growth;
    const reserved = parts.newest.grant.estimate.amount;
    this.#draws = { reserved, held: 0, noted: 0, spent: 0 };
    // When the account is collected, the work can no longer draw or end.
    parts.newest.watch(this);
  }

  get remaining(): Amount {
    return this.#amount(remainingOf(this.#draws));
  }

  get spent(): Amount {
    return this.#amount(knownOf(this.#draws));
  }

  get #grant(): Grant {
    return this.parts.newest.grant;
  }

  /** Starts a draw, or reserves at the authority what the allowance cannot hold. */
  async reserve(
    by: ClientSource,
    request: ReserveRequest,
    options: ReserveOptions,
  ): Promise<Lifecycle> {
    by.begin();
    if (options.outside === true) return by.reserve(request, options);
    const { mode = this.#grant.observes ? "observe" : by.settings.mode, signal } = options;
    const elsewhere = (denial = options.denial) =>
      by.reserve(request, { ...options, mode, ...(denial && { denial }), outside: true });
    this.#mustTakeDraws();
    const body = bodyOf(by, request, request.idempotency_key ?? options.idempotencyKey);
    const { traceId } = this.#grant;
    const operation = operations.createReservation;
    const { http } = prepare(by.settings, { operation, body, options, traceId });
    const reason = whyElsewhere(this.#held, body);
    if (reason !== undefined) {
      this.#reportElsewhere(reason);
      return elsewhere();
    }
    if (options.denial !== undefined) return elsewhere();
    const observes = mode === "observe";
    const wanted = { by, body, sent: http.body ?? "", signal, observes, elsewhere };
    return this.#take(wanted) ?? this.#takeOnceGrown(wanted);
  }

  keep(draw: DrawLifecycle, noted: number): void {
    const running = this.#runningDraw(draw);
    this.#change(noteDraw(this.#draws, running, noted));
    this.#running.set(draw, { ...running, noted });
  }

  settle(draw: DrawLifecycle, actual: number, details: FittedDetails): void {
    const running = this.#runningDraw(draw);
    this.#change(settleDraw(this.#draws, running, actual));
    this.#summary.add(running.action, actual, details);
    this.#running.delete(draw);
  }

  free(draw: DrawLifecycle): void {
    const running = this.#running.get(draw);
    if (running !== undefined) this.#draws = freeDraw(this.#draws, running);
    this.#running.delete(draw);
  }

  ended(draw: DrawLifecycle, { state }: GuardOutcome): void {
    // A draw with an unknown cost has ended. No other draw gets what it held.
    if (state === "lost" && this.#running.delete(draw)) this.#summary.addUnknown();
    this.#settleDown();
  }

  /** Waits for the draws under way, and commits the total. */
  async end(result: unknown): Promise<void> {
    while (this.#isBusy) await (this.#quiet ??= new Deferred()).promise;
    this.#hasEnded = true;
    this.#hasSettled = true;
    await this.parts.settle(this.#total(), result);
  }

  /** Commits the total: at once, or when the last draw under way has ended. Never rejects. */
  async endFailed(): Promise<void> {
    this.#hasEnded = true;
    if (this.#isBusy) this.#context.background(this.#settleLater());
    else await this.#settleFailed();
  }

  async #settleLater(): Promise<void> {
    while (this.#isBusy) await (this.#quiet ??= new Deferred()).promise;
    await this.#settleFailed();
  }

  async #settleFailed(): Promise<void> {
    this.#hasSettled = true;
    await this.parts.settleFailed(this.#total());
  }

  /**
   * Takes the estimate of a draw from what is left; undefined if that is too little. It starts the
   * draw at once, so that an allowance that ends in the meantime waits for it.
   */
  #take(wanted: Wanted): Lifecycle | Promise<Lifecycle> | undefined {
    const { by, body, sent, signal, observes, elsewhere } = wanted;
    if (signal?.aborted === true) throw signal.reason;
    if (!this.parts.isLeased) return elsewhere();
    const { estimate, action, idempotency_key: idempotencyKey } = body;
    const started = startDraw(this.#draws, estimate.amount);
    if (started === undefined) return undefined;
    this.#draws = started;
    const grant = { ...this.#grant, sent, action, estimate, signal, observes };
    const draw = new DrawLifecycle(this, grant, idempotencyKey, by.settings.notify);
    this.#running.set(draw, { estimate: estimate.amount, noted: 0, action });
    return draw;
  }

  /** Takes the estimate of a draw when the allowance has grown. */
  async #takeOnceGrown(wanted: Wanted): Promise<Lifecycle> {
    this.#waiting += 1;
    try {
      for (;;) {
        const denial = await this.#grow(wanted);
        this.#mustTakeDraws();
        const taken = denial === undefined ? this.#take(wanted) : wanted.elsewhere(denial);
        if (taken !== undefined) return await taken;
      }
    } finally {
      this.#waiting -= 1;
      this.#settleDown();
    }
  }

  /** Makes the allowance grow. Throws the denial if that fails; returns it if it is only observed. */
  async #grow({ body, signal, observes }: Wanted): Promise<CyclesError | undefined> {
    const asked = body.estimate.amount;
    const growing = this.#growth?.grow(this.#draws, asked, (part) => {
      this.#add(part);
    });
    if (growing === undefined) {
      const error = exceeded(this.#grant, body, this.remaining);
      if (observes) return error;
      const { action, subject, estimate } = body;
      this.#context.settings.notify({ type: "denied", action, subject, estimate, error });
      throw error;
    }
    try {
      await unlessAborted(growing.done, signal, () => undefined);
    } catch (error) {
      // More was denied to another draw than this one needs.
      const needed = this.#growth?.needed(this.#draws, asked) ?? Infinity;
      if (error instanceof BudgetDeniedError && needed < growing.amount) return undefined;
      if (observes && error instanceof CyclesError) return error;
      throw error;
    }
    return undefined;
  }

  #add(part: Lifecycle): void {
    if (this.#hasSettled) {
      this.#context.background(settleFailed(part));
      return;
    }
    part.watch(this);
    this.parts.add(part);
    this.#draws = growBy(this.#draws, part.grant.estimate.amount);
  }

  get #isBusy(): boolean {
    return this.#running.size > 0 || this.#waiting > 0;
  }

  #settleDown(): void {
    if (this.#isBusy) return;
    this.#quiet?.resolve();
    this.#quiet = undefined;
  }

  /** The parts keep the total first, because that fails if they were settled. */
  #change(after: Draws): void {
    this.parts.note(knownOf(after));
    this.#draws = after;
  }

  #runningDraw(draw: DrawLifecycle): RunningDraw {
    const running = this.#running.get(draw);
    if (running === undefined || this.#hasSettled)
      throw this.#over("its total is committed, so a spend cannot be added");
    return running;
  }

  #mustTakeDraws(): void {
    if (this.#hasEnded)
      throw this.#over(
        "await all work that draws on it inside it, or reserve with `outside: true`",
      );
  }

  #over(advice: string): GuardStateError {
    const { id } = this.#grant;
    return new GuardStateError(`The allowance ${id} has ended: ${advice}`, id);
  }

  #total(): Total {
    const spent = knownOf(this.#draws);
    const { isEmpty, metrics, metadata: summary } = this.#summary;
    return { spent, isUnused: isEmpty && spent === 0, metrics, summary };
  }

  #reportElsewhere(reason: string): void {
    if (this.#hasReportedElsewhere) return;
    this.#hasReportedElsewhere = true;
    const { id: reservationId } = this.#grant;
    this.#context.settings.notify({ type: "draw_outside", reservationId, reason });
  }

  #amount(amount: number): Amount {
    return { unit: this.parts.unit, amount };
  }
}
