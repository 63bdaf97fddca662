import {
  CyclesConnectionError,
  CyclesError,
  CyclesResponseError,
  CyclesTimeoutError,
} from "../errors.js";
import type { ResponseHeaders } from "../protocol/headers.js";
import type { Settings } from "../options.js";
import type { WebAbortSignal } from "../web.js";

/** One HTTP request, ready to leave. */
export interface SendRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
  /** From the first connect to the last byte of the answer, in milliseconds. */
  readonly timeoutMs: number;
  /** Ends the exchange, which then rejects with the signal's reason. */
  readonly signal: WebAbortSignal | undefined;
  /**
   * Whether an abort counts only until the request leaves for the network. Before that, the request is dropped; after
   * it, the exchange runs to its end or its time bound, and resolves as usual.
   */
  readonly finishOnceSent: boolean;
  /** Whether it goes before the others, where they wait for a connection. */
  readonly priority: boolean;
}

/** A complete answer. */
export interface HttpResponse {
  readonly status: number;
  readonly headers: ResponseHeaders;
  readonly text: string;
}

/** A complete answer, and when its request left for the network, on the monotonic clock. */
export interface TimedResponse extends HttpResponse {
  readonly sentAt: number;
}

/** Makes one HTTP exchange: no redirects, a bounded time, a bounded body. */
export type Send = (request: SendRequest) => Promise<TimedResponse>;

/** `send`, and the connections beneath it. */
export interface Transport {
  readonly send: Send;
  /** Ends the connections as they fall idle. */
  close(): Promise<void>;
}

/** What a runtime's own transport is opened with. */
export type TransportOptions = Pick<
  Settings,
  "clock" | "connectTimeout" | "connections" | "keepAliveTimeout" | "dispatcher"
>;

/** No answer of the protocol comes near this. */
export const LARGEST_BODY_BYTES = 4 * 1024 * 1024;

export function tooLate({ url, timeoutMs }: SendRequest): CyclesTimeoutError {
  return new CyclesTimeoutError(
    `No complete answer from ${new URL(url).origin} within ${String(timeoutMs)} ms`,
    timeoutMs,
  );
}

/** How much of a body is quoted before secrets are taken out of it, and it is cut to what is shown. */
export const QUOTED = 4_096;

/** @param start of the body */
export function tooLarge(status: number, start: string): CyclesResponseError {
  return new CyclesResponseError(
    `The answer is larger than ${String(LARGEST_BODY_BYTES)} bytes, which no answer of the protocol is`,
    { status, excerpt: start.slice(0, QUOTED) },
  );
}

export function unreachable(error: unknown, { url }: SendRequest): CyclesError {
  if (error instanceof CyclesError) return error;
  return new CyclesConnectionError(`Cannot reach ${new URL(url).origin}: ${reasonOf(error)}`, {
    cause: error,
  });
}

/** How far causes are followed; they may go in a circle. */
const MOST_CAUSES = 5;

/** What failed. A `fetch` of the user's own may throw anything, even what cannot be read. */
function reasonOf(error: unknown): string {
  try {
    return innermost(error, MOST_CAUSES);
  } catch {
    return "an error that cannot be read";
  }
}

/** `fetch` says only "fetch failed"; what failed is in its cause. Of several addresses, the first one is named. */
function innermost(error: unknown, depth: number): string {
  if (!(error instanceof Error)) return String(error);
  const [first] = error instanceof AggregateError ? (error.errors as unknown[]) : [];
  const cause = first ?? error.cause;
  if (cause instanceof Error && depth > 0) return innermost(cause, depth - 1);
  return "code" in error && !error.message.includes(String(error.code))
    ? `${String(error.code)} ${error.message}`
    : error.message;
}
