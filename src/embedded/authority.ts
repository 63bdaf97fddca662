import type { components } from "../../generated/paths.js";
import type { Amount, Unit } from "../amount.js";
import type { Clock } from "../clock.js";
import { CyclesConfigError } from "../errors.js";
import type { Credentials } from "./credentials.js";
import { isRefusal } from "./refusal.js";
import type { Arrival, Exchange } from "./exchange.js";
import { type Broken, Faults } from "./faults.js";
import type { WebRequest, WebRequestInit, WebResponse, WebUrl } from "../web.js";
import { type Backend, handle, type Incoming } from "./http.js";
import type { Command } from "./ledger/command.js";
import { Ledger } from "./ledger/ledger.js";
import { type Listener, listen } from "./listener.js";
import { type EmbeddedOptions, resolveEmbeddedOptions } from "./options.js";
import type { RateLimit } from "./rate-limit.js";
import { type OpenArrival, RequestLog } from "./request-log.js";
import { route } from "./routes.js";

/**
 * A `fetch` that the authority answers itself.
 *
 * @example
 * ```ts
 * import { type EmbeddedFetch } from "cycles-client/embedded";
 * const offline: EmbeddedFetch = () => Promise.reject(new TypeError("fetch failed"));
 * ```
 */
export type EmbeddedFetch = (
  input: WebRequest | WebUrl | string,
  init?: WebRequestInit,
) => Promise<WebResponse>;

/** What a `CyclesClient` needs to speak to the authority as one tenant. */
export interface EmbeddedClientOptions {
  readonly baseUrl: string;
  readonly apiKey: string;
  readonly subject: { readonly tenant: string };
  readonly clock: Clock;
  /** The authority forgets everything with its process; a journal would outlive it for nothing. */
  readonly journal: false;
  /** Absent where the authority is reached through a socket. */
  readonly fetch?: EmbeddedFetch;
}

/**
 * The authority behind a socket of this machine.
 *
 * @example
 * ```ts
 * import { CyclesClient, usd } from "cycles-client";
 * import { EmbeddedCycles } from "cycles-client/embedded";
 * const authority = new EmbeddedCycles({ budgets: { "tenant:acme": usd("5.00") } });
 * const server = await authority.listen(7878);
 * const client = new CyclesClient(server.clientOptions("acme"));
 * await server.close();
 * ```
 */
export interface EmbeddedServer extends AsyncDisposable {
  /** The base URL, such as `http://127.0.0.1:7878`. */
  readonly url: string;
  /** What a client of the tenant is made with, to go through the socket. Throws as {@link EmbeddedCycles.apiKey}. */
  readonly clientOptions: (tenant: string) => Omit<EmbeddedClientOptions, "fetch">;
  /** Stops listening and cuts what is still connected. */
  readonly close: () => Promise<void>;
}

/** A balance as in the protocol, with every field present. */
export type EmbeddedBalance = Required<components["schemas"]["Balance"]>;

/** Names no machine: requests to it never leave the process. */
const BASE_URL = "http://cycles.invalid";

/**
 * A budget authority inside the process: the protocol's runtime operations over a ledger in memory. It is for
 * development, tests and demos; it forgets everything when the process ends. Production runs the reference server,
 * reached by another base URL.
 *
 * @throws `CyclesConfigError` that names the option and the fix.
 * @example
 * ```ts
 * import { CyclesClient, usd } from "cycles-client";
 * import { EmbeddedCycles } from "cycles-client/embedded";
 * const authority = new EmbeddedCycles({ budgets: { "tenant:acme": usd("5.00") } });
 * const client = new CyclesClient(authority.clientOptions("acme"));
 * ```
 */
export class EmbeddedCycles implements AsyncDisposable {
  readonly #ledger: Ledger;
  readonly #credentials: Credentials;
  readonly #onResponse: ((exchange: Exchange) => void) | undefined;
  readonly #rateLimit: RateLimit | undefined;
  readonly #log: RequestLog;
  readonly #cors: boolean;
  readonly #listeners = new Set<Listener>();
  /** Where the authority takes its time from. */
  readonly clock: Clock;
  /** Breaks calls on purpose. */
  readonly faults: Faults;

  constructor(options: EmbeddedOptions) {
    const { budgets, credentials, clock, rules, rateLimit, keepRequests, cors } =
      resolveEmbeddedOptions(options);
    this.#ledger = new Ledger(budgets, rules);
    this.#credentials = credentials;
    this.#onResponse = options.onResponse;
    this.#rateLimit = rateLimit;
    this.#log = new RequestLog(keepRequests);
    this.#cors = cors;
    this.clock = clock;
    this.faults = new Faults(clock);
  }

  /** A `fetch` for clients in this process: no socket, whatever the host in the URL. Bound, so it can be handed on. */
  readonly fetch: EmbeddedFetch = async (input, init) => {
    const request = new Request(input, init);
    request.signal.throwIfAborted();
    const { pathname, search } = new URL(request.url);
    const outgoing = await this.#handle({
      method: request.method,
      target: pathname + search,
      header: (name) => request.headers.get(name) ?? undefined,
      headers: () => Object.fromEntries(request.headers),
      body: () => request.text(),
    });
    request.signal.throwIfAborted();
    return toFetchResponse(outgoing);
  };

  /**
   * What a `CyclesClient` of the tenant is made with.
   *
   * @throws as {@link EmbeddedCycles.apiKey}.
   */
  clientOptions(tenant: string): Required<EmbeddedClientOptions> {
    return { ...this.#optionsFor(tenant, BASE_URL), fetch: this.fetch };
  }

  /**
   * The tenant's API key; one is made where none was given.
   *
   * @throws `CyclesConfigError` where neither the budgets nor the API keys name the tenant.
   */
  apiKey(tenant: string): string {
    const key = this.#credentials.keyOf(tenant);
    if (key !== undefined) return key;
    const known = this.#credentials.tenants.join(", ") || "none";
    throw new CyclesConfigError(
      `Unknown tenant ${JSON.stringify(tenant)} (known: ${known}): give it a budget, such as ` +
        `budgets: { "tenant:${tenant.toLowerCase()}": usd("5.00") }, or a key in apiKeys`,
    );
  }

  /**
   * Serves HTTP on the loopback interface of this machine. Needs a runtime with `node:http`.
   *
   * @param port - 0, the default, picks a free one.
   * @throws `CyclesConfigError` where the port cannot be had.
   */
  async listen(port = 0): Promise<EmbeddedServer> {
    const respond = (incoming: Incoming) => this.#handle(incoming);
    const listener = await listen(port, this.#cors, respond);
    this.#listeners.add(listener);
    const close = async () => {
      this.#listeners.delete(listener);
      await listener.close();
    };
    return {
      url: listener.url,
      clientOptions: (tenant) => this.#optionsFor(tenant, listener.url),
      close,
      [Symbol.asyncDispose]: close,
    };
  }

  /** The tenants that the API keys and the budgets name. */
  get tenants(): readonly string[] {
    return this.#credentials.tenants;
  }

  /**
   * The last requests, in the order in which they arrived, whether or not they were understood. How many are kept is the
   * option `keepRequests`.
   */
  get requests(): readonly Arrival[] {
    return this.#log.last;
  }

  /** Forgets the requests that have come so far. */
  clearRequests(): void {
    this.#log.clear();
  }

  /** The balances as they are now: of every budget, or of one scope, such as `tenant:acme/agent:bot`. */
  balances(scope?: string): EmbeddedBalance[] {
    return this.#ledger.balances(scope, this.clock.now());
  }

  /**
   * Adds to the budget of a scope. Debt is repaid first; a scope that is over its limit recovers.
   *
   * @throws `CyclesConfigError` where the scope has no budget in the unit.
   */
  fund(scope: string, amount: Amount): void {
    this.#operate({ operation: "fund", scope, amount });
  }

  /**
   * Freezes a scope's budgets, in one unit or in all: nothing new can be reserved or recorded; what is reserved
   * can still be settled.
   *
   * @throws `CyclesConfigError` where there is no such budget.
   */
  freeze(scope: string, unit?: Unit): void {
    this.#operate({ operation: "setStatus", scope, unit, status: "FROZEN" });
  }

  /** Undoes {@link EmbeddedCycles.freeze}; throws as that does. A closed budget stays closed. */
  unfreeze(scope: string, unit?: Unit): void {
    this.#operate({ operation: "setStatus", scope, unit, status: "ACTIVE" });
  }

  /**
   * Closes a tenant for good: nothing of it can be reserved, settled or recorded any more; reads still work.
   *
   * @throws as {@link EmbeddedCycles.apiKey}.
   */
  closeTenant(tenant: string): void {
    this.apiKey(tenant); // a name that is not known is a slip, not a tenant
    this.#operate({ operation: "closeTenant", tenant });
  }

  /** Closes every socket. The ledger stays as it is. */
  async close(): Promise<void> {
    const listeners = [...this.#listeners];
    this.#listeners.clear();
    await Promise.all(listeners.map((listener) => listener.close()));
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #optionsFor(tenant: string, baseUrl: string) {
    const apiKey = this.apiKey(tenant);
    return { baseUrl, apiKey, subject: { tenant }, clock: this.clock, journal: false } as const;
  }

  async #handle(incoming: Incoming): Promise<Broken> {
    const body = await incoming.body();
    const arrival = this.#log.open(incoming, body ?? "", this.clock.now());
    const genuine = () =>
      handle({ ...incoming, body: () => Promise.resolve(body) }, this.#backend(arrival));
    if (this.faults.isIdle) return genuine();
    const [pathname = ""] = incoming.target.split("?", 1);
    const found = route(incoming.method, pathname);
    if (!isRefusal(found)) arrival.operation = found.operation.id;
    const { outgoing, faults } = await this.faults.pass(arrival.operation, genuine);
    arrival.faults = faults;
    return outgoing;
  }

  #backend(arrival: OpenArrival): Backend {
    const limit = this.#rateLimit;
    return {
      credentials: this.#credentials,
      run: (command) => this.#ledger.run(command, this.clock.now()),
      allowance: limit && ((tenant) => limit.take(tenant, this.clock.now())),
      observe: ({ understood, status, response }) => {
        const { operation, tenant, body: request, command } = understood;
        const scopes = command === undefined ? [] : this.#ledger.scopes(command);
        Object.assign(arrival, { operation, tenant, scopes, request, status, response });
        this.#tell({ ...arrival, status, response });
      },
    };
  }

  #tell({ faults: _, ...exchange }: Exchange & Arrival): void {
    try {
      this.#onResponse?.(exchange);
    } catch (error) {
      queueMicrotask(() => {
        throw error;
      });
    }
  }

  #operate(command: Command): void {
    const result = this.#ledger.run(command, this.clock.now());
    if (isRefusal(result)) throw new CyclesConfigError(result.message);
  }
}

/** As `fetch` gives it, which is a rejection where the connection broke. */
function toFetchResponse({ status, headers, body, broken }: Broken): Response {
  switch (broken) {
    case undefined:
      // These statuses have no body, not even an empty one.
      return new Response([204, 205, 304].includes(status) ? null : body, { status, headers });
    case "dropped":
      throw new TypeError("fetch failed", {
        cause: new Error("the connection was cut on purpose"),
      });
    case "cut":
      return new Response(halfOf(body), { status, headers });
    default:
      return broken satisfies never;
  }
}

function halfOf(body: string): ReadableStream<Uint8Array> {
  return new ReadableStream({
    start(controller) {
      controller.enqueue(new TextEncoder().encode(body.slice(0, body.length / 2)));
    },
    pull(controller) {
      controller.error(new TypeError("terminated"));
    },
  });
}
