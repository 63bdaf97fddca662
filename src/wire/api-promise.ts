import type { HeaderReader } from "../protocol/headers.js";

/** The whole response of a call. */
export interface WithResponse<T> {
  /** The body, without the optional fields that were `null`. */
  readonly data: T;
  readonly status: number;
  /** Names this request in the server's log. */
  readonly requestId: string | undefined;
  /** Names the operation across services' logs. */
  readonly traceId: string | undefined;
  /** The tenant that the key belongs to, if the server says it. */
  readonly tenant: string | undefined;
  /** What the server says about its rate limit; absent if it is unlimited. `reset` is in epoch seconds. */
  readonly rateLimit:
    { readonly remaining: number; readonly reset: number | undefined } | undefined;
  /** Fields with integers beyond 2^53, which JavaScript had to round. */
  readonly inexact: readonly string[];
  readonly headers: HeaderReader;
}

/**
 * The promise of a response's body, which gives the whole response when asked. However often and in whatever way it
 * is awaited, there is one request.
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
    // The promise underneath is never used: `then` goes to the answer, so no half can be left unhandled.
    super((resolve) => {
      resolve(undefined as T);
    });
    this.#start = start;
  }

  /** The body together with status, ids and headers. */
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
