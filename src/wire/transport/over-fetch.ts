import { onAbort } from "../../abort.js";
import type { Clock } from "../../clock.js";
import { CyclesResponseError } from "../../errors.js";
import type { Fetch } from "../../options.js";
import {
  type Answer,
  LARGEST_BODY_BYTES,
  type SendRequest,
  type TimedAnswer,
  tooLarge,
  tooLate,
  type Transport,
  unreachable,
} from "../send.js";

/** The transport over a `fetch`, whose connections are its own. */
export function overFetch(fetch: Fetch, clock: Clock): Transport {
  return {
    send: (request) => exchange(fetch, clock, request),
    close: () => Promise.resolve(),
  };
}

async function exchange(fetch: Fetch, clock: Clock, request: SendRequest): Promise<TimedAnswer> {
  const { timeoutMs, signal, finishOnceSent } = request;
  signal?.throwIfAborted();
  // A `fetch` does not say when the request leaves: counted from the call, a round trip is never too short.
  const sentAt = clock.monotonic();
  const controller = new AbortController();
  const { promise: given, reject: giveUp } = rejection();
  const stop = (reason: unknown) => {
    giveUp(reason);
    controller.abort(reason);
  };
  const timer = clock.setTimeout(() => {
    stop(tooLate(request));
  }, timeoutMs);
  const stopWaiting = finishOnceSent
    ? undefined
    : signal && onAbort(signal, () => stop(signal.reason));
  try {
    // The race holds even where a `fetch` does not listen to its signal.
    const answered = answer(fetch, request, controller.signal);
    return { ...(await Promise.race([answered, given])), sentAt };
  } catch (error) {
    throw controller.signal.aborted ? controller.signal.reason : unreachable(error, request);
  } finally {
    timer.cancel();
    stopWaiting?.();
  }
}

async function answer(
  fetch: Fetch,
  { method, url, headers, body }: SendRequest,
  signal: AbortSignal,
): Promise<Answer> {
  const init: RequestInit = { method, headers, redirect: "manual", signal };
  if (body !== undefined) init.body = body;
  const response = await fetch(url, init);
  if (response.type === "opaqueredirect") {
    throw new CyclesResponseError(
      "The server redirects, which is not followed: the API key would travel along",
      {
        status: 302,
        retryable: false,
      },
    );
  }
  return { status: response.status, headers: response.headers, text: await bounded(response) };
}

/** A promise that is only ever rejected, and whose rejection nobody has to catch. */
function rejection(): { promise: Promise<never>; reject: (reason: unknown) => void } {
  let reject: (reason: unknown) => void = () => undefined;
  const promise = new Promise<never>((_, no) => {
    reject = no;
  });
  promise.catch(() => undefined);
  return { promise, reject };
}

async function bounded(response: Response): Promise<string> {
  if (response.body === null) return "";
  const reader = (response.body as ReadableStream<Uint8Array>).getReader();
  const decoder = new TextDecoder();
  let text = "";
  let bytes = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return text + decoder.decode();
    bytes += value.byteLength;
    if (bytes > LARGEST_BODY_BYTES) {
      reader.cancel().catch(() => undefined);
      throw tooLarge(response.status, text);
    }
    text += decoder.decode(value, { stream: true });
  }
}
