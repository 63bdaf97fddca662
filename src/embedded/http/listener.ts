import type { IncomingMessage, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import type { Duplex } from "node:stream";
import { CyclesConfigError } from "../../errors.js";
import { refuse } from "../ledger/refusal.js";
import { respondRefused } from "./handle.js";
import type { Delivery, Incoming } from "./message.js";
import { crossOrigin, type OriginPolicy, refuseForeign } from "./origin.js";
import { send, sendRaw, toIncoming } from "./socket.js";

/** A socket that serves the authority. */
export interface Listener {
  readonly url: string;
  readonly close: () => Promise<void>;
}

/** How a socket is served. */
export interface ListenOptions {
  /** 0 selects a free port. */
  readonly port: number;
  readonly policy: OriginPolicy;
  /** How long a client may take to send a whole request or to read a response, in milliseconds. */
  readonly timeoutMs?: number;
}

/** Only the loopback interface, because other machines must not spend or read balances. */
const HOST = "127.0.0.1";

const TIMEOUT_MS = 30_000;

/** How often Node looks for requests that take too long, in milliseconds. Its default is 30 s. */
const CHECK_MS = 1_000;

/** A limit, because every connection needs memory before its client has sent a key. */
const MAX_CONNECTIONS = 4_096;

/** Serves HTTP on a port of this machine. */
export async function listen(
  { port, policy, timeoutMs = TIMEOUT_MS }: ListenOptions,
  handle: (incoming: Incoming) => Promise<Delivery>,
): Promise<Listener> {
  const { createServer } = await import("node:http");
  const server = createServer({
    requestTimeout: timeoutMs,
    headersTimeout: timeoutMs,
    connectionsCheckingInterval: Math.min(CHECK_MS, timeoutMs),
    requireHostHeader: false,
  });
  server.timeout = timeoutMs;
  server.maxConnections = MAX_CONNECTIONS;
  const serve = (request: IncomingMessage, response: ServerResponse, proceed: () => void) => {
    response.on("timeout", destroyUnread);
    const incoming = toIncoming(request, proceed);
    const foreign = refuseForeign(request.headers, policy);
    if (foreign) {
      send(response, respondRefused(foreign, incoming), request);
      return;
    }
    const extra = crossOrigin(request.headers, policy);
    if (extra && request.method === "OPTIONS") {
      response.writeHead(204, extra).end();
      return;
    }
    void handle(incoming).then(
      (delivery) => {
        send(response, extra ? withHeaders(delivery, extra) : delivery, request);
      },
      () => {
        // The client disconnected before it had sent the whole request.
        response.destroy();
      },
    );
  };
  server.on("request", (request, response) => {
    serve(request, response, () => undefined);
  });
  // Without this listener, Node asks for every body, even if the request will be refused.
  server.on("checkContinue", (request: IncomingMessage, response: ServerResponse) => {
    serve(request, response, () => {
      response.writeContinue();
    });
  });
  server.on("clientError", refuseMalformed);
  const bound = await new Promise<number>((resolve, reject) => {
    server.once("error", (error) => {
      reject(new CyclesConfigError(`Cannot listen on ${HOST}:${port}: ${error.message}`));
    });
    server.listen(port, HOST, () => {
      const address = server.address();
      resolve(typeof address === "object" && address !== null ? address.port : port);
    });
  });
  return {
    url: `http://${HOST}:${bound}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        // Responses that are already written are still sent.
        setImmediate(() => {
          server.closeAllConnections();
        });
      }),
  };
}

function withHeaders(delivery: Delivery, extra: Readonly<Record<string, string>>): Delivery {
  return { ...delivery, headers: { ...delivery.headers, ...extra } };
}

/** Closes a connection whose client does not read the response. A slow response stays open. */
function destroyUnread(socket: Socket): void {
  if (socket.writableLength > 0) socket.destroy();
}

/** Bytes that are not HTTP never become a request, but still get the protocol's error body. */
function refuseMalformed(error: NodeJS.ErrnoException, socket: Duplex): void {
  if (!socket.writable) {
    socket.destroy();
    return;
  }
  const message = `The request is not valid HTTP: ${error.message}`;
  const status = STATUS_OF[error.code ?? ""] ?? 400;
  sendRaw(socket, respondRefused({ ...refuse("INVALID_REQUEST", message), status }));
}

const STATUS_OF: Readonly<Record<string, number>> = {
  HPE_HEADER_OVERFLOW: 431,
  ERR_HTTP_REQUEST_TIMEOUT: 408,
};
