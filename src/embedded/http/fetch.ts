import type { WebRequest, WebRequestInit, WebResponse, WebUrl } from "../../web.js";
import type { Delivery, Incoming } from "./message.js";
import { readRequest } from "./request.js";
import { lazyResponse } from "./response.js";

/**
 * A `fetch` that calls the authority in this process: the type of `EmbeddedCycles.fetch`.
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

/** Creates a `fetch` that calls a request handler directly, without a socket. */
export function fetchFrom(handle: (incoming: Incoming) => Promise<Delivery>): EmbeddedFetch {
  return async (input, init) => {
    const { incoming, signal, isPlain } = readRequest(input, init);
    signal?.throwIfAborted();
    const delivery = await handle(incoming);
    signal?.throwIfAborted();
    return toResponse(delivery, isPlain);
  };
}

/** These statuses have no body, not even an empty one. */
const WITHOUT_BODY = [204, 205, 304];

/**
 * Throws as `fetch` does if the connection breaks before the response. The caller of a `Request` may
 * be a server or a service worker, which accepts only a `Response` that the platform made.
 */
function toResponse(delivery: Delivery, isPlain: boolean): Response {
  const { status, headers, body, broken, isFaulty = false } = delivery;
  switch (broken) {
    case undefined:
      if (isPlain && !isFaulty) return lazyResponse(delivery);
      return new Response(WITHOUT_BODY.includes(status) ? null : body, { status, headers });
    case "dropped":
      throw new TypeError("fetch failed", {
        cause: new Error("A fault of the embedded authority dropped the connection"),
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
