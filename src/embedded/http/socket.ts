import type { IncomingMessage, ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import { MAX_BODY_BYTES } from "../../protocol/limits.js";
import type { Delivery, Incoming, Outgoing } from "./message.js";

/** How much of an unneeded body is read before the connection closes, in bytes. */
const MAX_DISCARDED_BYTES = 2 ** 16;

/** How long the connection stays open to read it, in milliseconds. */
const LINGER_MS = 1_000;

/** A request from a socket. `proceed` asks a client that waits for permission to send its body. */
export function toIncoming(request: IncomingMessage, proceed: () => void): Incoming {
  return {
    method: request.method ?? "",
    target: request.url ?? "",
    header: (name) => asText(request.headers[name.toLowerCase()]),
    headers: () => joined(request),
    body: () => read(request, proceed),
  };
}

/** Sends a response, or the part of it that a fault leaves. */
export function send(
  response: ServerResponse,
  { status, headers, body, broken }: Delivery,
  request: IncomingMessage,
): void {
  if (broken === "dropped") {
    response.destroy();
    return;
  }
  const sent: Record<string, string | number> = { ...headers };
  sent["content-length"] = Buffer.byteLength(body);
  // The unread rest of the request would otherwise be parsed as the next request.
  if (!request.complete) sent["connection"] = "close";
  response.writeHead(status, sent);
  if (broken === "cut") {
    const bytes = Buffer.from(body);
    response.write(bytes.subarray(0, bytes.length / 2), () => response.destroy());
  } else if (request.complete) {
    // Text instead of bytes, so that Node sends the headers and the body in one write.
    response.end(body);
  } else {
    response.write(body);
    discard(request, () => response.end());
  }
}

/** Sends a response to bytes that are not an HTTP request, and closes the connection. */
export function sendRaw(socket: Duplex, { status, headers, body }: Outgoing): void {
  const lines = Object.entries({
    ...headers,
    "content-length": new TextEncoder().encode(body).length,
    connection: "close",
  }).map(([name, value]) => `${name}: ${value}\r\n`);
  // The reason phrase may be empty, but the space before it is required.
  socket.end(`HTTP/1.1 ${status} \r\n${lines.join("")}\r\n${body}`);
  // The connection closes even if the client keeps its side open.
  setTimeout(() => socket.destroy(), LINGER_MS).unref();
}

function joined({ headers }: IncomingMessage): Record<string, string> {
  const all: Record<string, string> = {};
  for (const name in headers) all[name] = asText(headers[name]) ?? "";
  return all;
}

/** Only `Set-Cookie`, which no client sends, is a list. */
function asText(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value.join(", ") : value;
}

/** Reads the body, and stops as soon as it is too long. */
function read(request: IncomingMessage, proceed: () => void): Promise<string | undefined> {
  if (Number(request.headers["content-length"]) > MAX_BODY_BYTES) return Promise.resolve(undefined);
  proceed();
  return new Promise((resolve, reject) => {
    const decoder = new TextDecoder();
    let text = "";
    let bytes = 0;
    const add = (chunk: Uint8Array) => {
      bytes += chunk.length;
      if (bytes <= MAX_BODY_BYTES) {
        text += decoder.decode(chunk, { stream: true });
        return;
      }
      request.off("data", add).pause();
      resolve(undefined);
    };
    request.on("data", add);
    request.once("end", () => {
      resolve(text + decoder.decode());
    });
    request.once("error", reject);
  });
}

/**
 * Reads a part of an unneeded body. If the connection closed before the client had sent a short
 * body, the client could see a reset instead of the response.
 */
function discard(request: IncomingMessage, done: () => void): void {
  let bytes = 0;
  const finish = () => {
    clearTimeout(timer);
    request.off("data", count).pause();
    done();
  };
  const count = (chunk: Uint8Array) => {
    bytes += chunk.length;
    if (bytes > MAX_DISCARDED_BYTES) finish();
  };
  const timer = setTimeout(finish, LINGER_MS);
  request.on("data", count).once("end", finish).once("error", finish).resume();
}
