import type { Socket } from "node:net";
import type * as Undici from "undici";
import type { Dispatcher } from "../../options.js";
import type { TransportOptions } from "../send.js";
import type { Connection } from "./pooled-exchange.js";

/**
 * Keep-alive connections by origin; usually there is one origin. The most recently used connection
 * is used next, so that surplus connections become idle and close.
 */
export class Connections {
  readonly #undici: typeof Undici;
  readonly #options: TransportOptions;
  readonly #origins = new Map<string, Origin>();

  constructor(undici: typeof Undici, options: TransportOptions) {
    this.#undici = undici;
    this.#options = options;
  }

  take(origin: string): Connection {
    let found = this.#origins.get(origin);
    if (found === undefined) {
      found = new Origin(this.#undici, origin, this.#options);
      this.#origins.set(origin, found);
    }
    return found.take();
  }

  release(connection: Connection): void {
    if (connection instanceof PooledConnection) connection.origin.release(connection);
  }

  /** Resolves when the exchanges in progress have ended. Later exchanges use new connections. */
  async close(): Promise<void> {
    const origins = [...this.#origins.values()];
    this.#origins.clear();
    await Promise.all(origins.map((origin) => origin.close()));
  }
}

/** The connections to one origin. */
class Origin {
  readonly #open: () => PooledConnection;
  readonly #all = new Set<PooledConnection>();
  readonly #free: PooledConnection[] = [];

  constructor({ Client, buildConnector }: typeof Undici, url: string, options: TransportOptions) {
    const { connectTimeout, keepAliveTimeout } = options;
    // Each exchange has one time limit instead of undici's limits.
    const bounds = { keepAliveTimeout, headersTimeout: 0, bodyTimeout: 0 };
    // One connector for all connections, because it keeps their TLS sessions.
    const connector = buildConnector({ timeout: connectTimeout });
    this.#open = () =>
      new PooledConnection(this, connector, (connect) => new Client(url, { ...bounds, connect }));
  }

  take(): PooledConnection {
    return this.#free.pop() ?? this.#opened();
  }

  release(connection: PooledConnection): void {
    // After `close`, a connection is not used again.
    if (this.#all.has(connection)) this.#free.push(connection);
  }

  renew(stale: PooledConnection): PooledConnection {
    this.#all.delete(stale);
    stale.close().catch(() => undefined);
    return this.#opened();
  }

  async close(): Promise<void> {
    const all = [...this.#all];
    this.#all.clear();
    this.#free.length = 0;
    await Promise.all(all.map((connection) => connection.close()));
  }

  #opened(): PooledConnection {
    const connection = this.#open();
    this.#all.add(connection);
    return connection;
  }
}

type Connector = Undici.buildConnector.connector;

/** An undici client. It has one socket at a time, and opens another one if that closes. */
class PooledConnection implements Connection {
  readonly origin: Origin;
  readonly #client: Dispatcher & Pick<Undici.Client, "close">;
  #socket: Socket | undefined;

  constructor(origin: Origin, connector: Connector, open: (connect: Connector) => Undici.Client) {
    this.origin = origin;
    this.#client = open((target, callback) => {
      connector(target, (...opened) => {
        this.#socket = opened[1] ?? undefined;
        callback(...opened);
      });
    });
  }

  get bytesRead(): number {
    return this.#socket?.bytesRead ?? 0;
  }

  dispatch(options: object, handler: object): boolean {
    return this.#client.dispatch(options, handler);
  }

  renew(): Connection {
    return this.origin.renew(this);
  }

  close(): Promise<void> {
    return this.#client.close();
  }
}
