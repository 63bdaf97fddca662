import type { Dispatcher as Undici } from "undici";
import { onAbort } from "../../abort.js";
import type { Clock, Timer } from "../../clock.js";
import type { Dispatcher } from "../../options.js";
import {
  type Answer,
  LARGEST_BODY_BYTES,
  QUOTED,
  type SendRequest,
  tooLarge,
  tooLate,
  unreachable,
} from "../send.js";
import { bodyText } from "./body-text.js";
import { ReceivedHeaders } from "./received-headers.js";

type Incoming = Parameters<NonNullable<Undici.DispatchHandler["onResponseStart"]>>[2];

/** Where an exchange begins: undici's connections to an origin, and who is told that it is over. */
export interface Place {
  readonly dispatcherFor: (origin: string) => Dispatcher;
  readonly leave?: () => void;
}

/**
 * One request on its way through undici, and what undici calls back as the answer comes in. Its time runs from the
 * beginning, whether it is sent at once or waits for a connection.
 */
export class Exchange implements Undici.DispatchHandler {
  readonly #request: SendRequest;
  readonly #resolve: (answer: Answer) => void;
  readonly #reject: (reason: unknown) => void;
  readonly #timer: Timer;
  readonly #stopWaiting: (() => void) | undefined;
  #leave: (() => void) | undefined;
  #controller: Undici.DispatchController | undefined;
  #over = false;
  #status = 0;
  #headers: Incoming | undefined;
  #bytes = 0;
  #chunks: Buffer[] | undefined;

  constructor(
    request: SendRequest,
    clock: Clock,
    resolve: (answer: Answer) => void,
    reject: (reason: unknown) => void,
  ) {
    const { timeoutMs, signal } = request;
    this.#request = request;
    this.#resolve = resolve;
    this.#reject = reject;
    this.#timer = clock.setTimeout(() => {
      this.#stop(tooLate(request));
    }, timeoutMs);
    if (signal?.aborted === true) this.#stop(signal.reason);
    else if (signal)
      this.#stopWaiting = onAbort(signal, () => {
        this.#stop(signal.reason);
      });
  }

  start({ dispatcherFor, leave }: Place): void {
    if (this.#over) {
      leave?.();
      return;
    }
    this.#leave = leave;
    const { url, method, headers, body } = this.#request;
    try {
      const [origin, path] = split(url);
      dispatcherFor(origin).dispatch({ origin, path, method, headers, body }, this);
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
    // Nobody waits any more: thrown here, it is dropped before it is sent, and costs no connection.
    if (this.#over) throw new Error("given up while it waited for a connection");
    this.#controller = controller;
  }

  onResponseStart(_: Undici.DispatchController, status: number, headers: Incoming): void {
    this.#status = status;
    this.#headers = headers;
  }

  onResponseData(_: Undici.DispatchController, chunk: Buffer): void {
    this.#bytes += chunk.byteLength;
    const chunks = (this.#chunks ??= []);
    if (this.#bytes <= LARGEST_BODY_BYTES) chunks.push(chunk);
    else this.#stop(tooLarge(this.#status, chunks[0]?.toString("utf8", 0, QUOTED) ?? ""));
  }

  onResponseEnd(): void {
    if (this.#over) return;
    try {
      const headers = new ReceivedHeaders(this.#headers ?? {});
      const text = bodyText(this.#chunks ?? [], headers.get("content-encoding"));
      this.#end();
      this.#resolve({ status: this.#status, headers, text });
    } catch (error) {
      this.fail(error);
    }
  }

  onResponseError(_: Undici.DispatchController, error: Error): void {
    this.fail(error);
  }

  /** Gives up: the caller hears it now, whatever undici still has to wind up. */
  #stop(reason: unknown): void {
    if (this.#over) return;
    this.#end();
    this.#reject(reason);
    this.#controller?.abort(new Error("given up"));
  }

  #end(): void {
    this.#over = true;
    this.#timer.cancel();
    this.#stopWaiting?.();
    this.#leave?.();
  }
}

/** The origin and the rest of a URL. What undici would not send as it is, is encoded as `fetch` does it. */
function split(url: string): [origin: string, path: string] {
  const end = url.indexOf("/", url.indexOf("//") + 2);
  if (end > 0 && !/[^\x21-\x7e]/.test(url)) return [url.slice(0, end), url.slice(end)];
  const { origin, pathname, search } = new URL(url);
  return [origin, pathname + search];
}
