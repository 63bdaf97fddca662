import type * as Undici from "undici";
import type { Dispatcher } from "../../options.js";
import type { Send, Transport, TransportOptions } from "../send.js";
import { Exchange, type Place } from "./exchange.js";
import { Gate } from "./gate.js";

export function openTransport(options: TransportOptions): Transport {
  const { dispatcher } = options;
  return dispatcher === undefined ? new Pooled(options) : through(dispatcher, options);
}

/** The user's own connections, which are theirs to close. */
function through(dispatcher: Dispatcher, { clock }: TransportOptions): Transport {
  const place = { dispatcherFor: () => dispatcher };
  return {
    send: (request) =>
      new Promise((resolve, reject) => {
        new Exchange(request, clock, resolve, reject).start(place);
      }),
    close: () => Promise.resolve(),
  };
}

/** undici's pools, one for each origin; nearly always there is one. Nothing waits in them, but at the gate. */
class Pooled implements Transport {
  readonly #options: TransportOptions;
  readonly #pools = new Map<string, Undici.Pool>();
  readonly #gate: Gate<Exchange>;
  /** Made as the first request leaves: to import undici takes longer than all else in this package. */
  #place: Place | undefined;

  constructor(options: TransportOptions) {
    this.#options = options;
    this.#gate = new Gate(options.connections, (exchange) => {
      if (this.#place) exchange.start(this.#place);
      else void this.#startFirst(exchange);
    });
  }

  readonly send: Send = (request) =>
    new Promise((resolve, reject) => {
      const exchange = new Exchange(request, this.#options.clock, resolve, reject);
      this.#gate.enter(exchange, request.first);
    });

  async close(): Promise<void> {
    const pools = [...this.#pools.values()];
    // What still comes finds new pools, whose connections end when they have been idle.
    this.#pools.clear();
    await Promise.all(pools.map((pool) => pool.close()));
  }

  async #startFirst(exchange: Exchange): Promise<void> {
    try {
      this.#place ??= this.#placeIn(await import("undici"));
      exchange.start(this.#place);
    } catch (error) {
      exchange.fail(error);
      this.#gate.leave();
    }
  }

  #placeIn({ Pool }: typeof Undici): Place {
    return {
      dispatcherFor: (origin) => this.#poolOf(Pool, origin),
      leave: () => {
        this.#gate.leave();
      },
    };
  }

  #poolOf(Pool: typeof Undici.Pool, origin: string): Undici.Pool {
    const found = this.#pools.get(origin);
    if (found !== undefined) return found;
    const { connections, connectTimeout, keepAliveTimeout } = this.#options;
    const pool = new Pool(origin, {
      connections,
      connectTimeout,
      keepAliveTimeout,
      // Each exchange has one bound for the whole, which these could only blur.
      headersTimeout: 0,
      bodyTimeout: 0,
    });
    this.#pools.set(origin, pool);
    return pool;
  }
}
