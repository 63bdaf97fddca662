import type { OperationId } from "../../generated/operations.js";

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
export interface Exchange {
  /** When it was answered, by the authority's clock, in milliseconds since the Unix epoch. */
  readonly at: number;
  readonly method: string;
  /** The path and the query, as they came. */
  readonly target: string;
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
  /** The HTTP status. */
  readonly status: number;
  /** The body of the answer: the operation's, or an error body of the protocol. */
  readonly answer: object;
}
