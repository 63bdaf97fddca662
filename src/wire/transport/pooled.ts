import type * as Undici from "undici";
import type { Dispatcher } from "../../options.js";
import type { Send, Transport, TransportOptions } from "../send.js";
import { Exchange } from "./exchange.js";

export function openTransport(options: TransportOptions): Transport {
  const { dispatcher } = options;
  return dispatcher === undefined ? new Pooled(options) : through(dispatcher, options);
}

/** The user's own connections, which are theirs to close. */
function through(dispatcher: Dispatcher, { clock }: TransportOptions): Transport {
  return {
    send: (request) =>
      new Promise((resolve, reject) => {
        new Exchange(request, clock, resolve, reject).start(dispatcher);
      }),
    close: () => Promise.resolve(),
  };
}

/** Set once it has been imported: when the first request leaves, for it takes longer than all else in this package. */
let undici: typeof Undici | undefined;

/** undici's pools, one for each origin; nearly always there is one. */
class Pooled implements Transport {
  readonly #options: TransportOptions;
  readonly #pools = new Map<string, Undici.Pool>();

  constructor(options: TransportOptions) {
    this.#options = options;
  }

  readonly send: Send = (request) =>
    new Promise((resolve, reject) => {
      const exchange = new Exchange(request, this.#options.clock, resolve, reject);
      if (undici === undefined) void this.#startFirst(exchange);
      else exchange.start(this.#poolOf(undici, exchange.origin));
    });

  async close(): Promise<void> {
    const pools = [...this.#pools.values()];
    // What still comes finds new pools, whose connections end when they have been idle.
    this.#pools.clear();
    await Promise.all(pools.map((pool) => pool.close()));
  }

  async #startFirst(exchange: Exchange): Promise<void> {
    try {
      undici = await import("undici");
      exchange.start(this.#poolOf(undici, exchange.origin));
    } catch (error) {
      exchange.fail(error);
    }
  }

  #poolOf({ Pool }: typeof Undici, origin: string): Undici.Pool {
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
