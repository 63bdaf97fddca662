import type * as Undici from "undici";
import type { Dispatcher } from "../../options.js";
import type { Send, Transport, TransportOptions } from "../send.js";
import { Connections } from "./connections.js";
import { type Connection, type DispatchTarget, PooledExchange } from "./pooled-exchange.js";
import { PrioritySemaphore } from "./priority-semaphore.js";

export function openTransport(options: TransportOptions): Transport {
  const { dispatcher } = options;
  return dispatcher === undefined ? new Pooled(options) : through(dispatcher, options);
}

/** Uses the user's connections. The user closes them, and their sockets are not visible here. */
function through(dispatcher: Dispatcher, { clock }: TransportOptions): Transport {
  const connection: Connection = {
    bytesRead: undefined,
    dispatch: (options, handler) => dispatcher.dispatch(options, handler),
    renew: () => connection,
  };
  const target = { connect: () => connection, release: () => undefined };
  return {
    send: (request) =>
      new Promise((resolve, reject) => {
        new PooledExchange(request, clock, resolve, reject).start(target);
      }),
    close: () => Promise.resolve(),
  };
}

/** Uses the client's own connections. Requests wait for a free one here, and not in undici. */
class Pooled implements Transport {
  readonly #options: TransportOptions;
  readonly #semaphore: PrioritySemaphore<PooledExchange>;
  #connections: Connections | undefined;
  /** Created by the first request, because importing undici takes longer than this package. */
  #target: DispatchTarget | undefined;

  constructor(options: TransportOptions) {
    this.#options = options;
    this.#semaphore = new PrioritySemaphore(options.connections, (exchange) => {
      if (this.#target) exchange.start(this.#target);
      else void this.#startFirst(exchange);
    });
  }

  readonly send: Send = (request) =>
    new Promise((resolve, reject) => {
      const exchange = new PooledExchange(request, this.#options.clock, resolve, reject);
      this.#semaphore.acquire(exchange, request.priority);
    });

  async close(): Promise<void> {
    await this.#connections?.close();
  }

  async #startFirst(exchange: PooledExchange): Promise<void> {
    try {
      this.#target ??= this.#targetOver(await import("undici"));
    } catch (error) {
      exchange.fail(error);
      this.#semaphore.release();
      return;
    }
    exchange.start(this.#target);
  }

  #targetOver(undici: typeof Undici): DispatchTarget {
    const connections = (this.#connections ??= new Connections(undici, this.#options));
    return {
      connect: (origin) => connections.take(origin),
      release: (connection) => {
        if (connection) connections.release(connection);
        this.#semaphore.release();
      },
    };
  }
}
