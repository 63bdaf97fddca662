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
 * `reserve` gives you the guard itself. Below them is a method for each operation of the protocol,
 * with its name, and `raw` for plain HTTP. One client serves a whole process.
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

  /**
   * The contract without the facade: a plain, typed openapi-fetch client with authentication. It
   * ends with the client.
   */
  get raw(): RawClient {
    return this.#context.raw;
  }

  /**
   * A client with other defaults over the same connections and settlement. `null` unsets an
   * inherited subject field.
   *
   * @throws {@link CyclesConfigError} if an option cannot be used, or belongs to the parent.
   */
  with(options: ChildOptions): CyclesClient {
    return new CyclesClient(this.#context.child(options));
  }

  /**
   * Reserves budget and holds it in a guard, which a heartbeat keeps alive.
   *
   * If `options.signal` aborts the call and the grant comes later, the grant is released in the
   * background. With an idempotency key of your own, it is left to lapse.
   *
   * @throws {@link BudgetDeniedError}, {@link BudgetNotFoundError}, {@link UnitMismatchError},
   * {@link CyclesValidationError}, {@link ReservationStateError} if a repeated key names a
   * reservation that is over, and the errors of any other call. (Protocol: createReservation.)
   */
  reserve(request: ReserveRequest, options?: ReserveOptions): Promise<Guard> {
    return reserve(this.#context, request, options).then((life) => new Guard(life));
  }

  /**
   * Reserves, runs the work, settles, and resolves to the result of the work.
   *
   * @throws the work's own error; {@link BudgetDeniedError} before the work;
   * {@link ActualUnknownError}, {@link SettlementRefusedError}, {@link SettlementUnknownError} and,
   * under the policy `"fail"`, {@link HeartbeatFailedError} after it, with its result.
   */
  run<Result>(
    request: ReserveRequest,
    work: (guard: Guard) => Result | PromiseLike<Result>,
    options: RunOptions<Result> = {},
  ): Promise<Result> {
    return run(this.#context, request, work, options, []);
  }

  /**
   * Returns a function that runs `work` under a budget at each call. The request may depend on the
   * arguments.
   *
   * @throws {@link CyclesValidationError} for a fixed idempotency key: the second call would repeat
   * the reservation of the first. A function that makes the request can give each call its own key.
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
   * @throws what {@link CyclesClient.run} throws, and the error of the source
   */
  stream<Item>(
    request: ReserveRequest,
    source: (guard: Guard) => AsyncIterable<Item> | PromiseLike<AsyncIterable<Item>>,
    options: StreamOptions<Item> = {},
  ): AsyncGenerator<Item, void, undefined> {
    // A generator runs only from its first item on. A closed client must throw at once.
    this.#context.begin();
    return stream(this.#context, request, source, options);
  }

  /**
   * Holds an estimate against every budget of the subject, atomically. {@link CyclesClient.reserve}
   * gives you a guard instead.
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

  /** Frees the budget of a reservation: the work did not happen. */
  releaseReservation(
    reservationId: string,
    body: ReleaseParams = {},
    options?: CallOptions,
  ): ApiPromise<ReleaseResponse> {
    const path = { reservation_id: reservationId };
    return this.#context.call("releaseReservation", { path, body, options });
  }

  /** Moves the expiry of a reservation, counted in milliseconds from the present expiry. */
  extendReservation(
    reservationId: string,
    body: ExtendParams,
    options?: CallOptions,
  ): ApiPromise<ReservationExtendResponse> {
    const path = { reservation_id: reservationId };
    return this.#context.call("extendReservation", { path, body, options });
  }

  /** Asks whether a spend would be allowed now. It holds no budget. */
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
   * The tenant's reservations. Await it for the first page, or iterate over all items. Sorted by
   * `created_at_ms` by default.
   */
  listReservations(
    query: ListReservationsParams = {},
    options?: CallOptions,
  ): ListPromise<ReservationListResponse, ReservationSummary> {
    // Without a sort key the reference server scans in no order, and may repeat itself. A blank
    // key is not sent.
    const sorted = query.sort_by ? query : { ...query, sort_by: "created_at_ms" as const };
    return this.#context.list(
      "listReservations",
      (cursor) => ({ query: cursor === undefined ? sorted : { ...sorted, cursor }, options }),
      ({ reservations }) => reservations,
    );
  }

  /** One reservation. Rejects with {@link ReservationStateError} (410) once it has expired. */
  getReservation(reservationId: string, options?: CallOptions): ApiPromise<ReservationDetail> {
    const path = { reservation_id: reservationId };
    return this.#context.call("getReservation", { path, options });
  }

  /** The balances of the scopes that match. At least one level of a subject is needed. */
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

  /** A signed record, by its hash of 64 lower-case hex digits. It is public: no key is sent. */
  getEvidence(evidenceId: string, options?: CallOptions): ApiPromise<EvidenceEnvelope> {
    return this.#context.call("getEvidence", { path: { evidence_id: evidenceId }, options });
  }

  /** The public keys that evidence is signed with. They are public: no key is sent. */
  getEvidenceJwks(options?: CallOptions): ApiPromise<EvidenceKeySet> {
    return this.#context.call("getEvidenceJwks", { options });
  }

  /**
   * Retries all pending spends now, except those that the server has told to wait. Waits for them
   * for at most `flushTimeout`. Spends of earlier processes are waited for until each was tried
   * once. Resolves to the number of spends that remain.
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
   * Ends the client with its children. For each open guard it raises a notice, commits the noted
   * amount and stops the heartbeat. Then it flushes, waits for requests under way for at most
   * `flushTimeout`, and reports the spends that neither ledger nor journal has.
   *
   * On a child it only flushes, because the parent owns what they share. Calls after the first
   * return the same promise.
   */
  close(): Promise<void> {
    return this.#context.close();
  }

  /** {@link CyclesClient.close}, for `await using`. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}
