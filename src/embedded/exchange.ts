import type { OperationId } from "../../generated/operations.js";
import type { FaultKind } from "./faults.js";

/**
 * A request to the authority and its outcome: an element of `authority.requests`.
 *
 * @example
 * ```ts
 * import { usd } from "cycles-client";
 * import { type Arrival, EmbeddedCycles } from "cycles-client/embedded";
 * const authority = new EmbeddedCycles({ budgets: { "tenant:acme": usd("5.00") } });
 * const isCommit = ({ operation }: Arrival) => operation === "commitReservation";
 * console.log(authority.requests.filter(isCommit).length);
 * ```
 */
export interface Arrival {
  /** When it arrived, by the authority's clock, in milliseconds since the Unix epoch. */
  readonly at: number;
  readonly method: string;
  /** The path and the query, as they were sent. */
  readonly target: string;
  /** By name, in lower case. The API key is included. */
  readonly headers: Readonly<Record<string, string>>;
  /** The body, byte for byte. Empty if there was none, or if it was too long. */
  readonly body: string;
  /** `undefined` if the method and the path match no operation of the contract. */
  readonly operation: OperationId | undefined;
  /** The tenant of the API key; `undefined` without a valid key, and for an admin. */
  readonly tenant: string | undefined;
  /**
   * The scopes of its subject, filter or reservation, from the tenant down. Empty if the request
   * was refused before they were known.
   */
  readonly scopes: readonly string[];
  /** The parsed JSON body, valid or not; `undefined` if there was none. */
  readonly request: unknown;
  /**
   * The HTTP status of the authority's own response; `undefined` if there is none yet, or if a
   * fault prevented it.
   */
  readonly status: number | undefined;
  /** The body of that response: the operation's, or the protocol's error body. */
  readonly response: object | undefined;
  /** The faults that hit the request, if any. */
  readonly faults: readonly FaultKind[];
}

/**
 * A request to the authority and its response: the argument of `onResponse`.
 *
 * @example
 * ```ts
 * import { usd } from "cycles-client";
 * import { EmbeddedCycles, type Exchange } from "cycles-client/embedded";
 * const log = ({ operation, scopes, status }: Exchange) => {
 *   console.log(operation, scopes.at(-1), status);
 * };
 * new EmbeddedCycles({ budgets: { "tenant:acme": usd("5.00") }, onResponse: log });
 * ```
 */
export interface Exchange extends Omit<Arrival, "faults"> {
  readonly status: number;
  readonly response: object;
}
