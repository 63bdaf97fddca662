import type * as Undici from "undici";
import type { Dispatcher } from "../../options.js";
import type { Send, Transport, TransportOptions } from "../send.js";
import { Connections } from "./connections.js";
import { type Connection, PooledExchange, type DispatchTarget } from "./pooled-exchange.js";
import { PrioritySemaphore } from "./priority-semaphore.js";

export function openTransport(options: TransportOptions): Transport {
  const { dispatcher } = options;
  return dispatcher === undefined ? new Pooled(options) : through(dispatcher, options);
}

/** The user's own connections, which are theirs to close, and of which nothing is known. */
function through(dispatcher: Dispatcher, { clock }: TransportOptions): Transport {
  const connection: Connection = {
    bytesRead: undefined,
    dispatch: (options, handler) => dispatcher.dispatch(options, handler),
    renew: () => connection,
  };
  const place = { connect: () => connection, leave: () => undefined };
  return {
    send: (request) =>
      new Promise((resolve, reject) => {
        new PooledExchange(request, clock, resolve, reject).start(place);
      }),
    close: () => Promise.resolve(),
  };
}

/** Connections of our own. Requests wait at the gate until one is free, so none of them waits in undici. */
class Pooled implements Transport {
  readonly #options: TransportOptions;
  readonly #gate: PrioritySemaphore<PooledExchange>;
  #connections: Connections | undefined;
  /** Made as the first request leaves: to import undici takes longer than all else in this package. */
  #place: DispatchTarget | undefined;

  constructor(options: TransportOptions) {
    this.#options = options;
    this.#gate = new PrioritySemaphore(options.connections, (exchange) => {
      if (this.#place) exchange.start(this.#place);
      else void this.#startFirst(exchange);
    });
  }

  readonly send: Send = (request) =>
    new Promise((resolve, reject) => {
      const exchange = new PooledExchange(request, this.#options.clock, resolve, reject);
      this.#gate.enter(exchange, request.priority);
    });

  async close(): Promise<void> {
    await this.#connections?.close();
  }

  async #startFirst(exchange: PooledExchange): Promise<void> {
    try {
      this.#place ??= this.#placeIn(await import("undici"));
    } catch (error) {
      exchange.fail(error);
      this.#gate.leave();
      return;
    }
    exchange.start(this.#place);
  }

  #placeIn(undici: typeof Undici): DispatchTarget {
    const connections = (this.#connections ??= new Connections(undici, this.#options));
    return {
      connect: (origin) => connections.take(origin),
      leave: (connection) => {
        if (connection) connections.release(connection);
        this.#gate.leave();
      },
    };
  }
}
