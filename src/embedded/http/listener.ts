import type { IncomingMessage, ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import { CyclesConfigError } from "../../errors.js";
import { MAX_BODY_BYTES } from "../../protocol/limits.js";
import { respondMalformed } from "./handle.js";
import type { Delivery, Incoming } from "./message.js";

/** A socket that serves the authority. */
export interface Listener {
  readonly url: string;
  readonly close: () => Promise<void>;
}

/** Only the loopback interface, because other machines must not spend or read balances. */
const HOST = "127.0.0.1";

/** How long a client may take to send a whole request, in milliseconds. */
const REQUEST_TIMEOUT_MS = 30_000;

/** Serves HTTP on a port of this machine; 0 selects a free port. */
export async function listen(
  port: number,
  cors: boolean,
  handle: (incoming: Incoming) => Promise<Delivery>,
): Promise<Listener> {
  const { createServer } = await import("node:http");
  const options = { requestTimeout: REQUEST_TIMEOUT_MS, headersTimeout: REQUEST_TIMEOUT_MS };
  const server = createServer(options, (request, response) => {
    const extra = cors ? crossOrigin(request) : {};
    if (cors && request.method === "OPTIONS") {
      response.writeHead(204, extra).end();
      return;
    }
    void handle(toIncoming(request)).then(
      (delivery) => {
        send(response, { ...delivery, headers: { ...delivery.headers, ...extra } }, request);
      },
      () => {
        // The client disconnected before it had sent the whole request.
        response.destroy();
      },
    );
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

function toIncoming(request: IncomingMessage): Incoming {
  return {
    method: request.method ?? "",
    target: request.url ?? "",
    header(name) {
      const value = request.headers[name.toLowerCase()];
      return Array.isArray(value) ? value.join(", ") : value;
    },
    headers: () => joined(request),
    body: () => read(request),
  };
}

function joined({ headers }: IncomingMessage): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, [value].flat().join(", ")]),
  );
}

/** Reads the body, and stops as soon as it is too long. */
async function read(request: IncomingMessage): Promise<string | undefined> {
  const decoder = new TextDecoder();
  let text = "";
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Uint8Array>) {
    bytes += chunk.length;
    if (bytes > MAX_BODY_BYTES) return undefined;
    text += decoder.decode(chunk, { stream: true });
  }
  return text + decoder.decode();
}

function send(
  response: ServerResponse,
  { status, headers, body, broken }: Delivery,
  request: IncomingMessage,
) {
  if (broken === "dropped") {
    response.destroy();
    return;
  }
  const bytes = new TextEncoder().encode(body);
  // The unread rest of the request would otherwise be parsed as the next request.
  const ending = request.complete ? {} : { connection: "close" };
  response.writeHead(status, { ...headers, ...ending, "content-length": bytes.length });
  if (broken === "cut") {
    response.write(bytes.subarray(0, bytes.length / 2), () => response.destroy());
    return;
  }
  response.end(bytes);
}

/** Allows pages of any origin. The API key still handles authorisation. */
function crossOrigin({ headers }: IncomingMessage): Record<string, string> {
  return {
    "access-control-allow-origin": "*",
    "access-control-allow-methods": "*",
    "access-control-allow-headers": headers["access-control-request-headers"] ?? "*",
    "access-control-expose-headers": "*",
    "access-control-max-age": "600",
  };
}

/** Bytes that are not HTTP never become a request, but still get the protocol's error body. */
function refuseMalformed(error: NodeJS.ErrnoException, socket: Duplex): void {
  if (!socket.writable) {
    socket.destroy();
    return;
  }
  const { status, headers, body } = respondMalformed(
    STATUS_OF[error.code ?? ""] ?? 400,
    error.message,
  );
  const lines = Object.entries({
    ...headers,
    "content-length": new TextEncoder().encode(body).length,
    connection: "close",
  }).map(([name, value]) => `${name}: ${value}\r\n`);
  // The reason phrase may be empty, but the space before it is required.
  socket.end(`HTTP/1.1 ${status} \r\n${lines.join("")}\r\n${body}`);
}

const STATUS_OF: Readonly<Record<string, number>> = {
  HPE_HEADER_OVERFLOW: 431,
  ERR_HTTP_REQUEST_TIMEOUT: 408,
};
