import { securityHeaders } from "../../generated/constants.js";
import type { components } from "../../generated/paths.js";
import type { Issue } from "./issues.js";

/** The name of a header that the contract's responses carry. */
type ResponseHeaderName = keyof components["headers"];

/** Reads the headers of a response: the `get` of `Headers`. */
export interface HeaderReader {
  get(name: string): string | null;
}

/** All headers of a response. */
export interface ResponseHeaders extends HeaderReader {
  [Symbol.iterator](): Iterator<[string, string]>;
}

/** The value of a response header, by its name in the contract. */
export function readHeader(headers: HeaderReader, name: ResponseHeaderName): string | undefined {
  return headers.get(name) ?? undefined;
}

/** `Retry-After` in milliseconds. The protocol uses whole seconds; other values are ignored. */
export function retryAfterMs(headers: HeaderReader): number | undefined {
  const value = readHeader(headers, "Retry-After")?.trim();
  if (value === undefined || !/^\d+$/.test(value)) return undefined;
  const ms = Number(value) * 1000;
  return Number.isSafeInteger(ms) ? ms : undefined;
}

/** The header that repeats the idempotency key of the body. */
export const IDEMPOTENCY_HEADER: components["parameters"]["IdempotencyKeyHeader"] extends string
  ? "X-Idempotency-Key"
  : never = "X-Idempotency-Key";

/** The header that carries the API key, in lower case. */
export const API_KEY_HEADER = securityHeaders.ApiKeyAuth.toLowerCase();

const OURS = [API_KEY_HEADER, IDEMPOTENCY_HEADER.toLowerCase()];

/** Headers of the connection. If a caller sets one, it breaks this exchange or the next one. */
export const CONNECTION_HEADERS: readonly string[] = [
  "connection",
  "content-length",
  "expect",
  "host",
  "keep-alive",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
];

/** The headers with lower-case names, as in HTTP/2. */
export function lowerCased(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]),
  );
}

/** Reports headers that cannot be sent, or that the client sets itself. */
export function checkHeaders(headers: Readonly<Record<string, string>>): Issue[] {
  return Object.entries(headers).flatMap(([name, value]) => {
    const path = `headers[${JSON.stringify(name)}]`;
    if (!/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(name))
      return [{ path, message: "is not a header name" }];
    if (OURS.includes(name.toLowerCase()))
      return [{ path, message: "is set by the client; use `apiKey` or `idempotencyKey`" }];
    if (CONNECTION_HEADERS.includes(name.toLowerCase()))
      return [{ path, message: "belongs to the connection and cannot be set" }];
    if (typeof value !== "string") return [{ path, message: "must be a string" }];
    if (!/^[\t\x20-\x7e\x80-\xff]*$/.test(value)) {
      return [
        { path, message: "has characters that a header cannot contain, such as a line break" },
      ];
    }
    return [];
  });
}
