import type { WebRequest, WebRequestInit, WebUrl } from "../../web.js";
import type { Incoming } from "./message.js";

/** A request to the embedded `fetch`, and the signal that ends it. */
export interface FetchRequest {
  readonly incoming: Incoming;
  readonly signal: AbortSignal | undefined;
  /** Whether the arguments were read directly, without a `Request`. */
  readonly isPlain: boolean;
}

/**
 * Reads the arguments of `fetch`. A `Request` costs more than everything that the authority does
 * with it, so plain arguments are read directly. All others go through a `Request`, which checks
 * and converts them as the platform does.
 */
export function readRequest(
  input: WebRequest | WebUrl | string,
  init?: WebRequestInit,
): FetchRequest {
  const plain = typeof input === "string" ? readPlain(input, init) : undefined;
  return plain ?? readAny(new Request(input, init));
}

function readAny(request: Request): FetchRequest {
  return {
    incoming: {
      method: request.method,
      target: targetOf(new URL(request.url)),
      header: (name) => request.headers.get(name) ?? undefined,
      headers: () => Object.fromEntries(request.headers),
      body: () => request.text(),
    },
    signal: request.signal,
    isPlain: false,
  };
}

/** `undefined` if the platform would check or convert an argument. */
function readPlain(input: string, init?: RequestInit): FetchRequest | undefined {
  // Callers without types may pass null, as to the platform's fetch.
  const { method = "GET", body = null, headers: given = {}, signal } = init ?? {};
  const target = plainTarget(input);
  const headers = plainHeaders(given, body !== null);
  if (target === undefined || headers === undefined) return undefined;
  if (!PLAIN_METHODS.has(method) || !isPlainBody(method, body)) return undefined;
  return {
    incoming: {
      method,
      target,
      header: (name) => headers[name.toLowerCase()],
      headers: () => headers,
      body: () => Promise.resolve(body ?? ""),
    },
    signal: signal ?? undefined,
    isPlain: true,
  };
}

/** A URL whose path and query the platform would not change. A dot can mean a parent folder. */
const PLAIN_URL = /^https?:\/\/[a-z0-9.-]+(?::\d{1,4})?(\/[\w/-]*(?:\?[\w=&.-]*)?)$/i;

function plainTarget(url: string): string | undefined {
  return PLAIN_URL.exec(url)?.[1];
}

const PLAIN_METHODS: ReadonlySet<string> = new Set(["GET", "POST", "PUT", "PATCH", "DELETE"]);

/** A byte order mark at the start would be removed, and lone surrogates would be replaced. */
const CONVERTED = /^\ufeff|\p{Surrogate}/u;

function isPlainBody(method: string, body: unknown): body is string | null {
  if (body === null) return true;
  return method !== "GET" && typeof body === "string" && !CONVERTED.test(body);
}

const PLAIN_NAME = /^[a-z0-9-]+$/i;
/** Printable ASCII without spaces at its ends. */
const PLAIN_VALUE = /^(?! )[ -~]*(?<! )$/;

function plainHeaders(given: object, hasBody: boolean): Record<string, string> | undefined {
  if (Object.getPrototypeOf(given) !== Object.prototype) return undefined;
  const headers: Record<string, string> = {};
  const entries: [string, unknown][] = Object.entries(given);
  for (const [name, value] of entries) {
    if (typeof value !== "string" || !PLAIN_NAME.test(name) || !PLAIN_VALUE.test(value)) {
      return undefined;
    }
    const lower = name.toLowerCase();
    if (Object.hasOwn(headers, lower)) return undefined;
    headers[lower] = value;
  }
  if (hasBody) headers["content-type"] ??= "text/plain;charset=UTF-8";
  return headers;
}

function targetOf({ pathname, search }: URL): string {
  return pathname + search;
}
