import type { Clock } from "../clock.js";
import type { EmbeddedFetch } from "./http/fetch.js";

/** A host that does not exist, because requests must never leave the process. */
export const BASE_URL = "http://cycles.invalid";

/** The options of a `CyclesClient` that calls the authority as one tenant. */
export interface EmbeddedClientOptions {
  readonly baseUrl: string;
  readonly apiKey: string;
  readonly subject: { readonly tenant: string };
  readonly clock: Clock;
  /** Off, because the ledger ends with the process: spends in a journal would outlive it. */
  readonly journal: false;
  /** Absent if the client calls the authority through a socket. */
  readonly fetch?: EmbeddedFetch;
}

/**
 * An authority that listens on a port of this machine.
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
  /**
   * Returns the options of a client that calls the authority over HTTP as the tenant. Throws a
   * `CyclesConfigError` if the tenant is unknown, as `EmbeddedCycles.apiKey` does.
   */
  readonly clientOptions: (tenant: string) => Omit<EmbeddedClientOptions, "fetch">;
  /** Stops listening and closes every connection. */
  readonly close: () => Promise<void>;
}
