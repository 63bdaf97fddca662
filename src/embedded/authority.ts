import type { components } from "../../generated/paths.js";
import type { Amount, Unit } from "../amount.js";
import type { Clock } from "../clock.js";
import { CyclesConfigError } from "../errors.js";
import { BASE_URL, type EmbeddedClientOptions, type EmbeddedServer } from "./clients.js";
import type { Credentials } from "./credentials.js";
import type { Arrival, Exchange } from "./exchange.js";
import { Evidence } from "./evidence/evidence.js";
import { Faults } from "./faults.js";
import { type EmbeddedFetch, fetchFrom } from "./http/fetch.js";
import { type AccessControl, type Admission, admit, needsBody } from "./http/admit.js";
import { type Backend, handle } from "./http/handle.js";
import { type Listener, listen } from "./http/listener.js";
import type { Delivery, Incoming } from "./http/message.js";
import type { OriginPolicy } from "./http/origin.js";
import { publish } from "./http/publish.js";
import type { Command } from "./ledger/command.js";
import { Ledger } from "./ledger/ledger.js";
import { isRefusal } from "./ledger/refusal.js";
import type { RuleSet } from "./ledger/state.js";
import { type EmbeddedOptions, resolveEmbeddedOptions } from "./options.js";
import { type OpenArrival, RequestLog } from "./request-log.js";

/** A balance of the protocol, with every field present. */
export type EmbeddedBalance = Required<components["schemas"]["Balance"]>;

/**
 * A budget authority inside the process: the protocol's runtime operations over a ledger in memory.
 * Use it for development, tests and demos. Its state ends with the process. In production, set the
 * client's base URL to the reference server.
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
  readonly #accessControl: AccessControl;
  readonly #rules: RuleSet;
  readonly #isRateLimited: boolean;
  readonly #log: RequestLog;
  readonly #policy: OriginPolicy;
  readonly #listeners = new Set<Listener>();
  /** `undefined` if the authority signs no evidence. */
  readonly #evidence: Evidence | undefined;
  /** The clock of the authority. */
  readonly clock: Clock;
  /** Injects faults into calls. */
  readonly faults: Faults;
  /** A `fetch` for clients in this process, without a socket. It ignores the host in the URL. */
  readonly fetch: EmbeddedFetch = fetchFrom((incoming) => this.#handle(incoming));

  constructor(options: EmbeddedOptions) {
    const { budgets, credentials, clock, ledger, rateLimit, log, policy, evidence } =
      resolveEmbeddedOptions(options);
    this.#ledger = new Ledger(budgets, ledger);
    this.#credentials = credentials;
    this.#onResponse = options.onResponse;
    this.#accessControl = {
      credentials,
      countRequest: rateLimit && ((tenant) => rateLimit.count(tenant, clock.now())),
    };
    this.#rules = ledger.rules;
    this.#isRateLimited = rateLimit !== undefined;
    this.#log = new RequestLog(log);
    this.#policy = policy;
    this.#evidence = evidence && new Evidence(evidence, ledger);
    this.clock = clock;
    this.faults = new Faults(clock);
  }

  /**
   * Returns the options of a `CyclesClient` that calls the authority as the tenant.
   *
   * @throws `CyclesConfigError` if the tenant is unknown, as {@link EmbeddedCycles.apiKey} does.
   */
  clientOptions(tenant: string): Required<EmbeddedClientOptions> {
    return { ...this.#optionsFor(tenant, BASE_URL), fetch: this.fetch };
  }

  /**
   * Returns the tenant's API key. If the options set no key, the first call creates a random one.
   *
   * @throws `CyclesConfigError` if neither `budgets` nor `apiKeys` names the tenant.
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
   * @param port - 0, the default, selects a free port.
   * @throws `CyclesConfigError` if the port is taken or not allowed.
   */
  async listen(port = 0): Promise<EmbeddedServer> {
    const listener = await listen({ port, policy: this.#policy }, (incoming) =>
      this.#handle(incoming),
    );
    this.#listeners.add(listener);
    this.#evidence?.serveAt(listener.url);
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
   * The last requests, in the order in which they arrived, including invalid requests. The options
   * `keepRequests` and `keepRequestBytes` set how many are kept.
   */
  get requests(): readonly Arrival[] {
    return this.#log.last;
  }

  /** Empties {@link EmbeddedCycles.requests}. */
  clearRequests(): void {
    this.#log.clear();
  }

  /** Returns the balances of every budget, or of one scope, such as `tenant:acme/agent:bot`. */
  balances(scope?: string): EmbeddedBalance[] {
    return this.#ledger.balances(scope, this.clock.now());
  }

  /**
   * Adds to the budget of a scope. Debt is repaid first, and a scope that is over its limit
   * recovers.
   *
   * @throws `CyclesConfigError` if the scope has no budget in the unit.
   */
  fund(scope: string, amount: Amount): void {
    this.#operate({ operation: "fund", scope, amount });
  }

  /**
   * Freezes a scope's budgets, in one unit or in all. Nothing new can be reserved or recorded, but
   * existing reservations can be settled.
   *
   * @throws `CyclesConfigError` if the scope has no such budget.
   */
  freeze(scope: string, unit?: Unit): void {
    this.#operate({ operation: "setStatus", scope, unit, status: "FROZEN" });
  }

  /**
   * Reverses {@link EmbeddedCycles.freeze}. A closed budget remains closed.
   *
   * @throws `CyclesConfigError` if the scope has no such budget.
   */
  unfreeze(scope: string, unit?: Unit): void {
    this.#operate({ operation: "setStatus", scope, unit, status: "ACTIVE" });
  }

  /**
   * Closes a tenant permanently. It can no longer reserve, settle or record anything, but reads
   * still work.
   *
   * @throws `CyclesConfigError` if the tenant is unknown, as {@link EmbeddedCycles.apiKey} does.
   */
  closeTenant(tenant: string): void {
    this.apiKey(tenant); // throws if the tenant is unknown, which is probably a typo
    this.#operate({ operation: "closeTenant", tenant });
  }

  /** Closes every socket. The ledger keeps its state. */
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

  async #handle(incoming: Incoming): Promise<Delivery> {
    const admission = admit(incoming, this.#accessControl);
    const arrival = this.#log.open(incoming, this.clock.now());
    arrival.operation = admission.operation;
    const body = needsBody(admission) ? await incoming.body() : "";
    arrival.body = body ?? "";
    const published =
      this.#evidence && (await publish(admission, this.#evidence, this.clock.now()));
    const genuine = () => {
      const received = { incoming, admission, body, published };
      const response = handle(received, this.#backend(arrival, admission));
      this.#log.grow(arrival, arrival.body.length + response.body.length);
      return response;
    };
    if (this.faults.isIdle) return genuine();
    const { delivery, faults } = await this.faults.pass(admission.operation, genuine);
    arrival.faults = faults;
    return { ...delivery, isFaulty: faults.length > 0 };
  }

  #backend(arrival: OpenArrival, { tenant }: Admission): Backend {
    const evidence = this.#evidence;
    return {
      run: (command, attestation) => this.#ledger.run(command, this.clock.now(), attestation),
      issue: evidence && ((statement) => evidence.issue(statement, this.clock.now())),
      rules: this.#rules,
      isRateLimited: this.#isRateLimited,
      observe: ({ understood, status, response }) => {
        const { body: request, command } = understood;
        arrival.tenant = tenant;
        arrival.scopes = command === undefined ? [] : this.#ledger.scopes(command);
        arrival.request = request;
        arrival.status = status;
        arrival.response = response;
        if (this.#onResponse) this.#report(this.#onResponse, { ...arrival, status, response });
      },
    };
  }

  /** An error of the callback is thrown outside the call, so that the response is still sent. */
  #report(
    onResponse: (exchange: Exchange) => void,
    { faults: _, ...exchange }: Exchange & Arrival,
  ): void {
    try {
      onResponse(exchange);
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
