import type { IncomingMessage, ServerResponse } from "node:http";
import { CyclesConfigError } from "../errors.js";
import { MAX_BODY_BYTES } from "./body.js";
import type { Incoming, Outgoing } from "./http.js";

/** A socket that serves the authority. */
export interface Listener {
  readonly url: string;
  readonly close: () => Promise<void>;
}

/** The loopback interface only: whoever reaches the authority can spend, and read every balance. */
const HOST = "127.0.0.1";

/** Serves HTTP on a port of this machine; 0 picks a free one. */
export async function listen(
  port: number,
  answer: (incoming: Incoming) => Promise<Outgoing>,
): Promise<Listener> {
  const { createServer } = await import("node:http");
  const server = createServer((request, response) => {
    void answer(toIncoming(request)).then((outgoing) => {
      send(response, outgoing, request);
    });
  });
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
        server.closeAllConnections();
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
    body: () => read(request),
  };
}

/** Stops keeping what arrives once it is too much. */
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
  { status, headers, body }: Outgoing,
  request: IncomingMessage,
) {
  const bytes = new TextEncoder().encode(body);
  // What is left unread of a request would be taken for the next one.
  const ending = request.complete ? {} : { connection: "close" };
  response.writeHead(status, { ...headers, ...ending, "content-length": bytes.length });
  response.end(bytes);
}
