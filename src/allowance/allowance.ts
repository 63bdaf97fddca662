import type { Caps, ReservationCreateResponse } from "../../generated/paths.js";
import type { Amount, Unit } from "../amount.js";
import type { Budget } from "../guard/budget.js";
import { capsOf } from "../guard/grant.js";
import { allowsTool, type Guard } from "../guard/guard.js";
import type { ReserveOptions } from "../guard/reserve.js";
import { run } from "../guard/run.js";
import type { BudgetSource, ClientSource } from "../guard/source.js";
import { stream } from "../guard/stream.js";
import type { RequestSource, RunOptions, StreamOptions } from "../guard/work-options.js";
import { wrap } from "../guard/wrap.js";
import type { ReserveRequest } from "../params.js";
import type { WebAbortSignal } from "../web.js";
import type { Account } from "./account.js";

/**
 * One reservation that many pieces of work draw on. `client.allowance(…)` makes one. Its methods
 * have the signatures of the client, and are decided in this process, without a request.
 *
 * A request goes to the authority instead if it is in another unit, if its subject has a scope that
 * the allowance does not hold, if its options say `outside: true`, or if the lease of the allowance
 * is over. Its guard then has a reservation of its own.
 *
 * @example
 * ```ts
 * import { CyclesClient, usd } from "cycles-client";
 * const cycles = new CyclesClient();
 * await cycles.allowance(
 *   { action: { kind: "agent.run", name: "research" }, estimate: usd("0.50") },
 *   async (allowance) => {
 *     console.log(allowance.remaining); // 50,000,000 microcents
 *   },
 * );
 * ```
 */
export class Allowance implements Budget {
  readonly #context: ClientSource;
  readonly #account: Account;
  readonly #source: BudgetSource;

  /** @internal */
  constructor(context: ClientSource, account: Account, source: BudgetSource) {
    this.#context = context;
    this.#account = account;
    this.#source = source;
  }

  /** The id of the reservation; the newest one, if the allowance has grown. */
  get id(): string {
    return this.#account.parts.newest.grant.id;
  }

  /** The response to the reserve. */
  get reservation(): ReservationCreateResponse {
    return this.#account.parts.newest.grant.reservation;
  }

  /** The limits that come with `ALLOW_WITH_CAPS`, as {@link Guard.caps}. */
  get caps(): Caps | undefined {
    return capsOf(this.#account.parts.newest.grant);
  }

  /** Whether the caps allow a tool. */
  allowsTool(tool: string): boolean {
    return allowsTool(this.caps, tool);
  }

  /** The unit of the allowance and of its draws. */
  get unit(): Unit {
    return this.remaining.unit;
  }

  /** What can still be drawn: neither spent nor held by a draw under way. */
  get remaining(): Amount {
    return this.#account.remaining;
  }

  /** What was spent, as far as it is known: by draws that have ended, and by notes of others. */
  get spent(): Amount {
    return this.#account.spent;
  }

  /** A signal for the work, as {@link Guard.signal}. */
  get signal(): WebAbortSignal {
    return this.#account.parts.signal;
  }

  /**
   * Draws on the allowance, and returns the guard that holds the part: a {@link Draw}, unless the
   * request goes to the authority.
   *
   * @throws {@link BudgetDeniedError} with the code `ALLOWANCE_EXCEEDED` if not enough is left.
   * @throws {@link CyclesValidationError} if the request is not valid.
   * @throws {@link GuardStateError} if the allowance has ended.
   */
  async reserve(request: ReserveRequest, options: ReserveOptions = {}): Promise<Guard> {
    return this.#source.toGuard(await this.#source.reserve(request, options));
  }

  /** Draws, runs the work and settles. See {@link CyclesClient.run}. */
  run<Result>(
    request: ReserveRequest,
    work: (guard: Guard) => Result | PromiseLike<Result>,
    options: RunOptions<Result> = {},
  ): Promise<Result> {
    return run(this.#source, request, work, options, []);
  }

  /** Returns a function that draws at each call. See {@link CyclesClient.wrap}. */
  wrap<Args extends readonly unknown[], Result>(
    request: RequestSource<Args>,
    work: (guard: Guard, ...args: Args) => Result | PromiseLike<Result>,
    options: RunOptions<Result, Args> = {},
  ): (...args: Args) => Promise<Result> {
    return wrap(() => this.#source, request, work, options);
  }

  /** Passes a stream through while a draw holds its budget. See {@link CyclesClient.stream}. */
  stream<Item>(
    request: ReserveRequest,
    source: (guard: Guard) => AsyncIterable<Item> | PromiseLike<AsyncIterable<Item>>,
    options: StreamOptions<Item> = {},
  ): AsyncGenerator<Item, void, undefined> {
    return stream(this.#context, this.#source, request, source, options);
  }
}
