import {
  type Amount,
  type Budget,
  type BudgetDeniedError,
  type Hold,
  IdempotencyMismatchError,
  ReservationStateError,
  type ReserveOptions,
  type ReserveRequest,
} from "../index.js";
import { notAllowed } from "./caps.js";
import { RepeatedToolCallError } from "./errors.js";
import type { OnFailure } from "./options.js";

/** One call of a tool, and how it is charged. */
export interface GatedCall<Result, Denied> {
  readonly budget: Budget;
  readonly tool: string;
  readonly request: ReserveRequest;
  readonly options: ReserveOptions;
  readonly onFailure: OnFailure;
  /** What the call has cost. */
  readonly actual: (result: Result) => Amount;
  /** The result of a call that the budget does not allow. May throw the denial. */
  readonly denied: (denial: BudgetDeniedError) => Denied | PromiseLike<Denied>;
}

/**
 * The passage of one call through its reservation.
 *
 * Unless a failure is free, the cost is noted before the tool runs. The journal then has it if the
 * process dies, and a tool that throws is charged.
 */
export class Admission<Result> {
  readonly #call: GatedCall<Result, unknown>;
  #hasStarted = false;
  #denial: BudgetDeniedError | undefined;
  #assumed: Amount | undefined;

  constructor(call: GatedCall<Result, unknown>) {
    this.#call = call;
  }

  /** Whether the tool has run, or runs. */
  get hasStarted(): boolean {
    return this.#hasStarted;
  }

  /** The denial of this call. A denial of other work, inside the tool, is not one. */
  denialIn(error: unknown): BudgetDeniedError | undefined {
    return error === this.#denial ? this.#denial : undefined;
  }

  readonly deny = (denial: BudgetDeniedError): never => {
    this.#denial = denial;
    throw denial;
  };

  /** Called when the budget is held. Throws if the tool must not run. */
  start(hold: Hold): void {
    const { tool, request, onFailure } = this.#call;
    if (!hold.allowsTool(tool)) this.deny(notAllowed(hold, tool));
    if (onFailure === "charge")
      hold.setActual(request.estimate, { metadata: { actual_source: "estimate" } });
    this.#assumed = hold.actual;
    this.#hasStarted = true;
  }

  /** Notes what the call has cost, unless the tool has noted or settled it. */
  finish(hold: Hold, result: Result): void {
    if (hold.state === "open" && hold.actual === this.#assumed)
      hold.setActual(this.#call.actual(result));
  }

  /** The error that the caller gets. */
  shown(error: unknown): unknown {
    const { tool, options } = this.#call;
    const isRefused =
      error instanceof ReservationStateError || error instanceof IdempotencyMismatchError;
    const { idempotencyKey } = options;
    return isRefused && !this.#hasStarted && idempotencyKey !== undefined
      ? new RepeatedToolCallError(tool, idempotencyKey, error)
      : error;
  }
}
