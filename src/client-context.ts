import { operations, type OperationId, type ResponseBody } from "../generated/operations.js";
import { atMost } from "./clock.js";
import type { Runner } from "./context.js";
import { CyclesConfigError, CyclesError, CyclesValidationError } from "./errors.js";
import type { Budget } from "./guard/budget.js";
import type { OpenGuard } from "./guard/context.js";
import { framesOf, hasContext, inside, currentFrame } from "./guard/current.js";
import { Guard } from "./guard/guard.js";
import type { Lifecycle } from "./guard/lifecycle.js";
import { reserve, type ReserveOptions } from "./guard/reserve.js";
import type { BudgetSource, ClientSource } from "./guard/source.js";
import { UnguardedTotals } from "./guard/unguarded-totals.js";
import type { ChildOptions } from "./options.js";
import { nameOf } from "./notice-text.js";
import type { ReserveRequest } from "./params.js";
import {
  mergeSubject,
  namesLevel,
  type Subject,
  type SubjectDefaults,
} from "./protocol/subject.js";
import { inheritOptions, type Settings } from "./settings.js";
import type { Committed } from "./settlement/settlement.js";
import { Settler } from "./settlement/settler.js";
import type { LocalJournal } from "./settlement/spend-log.js";
import { ApiPromise } from "./wire/api-promise.js";
import { perform } from "./wire/call.js";
import { ListPromise } from "./wire/list-promise.js";
import { type CallInput, fillSubject } from "./wire/prepare.js";
import { rawClient } from "./wire/raw.js";
import type { RawClient } from "./wire/raw-client.js";
import type { Send, Transport } from "./wire/send.js";
import { transportFor } from "./wire/transport.js";
import { openJournal } from "#journal";

/** The state that a client and its children share. */
interface Shared {
  readonly transport: Transport;
  readonly settler: Settler;
  /** The guards that have not ended. */
  readonly open: Set<OpenGuard>;
  readonly unguarded: UnguardedTotals;
  /** Work, other than settlements, that no caller waits for. */
  readonly background: Set<Promise<unknown>>;
  closed: boolean;
  /** Whether a reservation inside the work of another one was reported. */
  hasReportedNested: boolean;
}

/**
 * The internal part of a client: its settings, and the state that it shares with its children. It
 * makes the calls.
 */
export class ClientContext implements ClientSource {
  readonly settings: Settings;
  readonly send: Send;
  readonly settler: Settler;
  readonly open: Set<OpenGuard>;
  readonly unguarded: UnguardedTotals;
  /** The client of this context. */
  declare budget: Budget;
  readonly #shared: Shared;
  readonly #isRoot: boolean;
  #raw: RawClient | undefined;
  #closing: Promise<void> | undefined;

  constructor(settings: Settings, shared?: Shared) {
    this.settings = settings;
    this.#shared = shared ?? open(settings);
    this.#isRoot = shared === undefined;
    this.send = this.#shared.transport.send;
    this.settler = this.#shared.settler;
    this.open = this.#shared.open;
    this.unguarded = this.#shared.unguarded;
  }

  get raw(): RawClient {
    return (this.#raw ??= rawClient(this.settings, this.send, () => {
      this.#mustBeOpen();
    }));
  }

  /** The context of a child client, which shares the connections and the settlement. */
  child(options: ChildOptions): ClientContext {
    return new ClientContext(inheritOptions(this.settings, options), this.#shared);
  }

  /** Called at the start of every operation. The first call starts to recover journal records. */
  begin(): void {
    this.#mustBeOpen();
    this.settler.start();
  }

  recover(): ReturnType<Settler["recover"]> {
    this.#mustBeOpen();
    return this.settler.recover();
  }

  /** Starts an operation at once, and returns its promise. */
  call<Id extends OperationId>(id: Id, input: CallInput<Id>): ApiPromise<ResponseBody<Id>> {
    const started = this.#perform(id, input);
    return new ApiPromise(() => started);
  }

  /** Returns the promise of a list. Each page is requested when it is needed. */
  list<Id extends "listReservations" | "getBalances", Item>(
    id: Id,
    inputFor: (cursor: string | undefined) => CallInput<Id>,
    itemsOf: (page: ResponseBody<Id>) => readonly Item[],
  ): ListPromise<ResponseBody<Id>, Item> {
    return new ListPromise(id, (cursor) => this.#perform(id, inputFor(cursor)), itemsOf);
  }

  /**
   * Where the budget of new work comes from: the allowance that surrounds the running code, if it is
   * one of this client or its relatives; otherwise this client.
   */
  source({ outside }: ReserveOptions = {}): BudgetSource {
    if (outside !== true) {
      for (const frame of framesOf(this.#shared))
        if (frame.kind === "allowance") return frame.source(this);
    }
    return this;
  }

  guard(request: ReserveRequest, options: ReserveOptions = {}): Promise<Guard> {
    const source = this.source(options);
    return source.reserve(request, options).then((lifecycle) => source.toGuard(lifecycle));
  }

  reserve(request: ReserveRequest, options: ReserveOptions): Promise<Lifecycle> {
    if (options.outside !== true) this.#reportNested(request);
    return reserve(this, request, options);
  }

  toGuard(lifecycle: Lifecycle): Guard {
    return new Guard(lifecycle);
  }

  around(guard: Guard): Runner {
    return inside({ kind: "guard", guard, ...this.#frame() });
  }

  /** Runs code inside an allowance of this client. */
  aroundAllowance(source: (context: ClientSource) => BudgetSource, budget: Budget): Runner {
    return inside({ kind: "allowance", source, ...this.#frame(), budget });
  }

  scope<Result>(subject: SubjectDefaults, work: () => Result): Result {
    if (!hasContext()) {
      throw new CyclesConfigError(
        "client.scope needs AsyncLocalStorage, and this runtime has none (on Cloudflare Workers, set the " +
          "flag nodejs_compat). Make a client with these defaults instead: client.with({ subject })",
      );
    }
    return inside({ kind: "scope", subject: { ...subject }, ...this.#frame() })(work);
  }

  /** The subject of a request. If a JavaScript caller leaves out the body, the checks report it. */
  subjectFor(
    operation: OperationId,
    body: { readonly subject?: SubjectDefaults } | undefined,
  ): Subject {
    return fillSubject(this.settings, operation, body?.subject, this.#subjectDefaults());
  }

  /** Makes `close` wait for `work`, for at most `flushTimeout`. */
  background(work: Promise<unknown>): void {
    const { background } = this.#shared;
    background.add(work);
    const done = work.finally(() => background.delete(work));
    this.settings.waitUntil?.(done);
  }

  /** Closes the client and its children. On a child, it only flushes. Runs only once. */
  close(): Promise<void> {
    return (this.#closing ??= this.#isRoot
      ? this.#close()
      : this.settler.flush().then(() => undefined));
  }

  async #close(): Promise<void> {
    const { background, transport } = this.#shared;
    const { clock, flushTimeout } = this.settings;
    const endsAt = clock.monotonic() + flushTimeout;
    this.#shared.closed = true;
    for (const guard of this.open) guard.clientClosed();
    const inBackground = atMost(clock, Promise.all(background), flushTimeout);
    await this.settler.flush();
    await inBackground;
    this.settler.close();
    // Requests in progress have their own time limit, and no caller waits for them.
    await atMost(clock, transport.close(), Math.max(0, endsAt - clock.monotonic()));
  }

  #frame() {
    return { client: this.#shared, budget: this.budget, outer: currentFrame() };
  }

  /** The client's own defaults, with those of the scopes around the running code. */
  #subjectDefaults(): Subject {
    let defaults = this.settings.subject;
    const scopes = [...framesOf(this.#shared)].filter((frame) => frame.kind === "scope");
    for (const { subject } of scopes.reverse()) defaults = mergeSubject(defaults, subject);
    return defaults;
  }

  /** Reports the first reservation inside the work of another one, because both are charged. */
  #reportNested({ action }: ReserveRequest): void {
    if (this.#shared.hasReportedNested) return;
    for (const frame of framesOf(this.#shared)) {
      if (frame.kind === "scope") continue;
      if (frame.kind === "allowance") return;
      this.#shared.hasReportedNested = true;
      this.settings.notify({
        type: "nested_reservation",
        outer: nameOf(frame.guard.request.action),
        inner: nameOf(action),
      });
      return;
    }
  }

  async #perform<Id extends OperationId>(id: Id, input: CallInput<Id>) {
    this.begin();
    if (id === "getBalances" && !namesLevel(input.query ?? {})) throw noLevel();
    return perform(this.settings, this.send, { operation: operations[id], ...input });
  }

  #mustBeOpen(): void {
    if (this.#shared.closed)
      throw new CyclesError("The client is closed: make a new one", { code: "CLIENT_CLOSED" });
  }
}

function open(settings: Settings): Shared {
  const transport = transportFor(settings);
  const local = settings.journal === undefined ? localJournal(settings) : undefined;
  const journal = settings.journal === false ? undefined : (settings.journal ?? local);
  const unguarded = new UnguardedTotals();
  const recorded = ({ reservationId, idempotencyKey }: Committed) => {
    unguarded.acknowledged(reservationId, idempotencyKey);
  };
  return {
    transport,
    settler: new Settler(settings, transport.send, recorded, journal, local?.log),
    unguarded,
    open: new Set(),
    background: new Set(),
    closed: false,
    hasReportedNested: false,
  };
}

/** Opens the journal of the runtime, if it has one. */
function localJournal(settings: Settings): LocalJournal | undefined {
  const { attemptTimeout, clock, configuredBaseUrl, notify, subject } = settings;
  const { apiKey, journalDir, journalMode, journalSync } = settings;
  return openJournal({
    mode: journalMode,
    toDisk: journalSync === "disk",
    clock,
    firstAttemptMs: attemptTimeout,
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

function noLevel(): CyclesValidationError {
  return new CyclesValidationError("The getBalances request", [
    {
      path: "query",
      message: 'needs at least one level of a subject, such as { tenant: "acme" }',
    },
  ]);
}
