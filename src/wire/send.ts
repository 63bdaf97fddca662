import type { Clock } from "../clock.js";
import {
  CyclesConnectionError,
  CyclesError,
  CyclesResponseError,
  CyclesTimeoutError,
} from "../errors.js";
import type { HeaderReader } from "../headers.js";
import type { Fetch } from "../options.js";

/** One HTTP request, ready to leave. */
export interface SendRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
  /** From the first connect to the last byte of the answer, in milliseconds. */
  readonly timeoutMs: number;
  readonly signal: AbortSignal | undefined;
}

/** A complete answer. */
export interface Answer {
  readonly status: number;
  readonly headers: HeaderReader;
  readonly text: string;
}

/** Makes one HTTP exchange: no redirects, a bounded time, a bounded body. */
export type Send = (request: SendRequest) => Promise<Answer>;

/** No answer of the protocol comes near this. */
const LARGEST_BODY_BYTES = 4 * 1024 * 1024;

/** `send` over a `fetch`. */
export function fetchSend(fetch: Fetch, clock: Clock): Send {
  return async ({ method, url, headers, body, timeoutMs, signal }) => {
    signal?.throwIfAborted();
    const controller = new AbortController();
    const { promise: given, reject: giveUp } = rejection();
    const stop = (reason: unknown) => {
      giveUp(reason);
      controller.abort(reason);
    };
    const timer = clock.setTimeout(() => {
      stop(
        new CyclesTimeoutError(
          `No complete answer from ${originOf(url)} within ${String(timeoutMs)} ms`,
          timeoutMs,
        ),
      );
    }, timeoutMs);
    const abort = () => {
      stop(signal?.reason);
    };
    signal?.addEventListener("abort", abort, { once: true });
    try {
      // The race holds even where a `fetch` does not listen to its signal.
      return await Promise.race([exchange(), given]);
    } catch (error) {
      throw controller.signal.aborted ? controller.signal.reason : unreachable(error, url);
    } finally {
      timer.cancel();
      signal?.removeEventListener("abort", abort);
    }

    async function exchange(): Promise<Answer> {
      const init: RequestInit = { method, headers, redirect: "manual", signal: controller.signal };
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
  };
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
      throw new CyclesResponseError(
        `The answer is larger than ${String(LARGEST_BODY_BYTES)} bytes, which no answer of the protocol is`,
        { status: response.status, excerpt: text.slice(0, 200) },
      );
    }
    text += decoder.decode(value, { stream: true });
  }
}

function unreachable(error: unknown, url: string): CyclesError {
  if (error instanceof CyclesError) return error;
  return new CyclesConnectionError(`Cannot reach ${originOf(url)}: ${reasonOf(error)}`, {
    cause: error,
  });
}

/** `fetch` says only "fetch failed"; what failed is in its cause. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { cause } = error;
  if (cause instanceof Error)
    return "code" in cause ? `${String(cause.code)} ${cause.message}` : cause.message;
  return error.message;
}

function originOf(url: string): string {
  return new URL(url).origin;
}
