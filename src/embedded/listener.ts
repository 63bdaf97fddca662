/// <reference types="node" />
import type { IncomingMessage, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** An authority that answers on a socket of the loopback interface. */
export interface Listener extends AsyncDisposable {
  /** Such as `http://127.0.0.1:40123`. */
  readonly url: string;
  /** Ends open connections and stops listening. */
  close(): Promise<void>;
}

/** Serves `fetch` over HTTP on 127.0.0.1. */
export async function listen(
  fetch: (request: Request) => Promise<Response>,
  port: number,
): Promise<Listener> {
  const { createServer } = await import("node:http");
  const server = createServer((incoming, outgoing) => {
    void answer(fetch, incoming, outgoing);
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", resolve);
  });
  const close = () =>
    new Promise<void>((resolve) => {
      server.close(() => {
        resolve();
      });
      server.closeAllConnections();
    });
  // A TCP server's address is always one of these.
  const { port: bound } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${String(bound)}`, close, [Symbol.asyncDispose]: close };
}

async function answer(
  fetch: (request: Request) => Promise<Response>,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
): Promise<void> {
  try {
    const response = await fetch(await toRequest(incoming));
    outgoing.writeHead(response.status, Object.fromEntries(response.headers));
    outgoing.end(await response.text());
  } catch {
    // The connection broke half way; there is nobody left to answer.
    outgoing.destroy();
  }
}

async function toRequest(incoming: IncomingMessage): Promise<Request> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Uint8Array);
  const { method = "GET" } = incoming;
  const headers = new Headers();
  for (const [name, value] of Object.entries(incoming.headers)) {
    if (value !== undefined) headers.set(name, String(value));
  }
  const hasBody = method !== "GET" && method !== "HEAD";
  return new Request(`http://127.0.0.1${incoming.url ?? "/"}`, {
    method,
    headers,
    ...(hasBody && { body: Buffer.concat(chunks) }),
  });
}
