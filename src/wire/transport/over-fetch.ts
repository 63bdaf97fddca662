import { onAbort, type Clock } from "../../clock.js";
import { CyclesConnectionError, CyclesResponseError } from "../../errors.js";
import type { Fetch } from "../../options.js";
import { quoted } from "../../text.js";
import {
  type HttpResponse,
  LARGEST_BODY_BYTES,
  type SendRequest,
  type TimedResponse,
  tooLarge,
  tooLate,
  type Transport,
  unreachable,
} from "../send.js";

/** A transport that uses a `fetch`, which has its own connections. */
export function overFetch(fetchFn: Fetch, clock: Clock): Transport {
  return {
    send: (request) => exchange(fetchFn, clock, request),
    close: () => Promise.resolve(),
  };
}

async function exchange(
  fetchFn: Fetch,
  clock: Clock,
  request: SendRequest,
): Promise<TimedResponse> {
  const { timeoutMs, signal, finishOnceSent } = request;
  signal?.throwIfAborted();
  // A `fetch` does not report when it sends the request. The time of the call is never too late, so
  // a round trip is never underestimated.
  const sentAt = clock.monotonic();
  const controller = new AbortController();
  const { promise: abandoned, reject: abandon } = rejection();
  const stop = (reason: unknown) => {
    abandon(reason);
    controller.abort(reason);
  };
  const timer = clock.setTimeout(() => {
    stop(tooLate(request));
  }, timeoutMs);
  const stopWaiting = finishOnceSent
    ? undefined
    : signal && onAbort(signal, () => stop(signal.reason));
  try {
    // The race also ends the wait for a `fetch` that ignores its signal.
    const responded = fetchWhole(fetchFn, request, controller.signal);
    return { ...(await Promise.race([responded, abandoned])), sentAt };
  } catch (error) {
    throw controller.signal.aborted ? controller.signal.reason : unreachable(error, request);
  } finally {
    timer.cancel();
    stopWaiting?.();
  }
}

async function fetchWhole(
  fetchFn: Fetch,
  { method, url, headers, body }: SendRequest,
  signal: AbortSignal,
): Promise<HttpResponse> {
  // A copy, because a user's `fetch` may change the headers, and the next attempt sends them again.
  const init: RequestInit = { method, headers: { ...headers }, redirect: "manual", signal };
  if (body !== undefined) init.body = body;
  const response: unknown = await fetchFn(url, init);
  if (!isResponse(response)) {
    throw new CyclesConnectionError(`fetch returned ${quoted(response)}, which is not a Response`);
  }
  if (response.type === "opaqueredirect") {
    throw new CyclesResponseError(
      "The server redirects. Redirects are not followed, because the API key would be sent along",
      {
        status: 302,
        retryable: false,
      },
    );
  }
  const text = await bounded(response, signal);
  return { status: response.status, headers: plainHeaders(response.headers), text };
}

/** Checks the shape, because a user's `fetch` can return anything. */
function isResponse(value: unknown): value is Response {
  if (typeof value !== "object" || value === null) return false;
  if ("type" in value && value.type === "opaqueredirect") return true;
  return (
    "status" in value &&
    Number.isInteger(value.status) &&
    value.status !== 0 &&
    "headers" in value &&
    typeof value.headers === "object" &&
    value.headers !== null
  );
}

/** Copies the headers of other `fetch` implementations, so that their values are strings. */
function plainHeaders(headers: Headers): Headers {
  return headers instanceof Headers ? headers : new Headers([...headers]);
}

/** A promise that can only reject, and whose rejection is never unhandled. */
function rejection(): { promise: Promise<never>; reject: (reason: unknown) => void } {
  let reject: (reason: unknown) => void = () => undefined;
  const promise = new Promise<never>((_, no) => {
    reject = no;
  });
  promise.catch(() => undefined);
  return { promise, reject };
}

/**
 * The size that an empty chunk counts as. Otherwise, a stream of empty chunks would never end, and
 * no timer could fire.
 */
const EMPTY_CHUNK_BYTES = 1024;

async function bounded(response: Response, signal: AbortSignal): Promise<string> {
  const body: unknown = response.body;
  if (body === null) return "";
  // Some implementations of `fetch` have no streams.
  if (!isStream(body)) return whole(response);
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let text = "";
  let bytes = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return text + decoder.decode();
    bytes += value.byteLength || EMPTY_CHUNK_BYTES;
    if (signal.aborted || bytes > LARGEST_BODY_BYTES) {
      reader.cancel().catch(() => undefined);
      throw tooLarge(response.status, text);
    }
    text += decoder.decode(value, { stream: true });
  }
}

function isStream(body: unknown): body is ReadableStream<Uint8Array> {
  return typeof body === "object" && body !== null && "getReader" in body;
}

async function whole(response: Response): Promise<string> {
  const read: unknown = await response.text();
  const text = String(read);
  if (text.length > LARGEST_BODY_BYTES) throw tooLarge(response.status, text);
  return text;
}
