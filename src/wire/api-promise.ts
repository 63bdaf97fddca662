import type { HeaderReader } from "../protocol/headers.js";

/** The whole response of a call. */
export interface WithResponse<T> {
  /** The body, without the optional fields that were `null`. */
  readonly data: T;
  readonly status: number;
  /** The id of this request in the server's log. */
  readonly requestId: string | undefined;
  /** The id of the operation across the logs of several services. */
  readonly traceId: string | undefined;
  /** The tenant that the key belongs to, if the server reports it. */
  readonly tenant: string | undefined;
  /** The server's rate limit; `undefined` if there is none. `reset` is in epoch seconds. */
  readonly rateLimit:
    { readonly remaining: number; readonly reset: number | undefined } | undefined;
  /** The fields whose integers are beyond 2^53, so that JavaScript had to round them. */
  readonly inexact: readonly string[];
  readonly headers: HeaderReader;
}

/**
 * The promise of a response body. `withResponse()` returns the whole response. Only one request is
 * sent, even if the promise is awaited several times or in both ways.
 *
 * @example
 * ```ts
 * import type { ApiPromise } from "cycles-client";
 * async function requestIdOf(call: ApiPromise<unknown>) {
 *   return (await call.withResponse()).requestId;
 * }
 * ```
 */
export class ApiPromise<T> extends Promise<T> {
  readonly #start: () => Promise<WithResponse<T>>;
  #response: Promise<WithResponse<T>> | undefined;

  static override get [Symbol.species](): PromiseConstructor {
    return Promise;
  }

  /** @internal */
  constructor(start: () => Promise<WithResponse<T>>) {
    // This promise itself never settles, so it cannot reject unhandled. `then` uses the response.
    super(() => undefined);
    this.#start = start;
  }

  /** The body with status, ids and headers. Rejects like the promise itself. */
  withResponse(): Promise<WithResponse<T>> {
    return (this.#response ??= this.#start());
  }

  override then<A = T, B = never>(
    onfulfilled?: ((value: T) => A | PromiseLike<A>) | null,
    onrejected?: ((reason: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    return this.withResponse()
      .then(({ data }) => data)
      .then(onfulfilled, onrejected);
  }
}
