import type { Amount } from "../amount.js";
import type { BudgetDeniedError } from "../errors.js";
import type { ReserveRequest } from "../params.js";
import type { ReserveOptions } from "./reserve.js";

/**
 * The cost of the work, if the work noted nothing: `"estimate"`, or a function of the result.
 *
 * The function returns an amount, `"estimate"`, or `undefined` if the cost is unknown.
 */
export type ActualSource<Result, Args extends readonly unknown[] = []> =
  "estimate" | ((result: Result, ...args: Args) => Amount | "estimate" | undefined);

/** Options of work that runs under a budget. */
export interface RunOptions<Result, Args extends readonly unknown[] = []> extends ReserveOptions {
  /**
   * The amount to commit if the work noted nothing with `guard.setActual`. `"estimate"` commits the
   * estimate, and the metadata of the spend records that.
   */
  readonly actual?: ActualSource<Result, Args>;
  /** Returns the result if the reserve is denied, for example from a cheaper model or a cache. */
  readonly onDenied?: (error: BudgetDeniedError) => Result | PromiseLike<Result>;
}

/** A request, or a function that makes one from the arguments of the call. */
export type RequestSource<Args extends readonly unknown[]> =
  ReserveRequest | ((...args: Args) => ReserveRequest);

/** Options of a stream that runs under a budget. */
export interface StreamOptions<Item> extends ReserveOptions {
  /** The amount to commit if nothing was noted. A function receives the last item. */
  readonly actual?: ActualSource<Item | undefined>;
  /** Returns the items if the reserve is denied, for example from a cheaper model. */
  readonly onDenied?: (error: BudgetDeniedError) => AsyncIterable<Item>;
}
