import type { Dispatcher as Undici } from "undici";
import { onAbort, type Clock, type Timer } from "../../clock.js";
import { IDEMPOTENCY_HEADER, type ResponseHeaders } from "../../protocol/headers.js";
import type { Dispatcher } from "../../options.js";
import {
  LARGEST_BODY_BYTES,
  QUOTED,
  type SendRequest,
  type TimedResponse,
  tooLarge,
  tooLate,
  unreachable,
} from "../send.js";
import { bodyText } from "./body-text.js";

type IncomingHeaders = Parameters<NonNullable<Undici.DispatchHandler["onResponseStart"]>>[2];

/** A connection that carries one exchange at a time. */
export interface Connection extends Dispatcher {
  /** The bytes received on the current socket; `undefined` if the user owns the sockets. */
  readonly bytesRead: number | undefined;
  /** Replaces this connection with one that has a new socket. */
  renew(): Connection;
}

/** The source of an exchange's connection, which the exchange returns at its end. */
export interface DispatchTarget {
  readonly connect: (origin: string) => Connection;
  /** Called when the exchange has ended, with its connection if it had one. */
  readonly release: (connection: Connection | undefined) => void;
}

/**
 * One request in undici, and the handler of its response. The time limit includes the time that the
 * request waits for a connection.
 */
export class PooledExchange implements Undici.DispatchHandler {
  readonly #request: SendRequest;
  readonly #clock: Clock;
  readonly #resolve: (response: TimedResponse) => void;
  readonly #reject: (reason: unknown) => void;
  readonly #timer: Timer;
  #stopWaiting: (() => void) | undefined;
  #target: DispatchTarget | undefined;
  #connection: Connection | undefined;
  #controller: Undici.DispatchController | undefined;
  #over = false;
  #sentAt = 0;
  /** The bytes that the socket had received before this request; 0 for a new socket. */
  #bytesBefore: number | undefined;
  #isResent = false;
  #status = 0;
  #headers: IncomingHeaders | undefined;
  #bytes = 0;
  #chunks: Buffer[] | undefined;

  constructor(
    request: SendRequest,
    clock: Clock,
    resolve: (response: TimedResponse) => void,
    reject: (reason: unknown) => void,
  ) {
    const { timeoutMs, signal } = request;
    this.#request = request;
    this.#clock = clock;
    this.#resolve = resolve;
    this.#reject = reject;
    this.#timer = clock.setTimeout(() => {
      this.#stop(tooLate(this.#request));
    }, timeoutMs);
    if (signal?.aborted === true) this.#stop(signal.reason);
    else if (signal)
      this.#stopWaiting = onAbort(signal, () => this.#stop(this.#request.signal?.reason));
  }

  start(target: DispatchTarget): void {
    if (this.#over) {
      target.release(undefined);
      return;
    }
    this.#target = target;
    try {
      this.#sentAt = this.#clock.monotonic();
      const [origin, path] = split(this.#request.url);
      this.#connection = target.connect(origin);
      this.#dispatch(origin, path);
    } catch (error) {
      this.fail(error);
    }
  }

  fail(reason: unknown): void {
    if (this.#over) return;
    this.#end();
    this.#reject(unreachable(reason, this.#request));
  }

  onRequestStart(controller: Undici.DispatchController): void {
    // An error here drops the request before it is sent, and keeps the connection.
    if (this.#over) throw new Error("aborted while it waited for a connection");
    this.#controller = controller;
    this.#bytesBefore = this.#connection?.bytesRead;
    if (this.#request.finishOnceSent) this.#stopWaiting?.();
  }

  onResponseStart(_: Undici.DispatchController, status: number, headers: IncomingHeaders): void {
    this.#status = status;
    this.#headers = headers;
  }

  onResponseData(_: Undici.DispatchController, chunk: Buffer): void {
    if (this.#over) return;
    this.#bytes += chunk.byteLength;
    const chunks = this.#chunks;
    if (this.#bytes > LARGEST_BODY_BYTES)
      this.#stop(tooLarge(this.#status, chunks?.[0]?.toString("utf8", 0, QUOTED) ?? ""));
    else if (chunks) chunks.push(chunk);
    // Most bodies are one chunk. The first `push` would allocate room for 17.
    else this.#chunks = [chunk];
  }

  onResponseEnd(): void {
    if (this.#over) return;
    try {
      const status = this.#status;
      const headers = new ReceivedHeaders(this.#headers ?? {});
      const text = bodyText(status, this.#chunks ?? [], headers.get("content-encoding"));
      this.#end();
      this.#resolve({ status, headers, text, sentAt: this.#sentAt });
    } catch (error) {
      this.fail(error);
    }
  }

  onResponseError(_: Undici.DispatchController, error: Error): void {
    if (this.#isStale(error)) this.#resend();
    // Later, because undici must not get the next request while it ends those of a connection. It
    // would throw where only the process can catch it.
    else
      queueMicrotask(() => {
        this.fail(error);
      });
  }

  /**
   * Whether the server closed a keep-alive connection before it read this request, so that the
   * request can be sent again. If a new connection breaks, that is an error: a server that breaks
   * every connection must not get a second request.
   */
  #isStale(error: Error & { readonly code?: unknown }): boolean {
    if (this.#over || this.#isResent || this.#status !== 0) return false;
    if (!isRepeatable(this.#request)) return false;
    const before = this.#bytesBefore ?? 0;
    return before > 0 && before === this.#connection?.bytesRead && isClosed(error.code);
  }

  #resend(): void {
    this.#isResent = true;
    try {
      this.#connection = this.#connection?.renew();
      this.#dispatch(...split(this.#request.url));
    } catch (error) {
      this.fail(error);
    }
  }

  #dispatch(origin: string, path: string): void {
    const { method, headers, body } = this.#request;
    this.#connection?.dispatch({ origin, path, method, headers, body }, this);
  }

  /** Rejects now, although undici may still need time to end the request. */
  #stop(reason: unknown): void {
    if (this.#over) return;
    this.#end();
    this.#reject(reason);
    this.#controller?.abort(new Error("aborted"));
  }

  #end(): void {
    this.#over = true;
    this.#timer.cancel();
    this.#stopWaiting?.();
    this.#target?.release(this.#connection);
  }
}

/** Whether a repeated request acts only once. The raw client can also send other requests. */
function isRepeatable({ method, headers, body }: SendRequest): boolean {
  return method === "GET" || KEY_HEADER in headers || body?.includes('"idempotency_key"') === true;
}

const KEY_HEADER = IDEMPOTENCY_HEADER.toLowerCase();

/** Whether the code means a closed connection, on any platform. */
function isClosed(code: unknown): boolean {
  return (
    code === "UND_ERR_SOCKET" ||
    code === "ECONNRESET" ||
    code === "EPIPE" ||
    code === "ECONNABORTED"
  );
}

/** Splits a URL. Encodes the characters that `fetch` encodes, such as an apostrophe in a query. */
function split(url: string): [origin: string, path: string] {
  const end = url.indexOf("/", url.indexOf("//") + 2);
  if (end > 0 && !/[^\x21-\x26\x28-\x7e]/.test(url)) return [url.slice(0, end), url.slice(end)];
  const { origin, pathname, search } = new URL(url);
  return [origin, pathname + search];
}

/** The headers of a response as undici passes them, with lower-case names. */
class ReceivedHeaders implements ResponseHeaders {
  readonly #values: Readonly<Record<string, string | readonly string[] | undefined>>;

  constructor(values: Readonly<Record<string, string | readonly string[] | undefined>>) {
    this.#values = values;
  }

  get(name: string): string | null {
    const key = name.toLowerCase();
    const value = Object.hasOwn(this.#values, key) ? this.#values[key] : undefined;
    return typeof value === "object" ? value.join(", ") : (value ?? null);
  }

  *[Symbol.iterator](): Generator<[string, string], void> {
    for (const [name, value] of Object.entries(this.#values)) {
      for (const one of typeof value === "object" ? value : [value ?? ""]) yield [name, one];
    }
  }
}
