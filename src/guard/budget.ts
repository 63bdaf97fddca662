import type { Caps } from "../../generated/paths.js";
import type { Amount, Unit } from "../amount.js";
import type { ReserveRequest } from "../params.js";
import type { PolicyMode } from "../policy-options.js";
import type { SpendDetails } from "../settlement/details.js";
import type { Settlement } from "../settlement/settlement.js";
import type { WebAbortSignal } from "../web.js";
import type { ReserveOptions } from "./reserve.js";
import type { GuardOutcome, GuardState } from "./transition.js";
import type { RequestSource, RunOptions, StreamOptions } from "./work-options.js";

/**
 * Budget that is held for one piece of work: a {@link Guard}, which has a reservation of its own,
 * or a {@link Draw} on an allowance.
 */
export interface Hold extends AsyncDisposable {
  /** The id of the reservation that holds the budget. */
  readonly id: string;
  /** The limits that come with `ALLOW_WITH_CAPS`; undefined if there are none. */
  readonly caps: Caps | undefined;
  /** The mode under which it was reserved. With `"observe"`, the work must run as it would without. */
  readonly mode: PolicyMode;
  /** The current state. A final state never changes. */
  readonly state: GuardState;
  /** Resolves when a final state is reached. Never rejects. */
  readonly settled: Promise<GuardOutcome>;
  /** A signal for the work. */
  readonly signal: WebAbortSignal;
  /** The amount that was noted last; undefined if there is none. */
  readonly actual: Amount | undefined;
  /** Whether the caps allow a tool. */
  allowsTool(tool: string): boolean;
  /** Notes the total spent so far and replaces the previous note. See {@link Guard.setActual}. */
  setActual(actual: Amount, details?: SpendDetails): void;
  /** Records the cost of the work. See {@link Guard.commit}. */
  commit(actual?: Amount, details?: SpendDetails): Promise<Settlement>;
  /** Frees the budget, because the work will not happen. See {@link Guard.release}. */
  release(reason?: string): Promise<void>;
  /** Commits the noted amount, or releases if nothing was spent. See {@link Guard.close}. */
  close(): Promise<void>;
}

/**
 * What work can be put under: a {@link CyclesClient}, or an {@link Allowance} that one of its
 * reservations holds. What meters calls takes a `Budget`.
 *
 * @example
 * ```ts
 * import { type Budget, tokens } from "cycles-client";
 * const summarise = (budget: Budget, text: string) =>
 *   budget.run(
 *     { action: { kind: "tool.summary", name: "summarise" }, estimate: tokens(text.length) },
 *     (hold) => {
 *       hold.setActual(tokens(12));
 *       return text.slice(0, 12);
 *     },
 *   );
 * ```
 */
export interface Budget {
  /** The unit of the allowance; undefined for a client, which takes every unit. */
  readonly unit: Unit | undefined;
  /** Holds budget. See {@link CyclesClient.reserve}. */
  reserve(request: ReserveRequest, options?: ReserveOptions): Promise<Hold>;
  /** Holds budget, runs the work and settles. See {@link CyclesClient.run}. */
  run<Result>(
    request: ReserveRequest,
    work: (hold: Hold) => Result | PromiseLike<Result>,
    options?: RunOptions<Result>,
  ): Promise<Result>;
  /** Returns a function that runs under a budget at each call. See {@link CyclesClient.wrap}. */
  wrap<Args extends readonly unknown[], Result>(
    request: RequestSource<Args>,
    work: (hold: Hold, ...args: Args) => Result | PromiseLike<Result>,
    options?: RunOptions<Result, Args>,
  ): (...args: Args) => Promise<Result>;
  /** Passes a stream through while budget is held. See {@link CyclesClient.stream}. */
  stream<Item>(
    request: ReserveRequest,
    source: (hold: Hold) => AsyncIterable<Item> | PromiseLike<AsyncIterable<Item>>,
    options?: StreamOptions<Item>,
  ): AsyncGenerator<Item, void, undefined>;
}
