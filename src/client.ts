import { ClientContext } from "./client-context.js";
import { allowance, type AllowanceOptions } from "./allowance/run.js";
import type { Allowance } from "./allowance/allowance.js";
import type { Unit } from "./amount.js";
import type { Budget } from "./guard/budget.js";
import type { Guard } from "./guard/guard.js";
import type { ReserveOptions } from "./guard/reserve.js";
import { run } from "./guard/run.js";
import { stream } from "./guard/stream.js";
import type { RequestSource, RunOptions, StreamOptions } from "./guard/work-options.js";
import { wrap } from "./guard/wrap.js";
import { Operations } from "./operations.js";
import type { ChildOptions, ClientOptions, Instrumentation } from "./options.js";
import type { ReserveRequest } from "./params.js";
import type { SubjectDefaults } from "./protocol/subject.js";
import { instrument, resolveOptions } from "./settings.js";
import type { Recovery } from "./settlement/recovery.js";
import type { RawClient } from "./wire/raw-client.js";

/**
 * The client of a Cycles budget authority. `run`, `wrap` and `stream` put a budget around work.
 * `reserve` returns the guard itself. Each operation of the protocol has a method with the same
 * name, and `raw` sends plain HTTP requests. A process needs only one client.
 *
 * @throws {@link CyclesConfigError} if an option or a `CYCLES_*` variable is unknown or cannot be
 * used.
 * @example
 * ```ts
 * import { CyclesClient, perMillion, usd } from "cycles-client";
 *
 * const cycles = new CyclesClient(); // CYCLES_BASE_URL, CYCLES_API_KEY, CYCLES_TENANT
 * const text = await cycles.run(
 *   { action: { kind: "llm.completion", name: "gpt-4o-mini" }, estimate: usd("0.02") },
 *   (guard) => {
 *     guard.setActual(perMillion("0.60", 1234));
 *     return "what the model said";
 *   },
 * );
 * ```
 */
export class CyclesClient extends Operations implements Budget, AsyncDisposable {
  readonly #context: ClientContext;

  constructor(options?: ClientOptions);
  /** @internal */
  constructor(context: ClientContext);
  constructor(given: ClientOptions | ClientContext = {}) {
    const context =
      given instanceof ClientContext ? given : new ClientContext(resolveOptions(given));
    super(context);
    this.#context = context;
    context.budget = this;
  }

  /** Undefined: a client takes requests in every unit. */
  get unit(): Unit | undefined {
    return undefined;
  }

  /**
   * A plain openapi-fetch client, typed by the contract, with authentication. Closing the client
   * also closes it.
   */
  get raw(): RawClient {
    return this.#context.raw;
  }

  /**
   * Returns a client with other defaults that shares the connections and the settlement. `null`
   * removes an inherited subject field.
   *
   * @throws {@link CyclesConfigError} if an option cannot be used, or belongs to the parent.
   */
  with(options: ChildOptions): CyclesClient {
    return new CyclesClient(this.#context.child(options));
  }

  /**
   * Adds a listener of notices and a source of trace contexts to the client, its relatives and
   * their settlements. Returns a function that removes both.
   *
   * @throws {@link CyclesConfigError} if a callback has the wrong type.
   * @example
   * ```ts
   * import { CyclesClient } from "cycles-client";
   * const cycles = new CyclesClient();
   * let denials = 0;
   * const remove = cycles.instrument({
   *   onNotice: ({ type }) => {
   *     if (type === "denied") denials += 1;
   *   },
   * });
   * remove();
   * ```
   */
  instrument(instrumentation: Instrumentation): () => void {
    return instrument(this.#context.settings, instrumentation);
  }

  /**
   * Reserves budget and returns a guard that holds it. A heartbeat extends the guard's lease.
   *
   * If `options.signal` aborts the call and the grant arrives later, the grant is released in the
   * background. If you chose the idempotency key, the lease lapses instead.
   *
   * @throws {@link BudgetDeniedError}, {@link BudgetNotFoundError}, {@link UnitMismatchError},
   * {@link CyclesValidationError}, {@link ReservationStateError} if a repeated key names a
   * reservation that is over, and the errors that every call can throw. (Protocol:
   * createReservation.)
   */
  reserve(request: ReserveRequest, options?: ReserveOptions): Promise<Guard> {
    return this.#context.guard(request, options);
  }

  /**
   * Reserves, runs the work, settles, and resolves to the result of the work.
   *
   * @throws {@link BudgetDeniedError} before the work; the work's own error; and after the work
   * {@link ActualUnknownError}, {@link SettlementRefusedError}, {@link SettlementUnknownError} or,
   * under the policy `"fail"`, {@link HeartbeatFailedError}. These carry the result of the work.
   */
  run<Result>(
    request: ReserveRequest,
    work: (guard: Guard) => Result | PromiseLike<Result>,
    options: RunOptions<Result> = {},
  ): Promise<Result> {
    return run(this.#context.source(options), request, work, options, []);
  }

  /**
   * Returns a function that runs `work` under a budget each time you call it. The request may
   * depend on the arguments.
   *
   * @throws {@link CyclesValidationError} for a fixed idempotency key: the second call would repeat
   * the reservation of the first. To give each call its own key, pass a function as `request`.
   * @example
   * ```ts
   * import { CyclesClient, tokens } from "cycles-client";
   * const cycles = new CyclesClient();
   * const shout = cycles.wrap(
   *   (text: string) => ({
   *     action: { kind: "tool.shout", name: "shout" },
   *     estimate: tokens(text.length),
   *   }),
   *   (_guard, text: string) => Promise.resolve(text.toUpperCase()),
   *   { actual: (result) => tokens(result.length) },
   * );
   * await shout("hello");
   * ```
   */
  wrap<Args extends readonly unknown[], Result>(
    request: RequestSource<Args>,
    work: (guard: Guard, ...args: Args) => Result | PromiseLike<Result>,
    options: RunOptions<Result, Args> = {},
  ): (...args: Args) => Promise<Result> {
    return wrap(() => this.#context.source(options), request, work, options);
  }

  /**
   * Passes a stream through while its budget is held. The reserve is sent when the first item is
   * requested. The stream is settled when it ends, at an early `break`, and at an error.
   *
   * @throws the errors of {@link CyclesClient.run}, and the error of the source
   */
  stream<Item>(
    request: ReserveRequest,
    source: (guard: Guard) => AsyncIterable<Item> | PromiseLike<AsyncIterable<Item>>,
    options: StreamOptions<Item> = {},
  ): AsyncGenerator<Item, void, undefined> {
    // A generator does not start until its first item is requested, but a closed client must throw
    // at once.
    this.#context.begin();
    return stream(this.#context, this.#context.source(options), request, source, options);
  }

  /**
   * Reserves once, and lets many pieces of work draw on that reservation. The total of the draws is
   * committed when the work ends: two requests to the authority in all.
   *
   * Inside `work`, all that this client and its children reserve draws on the allowance: `reserve`,
   * `run`, `wrap`, `stream`, and what is metered with them. On a runtime without
   * `AsyncLocalStorage`, call the methods of the allowance itself.
   *
   * When `work` returns, the draws under way are awaited. When it throws, its error is passed on;
   * draws under way are then committed with the total when they end.
   *
   * @throws {@link BudgetDeniedError} before the work; the work's own error; and after the work the
   * errors of {@link CyclesClient.run}.
   * @example
   * ```ts
   * import { CyclesClient, usd } from "cycles-client";
   * const cycles = new CyclesClient();
   * const task = { kind: "agent.run", name: "research" };
   * const answer = await cycles.allowance({ action: task, estimate: usd("0.50") }, (allowance) =>
   *   allowance.run(
   *     { action: { kind: "llm.completion", name: "gpt-4o-mini" }, estimate: usd("0.02") },
   *     () => "what the model said",
   *     { actual: () => usd("0.013") },
   *   ),
   * );
   * ```
   */
  allowance<Result>(
    request: ReserveRequest,
    work: (allowance: Allowance) => Result | PromiseLike<Result>,
    options: AllowanceOptions<Result> = {},
  ): Promise<Result> {
    return allowance(this.#context, request, work, options);
  }

  /**
   * Runs `work` with other subject defaults. They apply to all requests of this client and its
   * children inside it: between the client's own defaults and the subject of a request. `null`
   * removes an inherited field.
   *
   * @throws {@link CyclesConfigError} if the runtime has no `AsyncLocalStorage`. Use
   * {@link CyclesClient.with} there.
   * @example
   * ```ts
   * import { CyclesClient, tokens } from "cycles-client";
   * const cycles = new CyclesClient();
   * await cycles.scope({ agent: "planner" }, async () => {
   *   await cycles.decide({ action: { kind: "tool.search", name: "web" }, estimate: tokens(5) });
   * });
   * ```
   */
  scope<Result>(subject: SubjectDefaults, work: () => Result): Result {
    return this.#context.scope(subject, work);
  }

  /**
   * Retries all pending spends now, except those with a `Retry-After` from the server. Waits for at
   * most `flushTimeout`. For spends of earlier processes, it waits until each was tried once.
   * Resolves to the number of spends that remain.
   */
  flush(): Promise<number> {
    return this.#context.settler.flush();
  }

  /**
   * Settles the spends that earlier processes have left in the journal, and waits for at most
   * `flushTimeout`. Without this call, the client's first operation starts it in the background.
   * Several processes can do this at once.
   */
  async recover(): Promise<Recovery> {
    return this.#context.recover();
  }

  /**
   * Closes the client and its children. For each open guard, it raises a notice, commits the noted
   * amount and stops the heartbeat. Then it flushes, waits for requests in progress for at most
   * `flushTimeout`, and reports the spends that are in neither the ledger nor the journal.
   *
   * On a child, it only flushes, because the parent owns what they share. All calls return the same
   * promise.
   */
  close(): Promise<void> {
    return this.#context.close();
  }

  /** Calls {@link CyclesClient.close}, for `await using`. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}
