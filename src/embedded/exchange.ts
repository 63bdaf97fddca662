import type { OperationId } from "../../generated/operations.js";
import type { FaultKind } from "./faults.js";

/**
 * A request as it came, and what became of it: what `authority.requests` keeps.
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
  /** The path and the query, as they came. */
  readonly target: string;
  /** By their names in lower case; the API key is among them. */
  readonly headers: Readonly<Record<string, string>>;
  /** The body, byte for byte; empty where there was none, and where it was too long. */
  readonly body: string;
  /** `undefined` where method and path name no operation of the contract. */
  readonly operation: OperationId | undefined;
  /** Whose key came along; `undefined` without a good one, and for an admin. */
  readonly tenant: string | undefined;
  /**
   * The scopes of its subject, filter or reservation, from the tenant down. Empty where it was refused before they
   * were known.
   */
  readonly scopes: readonly string[];
  /** The request's JSON as it came, which may be no request of the contract; `undefined` where there was none. */
  readonly request: unknown;
  /** The HTTP status of the authority's own answer; `undefined` while there is none, or where a fault was in the way. */
  readonly status: number | undefined;
  /** The body of that answer: the operation's, or an error body of the protocol. */
  readonly response: object | undefined;
  /** What was broken about it on purpose; empty where nothing was. */
  readonly faults: readonly FaultKind[];
}

/**
 * A request to the authority and what it was answered: what `onAnswer` is handed.
 *
 * @example
 * ```ts
 * import { usd } from "cycles-client";
 * import { EmbeddedCycles, type Exchange } from "cycles-client/embedded";
 * const log = ({ operation, scopes, status }: Exchange) => {
 *   console.log(operation, scopes.at(-1), status);
 * };
 * new EmbeddedCycles({ budgets: { "tenant:acme": usd("5.00") }, onAnswer: log });
 * ```
 */
export interface Exchange extends Omit<Arrival, "faults"> {
  readonly status: number;
  readonly response: object;
}
