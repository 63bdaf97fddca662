import { operations, type OperationId } from "../generated/operations.js";
import type { components, operations as Operations } from "../generated/paths.js";
import { atMost } from "./clock.js";
import { CyclesError, CyclesValidationError } from "./errors.js";
import type { GuardContext, OpenGuard } from "./guard/context.js";
import { Guard } from "./guard/guard.js";
import { reserve, type ReserveOptions, type ReserveRequest } from "./guard/reserve.js";
import { type RequestSource, run, type RunOptions } from "./guard/run.js";
import { stream, type StreamOptions } from "./guard/stream.js";
import type { ChildOptions, ClientOptions } from "./options.js";
import { inheritOptions, resolveOptions, type Settings } from "./settings.js";
import type { Journal } from "./journal.js";
import type { Recovery } from "./settlement/recovery.js";
import { Settler } from "./settlement/settler.js";
import { openJournal } from "#journal";
import { namesLevel, type SubjectDefaults } from "./protocol/subject.js";
import { ApiPromise } from "./wire/api-promise.js";
import type { CallOptions, Draft } from "./wire/attempt.js";
import { perform } from "./wire/call.js";
import { fillSubject } from "./wire/fill-subject.js";
import { ListPromise } from "./wire/list-promise.js";
import { type RawClient, rawClient } from "./wire/raw.js";
import type { Transport } from "./wire/send.js";
import { transportFor } from "./wire/transport.js";

type Schemas = components["schemas"];

/** A request body in which the client fills in the idempotency key. */
export type Keyed<Body extends { idempotency_key: string }> = Omit<Body, "idempotency_key"> & {
  readonly idempotency_key?: string;
};

/** A request body in which the client fills in the key and the subject's defaults. */
export type Filled<Body extends { idempotency_key: string; subject: Schemas["Subject"] }> = Omit<
  Keyed<Body>,
  "subject"
> & {
  readonly subject?: SubjectDefaults;
};

/** The query parameters of an operation; what is left blank is not sent. */
export type Query<Id extends OperationId> = {
  readonly [Name in keyof NonNullable<Operations[Id]["parameters"]["query"]>]?:
    NonNullable<Operations[Id]["parameters"]["query"]>[Name] | undefined;
};

/** What a client and its children have in common. */
interface Shared {
  readonly transport: Transport;
  readonly settler: Settler;
  /** The guards that have not ended. */
  readonly open: Set<OpenGuard>;
  /** What goes on with no caller waiting for it, settlements apart. */
  readonly background: Set<Promise<unknown>>;
  closed: boolean;
}

/** What a child takes over from its parent. */
interface Inherited {
  readonly settings: Settings;
  readonly shared: Shared;
}

/**
 * The client of a Cycles budget authority. `run`, `wrap` and `stream` put a budget around work; `reserve` gives
 * the guard itself; beneath them is one method for each operation of the protocol, and `raw` for plain HTTP. One client
 * serves a whole process.
 *
 * @throws {@link CyclesConfigError} if an option or a `CYCLES_*` variable is unknown or cannot be used.
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
  readonly #settings: Settings;
  readonly #shared: Shared;
  readonly #isRoot: boolean;
  readonly #guards: GuardContext;
  #raw: RawClient | undefined;
  #closing: Promise<void> | undefined;

  /** The second parameter is how `with` makes a child, out of what its parent has resolved already. */
  constructor(options: ClientOptions = {}, inherited?: Inherited) {
    this.#settings = inherited?.settings ?? resolveOptions(options);
    this.#shared = inherited?.shared ?? open(this.#settings);
    this.#isRoot = inherited === undefined;
    const { transport, settler, open: openGuards } = this.#shared;
    this.#guards = {
      settings: this.#settings,
      send: transport.send,
      settler,
      begin: () => {
        this.#begin();
      },
      open: openGuards,
      background: (work) => {
        this.#inBackground(work);
      },
    };
  }

  /** The contract without the facade: a plain, typed openapi-fetch client with authentication. It ends with the client. */
  get raw(): RawClient {
    return (this.#raw ??= rawClient(this.#settings, this.#shared.transport.send, () => {
      this.#mustBeOpen();
    }));
  }

  /** A client with other defaults over the same connections and settlement. `null` unsets an inherited subject field. */
  with(options: ChildOptions): CyclesClient {
    return new CyclesClient(
      {},
      { settings: inheritOptions(this.#settings, options), shared: this.#shared },
    );
  }

  /**
   * Reserves budget and holds it in a guard, which a heartbeat keeps alive. If `options.signal` aborts the call and the
   * grant comes later, it is released in the background; with an idempotency key of yours it is left to lapse.
   *
   * @throws {@link BudgetDeniedError}, {@link BudgetNotFoundError}, {@link UnitMismatchError}, {@link CyclesValidationError},
   * {@link ReservationStateError} if a repeated key names a reservation that is over, …
   */
  reserve(request: ReserveRequest, options?: ReserveOptions): Promise<Guard> {
    return reserve(this.#guards, request, options).then((life) => new Guard(life));
  }

  /**
   * Reserves, runs the work, settles, and resolves to what the work returned.
   *
   * @throws the work's own error; {@link BudgetDeniedError} before the work; {@link ActualUnknownError},
   * {@link SettlementRefusedError}, {@link SettlementUnknownError} and, under the policy `"fail"`,
   * {@link HeartbeatFailedError} after it, with its result.
   */
  run<Result>(
    request: ReserveRequest,
    work: (guard: Guard) => Result | PromiseLike<Result>,
    options: RunOptions<Result> = {},
  ): Promise<Result> {
    return run(this.#guards, request, work, options, []);
  }

  /**
   * The function that runs `work` under a budget at each call; the request may depend on the arguments.
   *
   * @throws {@link CyclesValidationError} for a fixed idempotency key: the second call would repeat the reservation of
   * the first. A function that makes the request can give each call a key of its own.
   * @example
   * ```ts
   * import { CyclesClient, tokens } from "cycles-client";
   * const cycles = new CyclesClient();
   * const shout = cycles.wrap(
   *   (text: string) => ({ action: { kind: "tool.shout", name: "shout" }, estimate: tokens(text.length) }),
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
    const key =
      options.idempotencyKey ?? (typeof request === "object" ? request.idempotency_key : undefined);
    if (key !== undefined) throw fixedKey();
    return async (...args) => {
      const wanted = typeof request === "function" ? request(...args) : request;
      return run(this.#guards, wanted, (guard) => work(guard, ...args), options, args);
    };
  }

  /**
   * Yields a stream through while its budget is held. Nothing is reserved before the first item is asked for. It is settled
   * at the end, at an early `break`, and at an error.
   *
   * @throws what {@link CyclesClient.run} throws, and the error of the source
   */
  stream<Item>(
    request: ReserveRequest,
    source: (guard: Guard) => AsyncIterable<Item> | PromiseLike<AsyncIterable<Item>>,
    options: StreamOptions<Item> = {},
  ): AsyncGenerator<Item, void, undefined> {
    // A generator runs nothing before its first item; a closed client is said at once.
    this.#begin();
    return stream(this.#guards, request, source, options);
  }

  /** Holds an estimate against every budget of the subject, atomically. `reserve` gives a guard instead. */
  createReservation(
    body: Filled<Schemas["ReservationCreateRequest"]>,
    options?: CallOptions,
  ): ApiPromise<Schemas["ReservationCreateResponse"]> {
    return this.#call("createReservation", {
      body: this.#fill("createReservation", body),
      options,
    });
  }

  /** Records what the work cost and gives the rest of the estimate back. */
  commitReservation(
    reservationId: string,
    body: Keyed<Schemas["CommitRequest"]>,
    options?: CallOptions,
  ): ApiPromise<Schemas["CommitResponse"]> {
    return this.#call("commitReservation", {
      path: { reservation_id: reservationId },
      body,
      options,
    });
  }

  /** Gives a reservation's budget back: the work did not happen. */
  releaseReservation(
    reservationId: string,
    body: Keyed<Schemas["ReleaseRequest"]> = {},
    options?: CallOptions,
  ): ApiPromise<Schemas["ReleaseResponse"]> {
    return this.#call("releaseReservation", {
      path: { reservation_id: reservationId },
      body,
      options,
    });
  }

  /** Moves a reservation's expiry out, counted in milliseconds from its present one. */
  extendReservation(
    reservationId: string,
    body: Keyed<Schemas["ReservationExtendRequest"]>,
    options?: CallOptions,
  ): ApiPromise<Schemas["ReservationExtendResponse"]> {
    return this.#call("extendReservation", {
      path: { reservation_id: reservationId },
      body,
      options,
    });
  }

  /** Asks whether a spend would be allowed now; nothing is held. */
  decide(
    body: Filled<Schemas["DecisionRequest"]>,
    options?: CallOptions,
  ): ApiPromise<Schemas["DecisionResponse"]> {
    return this.#call("decide", { body: this.#fill("decide", body), options });
  }

  /** Records a spend that had no reservation. */
  createEvent(
    body: Filled<Schemas["EventCreateRequest"]>,
    options?: CallOptions,
  ): ApiPromise<Schemas["EventCreateResponse"]> {
    return this.#call("createEvent", { body: this.#fill("createEvent", body), options });
  }

  /** The tenant's reservations: await the first page, or iterate over all. By `created_at_ms` unless told otherwise. */
  listReservations(
    query: Query<"listReservations"> = {},
    options?: CallOptions,
  ): ListPromise<Schemas["ReservationListResponse"], Schemas["ReservationSummary"]> {
    // Without a sort key the reference server scans in no order, and may repeat itself.
    // A blank key is not sent, so it is none.
    const sorted = { ...query, ...(!query.sort_by && { sort_by: "created_at_ms" }) };
    return this.#list(
      "listReservations",
      sorted,
      options,
      (page: Schemas["ReservationListResponse"]) => page.reservations,
    );
  }

  /** One reservation. Rejects with {@link ReservationStateError} (410) once it has expired. */
  getReservation(
    reservationId: string,
    options?: CallOptions,
  ): ApiPromise<Schemas["ReservationDetail"]> {
    return this.#call("getReservation", { path: { reservation_id: reservationId }, options });
  }

  /** Balances of the scopes that match; at least one level of a subject must be named. */
  getBalances(
    query: Query<"getBalances">,
    options?: CallOptions,
  ): ListPromise<Schemas["BalanceResponse"], Schemas["Balance"]> {
    return this.#list(
      "getBalances",
      query,
      options,
      (page: Schemas["BalanceResponse"]) => page.balances,
    );
  }

  /** A signed evidence envelope, by its content hash: 64 lower-case hex digits. Public: no key is sent. */
  getEvidence(
    evidenceId: string,
    options?: CallOptions,
  ): ApiPromise<Schemas["CyclesEvidenceEnvelope"]> {
    return this.#call("getEvidence", { path: { evidence_id: evidenceId }, options });
  }

  /** The public keys that evidence is signed with. Public: no key is sent. */
  getEvidenceJwks(options?: CallOptions): ApiPromise<Schemas["CyclesEvidenceJwks"]> {
    return this.#call("getEvidenceJwks", { options });
  }

  /**
   * Tries all spends on their way now, except those that the server asked to wait, and waits for them, `flushTimeout` at the
   * longest. What earlier processes have left is waited for until it was tried once. Resolves to how many remain.
   */
  flush(): Promise<number> {
    return this.#shared.settler.flush();
  }

  /**
   * Takes up what earlier processes have left in the journal, and waits for it, `flushTimeout` at the longest. Without
   * this, the client's first operation takes it up in the background. Safe in several processes at once.
   */
  async recover(): Promise<Recovery> {
    this.#mustBeOpen();
    return this.#shared.settler.recover();
  }

  /**
   * Ends the client with its children. Guards that are still open are reported: what they have noted is committed, and
   * their leases are no longer extended. Then it flushes and waits for requests that are still under way, for
   * `flushTimeout` at the longest, and reports what neither ledger nor journal has. A child only flushes: what it shares
   * is its parent's to end. However often it is called, the client is closed once.
   */
  close(): Promise<void> {
    return (this.#closing ??= this.#isRoot ? this.#close() : this.flush().then(() => undefined));
  }

  /** {@link CyclesClient.close}, for `await using`. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #close(): Promise<void> {
    const { open: openGuards, background, settler, transport } = this.#shared;
    const { clock, flushTimeout } = this.#settings;
    const endsAt = clock.monotonic() + flushTimeout;
    this.#shared.closed = true;
    for (const guard of openGuards) guard.clientClosed();
    const inBackground = atMost(clock, Promise.all(background), flushTimeout);
    await settler.flush();
    await inBackground;
    settler.close();
    // What is still under way has a bound of its own, and nothing waits for its response any more.
    await atMost(clock, transport.close(), Math.max(0, endsAt - clock.monotonic()));
  }

  #inBackground(work: Promise<unknown>): void {
    const { background } = this.#shared;
    background.add(work);
    const done = work.finally(() => background.delete(work));
    this.#settings.waitUntil?.(done);
  }

  /** A body that JavaScript left out is filled like an empty one, and then named by the checks. */
  #fill(operation: OperationId, body: { readonly subject?: SubjectDefaults } | undefined): object {
    return { ...body, subject: fillSubject(this.#settings, operation, body?.subject) };
  }

  #call<T>(
    id: OperationId,
    draft: Pick<Draft, "path" | "query" | "body"> & { readonly options: CallOptions | undefined },
  ): ApiPromise<T> {
    const started = this.#perform<T>(id, draft);
    return new ApiPromise(() => started);
  }

  #list<Body extends { next_cursor?: string; has_more?: boolean }, Item>(
    id: OperationId,
    query: Readonly<Record<string, unknown>>,
    options: CallOptions | undefined,
    itemsOf: (page: Body) => readonly Item[],
  ): ListPromise<Body, Item> {
    const fetchPage = (cursor: string | undefined) =>
      this.#perform<Body>(id, {
        query: cursor === undefined ? query : { ...query, cursor },
        options,
      });
    return new ListPromise(id, fetchPage, itemsOf);
  }

  async #perform<T>(
    id: OperationId,
    draft: Pick<Draft, "path" | "query" | "body"> & { readonly options: CallOptions | undefined },
  ) {
    this.#begin();
    if (id === "getBalances" && !namesLevel(draft.query ?? {})) throw noLevel();
    const { options, ...rest } = draft;
    return perform<T>(this.#settings, this.#shared.transport.send, {
      operation: operations[id],
      ...rest,
      ...(options && { options }),
    });
  }

  /** Every operation begins here; the first one also takes up what earlier processes have left. */
  #begin(): void {
    this.#mustBeOpen();
    this.#shared.settler.start();
  }

  #mustBeOpen(): void {
    if (this.#shared.closed)
      throw new CyclesError("The client is closed: make a new one", { code: "CLIENT_CLOSED" });
  }
}

function open(settings: Settings): Shared {
  const transport = transportFor(settings);
  return {
    transport,
    settler: new Settler(settings, transport.send, journalFor(settings)),
    open: new Set(),
    background: new Set(),
    closed: false,
  };
}

function journalFor(settings: Settings): Journal | undefined {
  const { journal, journalDir, configuredBaseUrl, apiKey, subject, notify } = settings;
  if (journal !== undefined) return journal === false ? undefined : journal;
  return openJournal({
    dir: journalDir,
    baseUrl: configuredBaseUrl,
    tenant: subject.tenant ?? undefined,
    apiKey,
    onCorrupt: (record) => {
      notify({ type: "journal_corrupt", record });
    },
    onExposed: (code, message) => {
      notify({ type: "journal_failed", action: "keep others out of its folder", code, message });
    },
    onUnreadable: (code, message) => {
      notify({ type: "journal_failed", action: "read", code, message });
    },
  });
}

function fixedKey(): CyclesValidationError {
  return new CyclesValidationError("The wrapped function", [
    {
      path: "idempotency_key",
      message:
        "must not be fixed, because every call would repeat the reservation of the first: leave it out, or pass a " +
        "function that makes the request, with a key from the arguments",
    },
  ]);
}

function noLevel(): CyclesValidationError {
  return new CyclesValidationError("The getBalances request", [
    {
      path: "query",
      message: 'needs at least one level of a subject, for example { tenant: "acme" }',
    },
  ]);
}
