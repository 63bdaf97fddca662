import { securityHeaders } from "../../generated/operations.js";
import type { components } from "../../generated/paths.js";
import type { Issue } from "./issues.js";

/** The headers that the contract's answers carry. */
type ResponseHeaderName = keyof components["headers"];

/** The part of `Headers` that reading an answer takes. */
export interface HeaderReader {
  get(name: string): string | null;
}

/** All headers of an answer. */
export interface ResponseHeaders extends HeaderReader {
  [Symbol.iterator](): Iterator<[string, string]>;
}

/** Reads a header of an answer by its name in the contract. */
export function readHeader(headers: HeaderReader, name: ResponseHeaderName): string | undefined {
  return headers.get(name) ?? undefined;
}

/** Milliseconds of a `Retry-After`, which the protocol has in whole seconds only; anything else is not valid. */
export function retryAfterMs(headers: HeaderReader): number | undefined {
  const value = readHeader(headers, "Retry-After")?.trim();
  if (value === undefined || !/^\d+$/.test(value)) return undefined;
  const ms = Number(value) * 1000;
  return Number.isSafeInteger(ms) ? ms : undefined;
}

/** The header that carries an idempotency key beside the body. */
export const IDEMPOTENCY_HEADER: components["parameters"]["IdempotencyKeyHeader"] extends string
  ? "X-Idempotency-Key"
  : never = "X-Idempotency-Key";

/** The header that carries the API key, in lower case. */
export const API_KEY_HEADER = securityHeaders.ApiKeyAuth.toLowerCase();

const OURS = [API_KEY_HEADER, IDEMPOTENCY_HEADER.toLowerCase()];

/** What belongs to the connection: set by hand, it breaks the exchange, or the one after it. */
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

/** Headers with their names in lower case, as HTTP/2 has them. */
export function lowerCased(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]),
  );
}

/** What is wrong with headers that a caller wants to send: not sendable, or ours to set. */
export function checkHeaders(headers: Readonly<Record<string, string>>): Issue[] {
  return Object.entries(headers).flatMap(([name, value]) => {
    const path = `headers[${JSON.stringify(name)}]`;
    if (!/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(name))
      return [{ path, message: "is not a header name" }];
    if (OURS.includes(name.toLowerCase()))
      return [{ path, message: "is set by the client: use `apiKey` or `idempotencyKey`" }];
    if (CONNECTION_HEADERS.includes(name.toLowerCase()))
      return [{ path, message: "belongs to the connection, which is not yours to set" }];
    if (typeof value !== "string") return [{ path, message: "must be a string" }];
    if (!/^[\t\x20-\x7e\x80-\xff]*$/.test(value)) {
      return [{ path, message: "has characters that no header can carry, such as a line break" }];
    }
    return [];
  });
}
