import type {
  Balance,
  BalanceResponse,
  CommitResponse,
  DecisionResponse,
  EventCreateResponse,
  ReleaseResponse,
  ReservationCreateResponse,
  ReservationDetail,
  ReservationExtendResponse,
  ReservationListResponse,
  ReservationSummary,
} from "../generated/paths.js";
import type { Unit } from "./amount.js";
import { ClientContext } from "./client-context.js";
import { Guard } from "./guard/guard.js";
import { reserve, type ReserveOptions } from "./guard/reserve.js";
import { type RequestSource, run, type RunOptions } from "./guard/run.js";
import { stream, type StreamOptions } from "./guard/stream.js";
import { wrap } from "./guard/wrap.js";
import type { ChildOptions, ClientOptions } from "./options.js";
import { resolveOptions } from "./settings.js";
import type {
  CommitParams,
  CreateEventParams,
  CreateReservationParams,
  DecideParams,
  ExtendParams,
  GetBalancesParams,
  ListReservationsParams,
  ReleaseParams,
  ReserveRequest,
} from "./params.js";
import type { Recovery } from "./settlement/recovery.js";
import type { ApiPromise } from "./wire/api-promise.js";
import type { ListPromise } from "./wire/list-promise.js";
import type { CallOptions } from "./wire/prepare.js";
import type { RawClient } from "./wire/raw-client.js";
import type { EvidenceEnvelope, EvidenceKeySet } from "./wire-types.js";

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
export class CyclesClient implements AsyncDisposable {
  readonly #context: ClientContext;

  constructor(options?: ClientOptions);
  /** @internal */
  constructor(context: ClientContext);
  constructor(given: ClientOptions | ClientContext = {}) {
    this.#context =
      given instanceof ClientContext ? given : new ClientContext(resolveOptions(given));
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
    return reserve(this.#context, request, options).then((life) => new Guard(life));
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
    return run(this.#context, request, work, options, []);
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
    return wrap(this.#context, request, work, options);
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
    return stream(this.#context, request, source, options);
  }

  /**
   * Holds an estimate against every budget of the subject, atomically. To get a guard, call
   * {@link CyclesClient.reserve} instead.
   */
  createReservation(
    body: CreateReservationParams,
    options?: CallOptions,
  ): ApiPromise<ReservationCreateResponse> {
    const subject = this.#context.subjectFor("createReservation", body);
    return this.#context.call("createReservation", { body: { ...body, subject }, options });
  }

  /** Records the cost of the work and frees the rest of the estimate. */
  commitReservation(
    reservationId: string,
    body: CommitParams,
    options?: CallOptions,
  ): ApiPromise<CommitResponse> {
    const path = { reservation_id: reservationId };
    return this.#context.call("commitReservation", { path, body, options });
  }

  /** Frees the budget of a reservation whose work did not happen. */
  releaseReservation(
    reservationId: string,
    body: ReleaseParams = {},
    options?: CallOptions,
  ): ApiPromise<ReleaseResponse> {
    const path = { reservation_id: reservationId };
    return this.#context.call("releaseReservation", { path, body, options });
  }

  /** Extends a reservation by a number of milliseconds from its current expiry. */
  extendReservation(
    reservationId: string,
    body: ExtendParams,
    options?: CallOptions,
  ): ApiPromise<ReservationExtendResponse> {
    const path = { reservation_id: reservationId };
    return this.#context.call("extendReservation", { path, body, options });
  }

  /** Asks whether a spend would be allowed now. Holds no budget. */
  decide(body: DecideParams, options?: CallOptions): ApiPromise<DecisionResponse> {
    const subject = this.#context.subjectFor("decide", body);
    return this.#context.call("decide", { body: { ...body, subject }, options });
  }

  /** Records a spend that had no reservation. */
  createEvent(body: CreateEventParams, options?: CallOptions): ApiPromise<EventCreateResponse> {
    const subject = this.#context.subjectFor("createEvent", body);
    return this.#context.call("createEvent", { body: { ...body, subject }, options });
  }

  /**
   * Lists the tenant's reservations. Await the result to get the first page, or iterate over it to
   * get all items. By default, they are sorted by `created_at_ms`.
   */
  listReservations(
    query: ListReservationsParams = {},
    options?: CallOptions,
  ): ListPromise<ReservationListResponse, ReservationSummary> {
    // Without a sort key, the reference server returns items in no particular order and may repeat
    // some. A blank key is not sent.
    const sorted = query.sort_by ? query : { ...query, sort_by: "created_at_ms" as const };
    return this.#context.list(
      "listReservations",
      (cursor) => ({ query: cursor === undefined ? sorted : { ...sorted, cursor }, options }),
      ({ reservations }) => reservations,
    );
  }

  /** Gets a reservation. Rejects with {@link ReservationStateError} (410) if it has expired. */
  getReservation(reservationId: string, options?: CallOptions): ApiPromise<ReservationDetail> {
    const path = { reservation_id: reservationId };
    return this.#context.call("getReservation", { path, options });
  }

  /** Lists the balances of the scopes that match. The query needs at least one subject level. */
  getBalances(
    query: GetBalancesParams,
    options?: CallOptions,
  ): ListPromise<BalanceResponse, Balance> {
    return this.#context.list(
      "getBalances",
      (cursor) => ({ query: cursor === undefined ? query : { ...query, cursor }, options }),
      ({ balances }) => balances,
    );
  }

  /** Gets a signed record by its hash, 64 lower-case hex digits. It is public: no key is sent. */
  getEvidence(evidenceId: string, options?: CallOptions): ApiPromise<EvidenceEnvelope> {
    return this.#context.call("getEvidence", { path: { evidence_id: evidenceId }, options });
  }

  /** Gets the public keys that verify evidence. No API key is sent. */
  getEvidenceJwks(options?: CallOptions): ApiPromise<EvidenceKeySet> {
    return this.#context.call("getEvidenceJwks", { options });
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
