import {
  CyclesConnectionError,
  CyclesError,
  CyclesResponseError,
  CyclesTimeoutError,
} from "../errors.js";
import type { ResponseHeaders } from "../protocol/headers.js";
import type { Settings } from "../settings.js";
import type { WebAbortSignal } from "../web.js";

/** One HTTP request, ready to be sent. */
export interface SendRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
  /** The time limit from the first connect to the last byte of the response, in milliseconds. */
  readonly timeoutMs: number;
  /** Aborts the request, which then rejects with the signal's reason. */
  readonly signal: WebAbortSignal | undefined;
  /**
   * Whether the signal is ignored once the request is sent. Before that, an abort drops the
   * request. After that, the request runs until its end or its time limit, and resolves as usual.
   */
  readonly finishOnceSent: boolean;
  /** Whether it is sent before other requests that wait for a connection. */
  readonly priority: boolean;
}

/** A complete response. */
export interface HttpResponse {
  readonly status: number;
  readonly headers: ResponseHeaders;
  readonly text: string;
}

/** A complete response, and when its request was sent, on the monotonic clock. */
export interface TimedResponse extends HttpResponse {
  readonly sentAt: number;
}

/** Sends one request, without redirects, with a time limit and a body limit. */
export type Send = (request: SendRequest) => Promise<TimedResponse>;

/** Sends requests, and owns the connections. */
export interface Transport {
  readonly send: Send;
  /** Closes the connections when they become idle. */
  close(): Promise<void>;
}

/** The settings of the runtime's transport. */
export type TransportOptions = Pick<
  Settings,
  "clock" | "connectTimeout" | "connections" | "keepAliveTimeout" | "dispatcher"
>;

/** The responses of the protocol are far smaller. */
export const LARGEST_BODY_BYTES = 4 * 1024 * 1024;

export function tooLate({ url, timeoutMs }: SendRequest): CyclesTimeoutError {
  return new CyclesTimeoutError(
    `No complete response from ${new URL(url).origin} within ${timeoutMs} ms`,
    timeoutMs,
  );
}

/** The length of the start of a body that an error keeps. It is redacted and cut later. */
export const QUOTED = 4_096;

/** @param start the start of the body */
export function tooLarge(status: number, start: string): CyclesResponseError {
  return new CyclesResponseError(
    `The response is larger than ${LARGEST_BODY_BYTES} bytes, the limit for a response`,
    { status, excerpt: start.slice(0, QUOTED) },
  );
}

export function unreachable(error: unknown, { url }: SendRequest): CyclesError {
  if (error instanceof CyclesError) return error;
  return new CyclesConnectionError(`Cannot reach ${new URL(url).origin}: ${reasonOf(error)}`, {
    cause: error,
  });
}

/** The limit for following causes, because they can form a cycle. */
const MOST_CAUSES = 5;

/** The reason for a failure. A user's `fetch` can throw any value, even an unreadable one. */
function reasonOf(error: unknown): string {
  try {
    return innermost(error, MOST_CAUSES);
  } catch {
    return "an error that cannot be read";
  }
}

/**
 * The message of the innermost cause, because `fetch` says only "fetch failed". If several
 * addresses failed, the first one counts.
 */
function innermost(error: unknown, depth: number): string {
  if (!(error instanceof Error)) return String(error);
  const errors: readonly unknown[] = error instanceof AggregateError ? error.errors : [];
  const cause = errors[0] ?? error.cause;
  if (cause instanceof Error && depth > 0) return innermost(cause, depth - 1);
  return "code" in error && !error.message.includes(String(error.code))
    ? `${String(error.code)} ${error.message}`
    : error.message;
}
