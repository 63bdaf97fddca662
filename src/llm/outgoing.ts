// Reads a request as `fetch` was given it, and writes another body into it.
import { isMarked } from "./mark.js";

/** What `fetch` takes. */
export type FetchArguments = Parameters<typeof globalThis.fetch>;

/** A request that has not been sent yet. */
export interface OutgoingRequest {
  readonly method: string;
  readonly url: string;
  readonly signal: AbortSignal | undefined;
  /** Whether an outer layer meters it. */
  readonly isMarked: boolean;
  /** Whether a signature covers the body, so that nothing can be written into it. */
  readonly isSigned: boolean;
}

/** Reads all but the body. */
export function outgoing([input, init]: FetchArguments): OutgoingRequest {
  const request = input instanceof Request ? input : undefined;
  const headers = init?.headers ?? request?.headers;
  const signal = init?.signal ?? request?.signal;
  return {
    method: init?.method ?? request?.method ?? "GET",
    url: urlOf(input),
    signal,
    isMarked: isMarked(init) || isMarked(signal),
    isSigned: new Headers(headers).get("authorization")?.startsWith("AWS4-") === true,
  };
}

function urlOf(input: FetchArguments[0]): string {
  if (typeof input === "string") return input;
  return input instanceof URL ? input.href : input.url;
}

/**
 * The body as parsed JSON; undefined if there is none, if it is not JSON, or if it is a stream,
 * which can be read only once.
 */
export async function jsonBody([input, init]: FetchArguments): Promise<unknown> {
  try {
    const text = await textBody(input, init?.body);
    if (text === undefined) return undefined;
    const body: unknown = JSON.parse(text);
    return body;
  } catch {
    return undefined;
  }
}

async function textBody(
  input: FetchArguments[0],
  body: BodyInit | null | undefined,
): Promise<string | undefined> {
  if (typeof body === "string") return body;
  if (body instanceof ArrayBuffer || ArrayBuffer.isView(body))
    return new TextDecoder().decode(body);
  // A file is not read, because it can be large.
  if (body instanceof Blob) return isJson(body.type) ? body.text() : undefined;
  if (body === undefined && input instanceof Request && isJson(input.headers.get("content-type")))
    return input.clone().text();
  return undefined;
}

function isJson(contentType: string | null): boolean {
  return contentType?.includes("json") === true;
}

/** What changes in a request before it is sent. */
export interface RequestChanges {
  /** The new body; undefined if it stays. */
  readonly body: unknown;
  readonly signal: AbortSignal;
}

/** The options of the request that is sent. */
export function changed(
  [input, init]: FetchArguments,
  { body, signal }: RequestChanges,
): RequestInit {
  if (body === undefined) return { ...init, signal };
  const text = JSON.stringify(body);
  const given = init?.headers ?? (input instanceof Request ? input.headers : undefined);
  const headers = withoutLength(given);
  return {
    ...init,
    // A text without a content type would get another one than bytes without it.
    body: typeof init?.body === "string" ? text : new TextEncoder().encode(text),
    ...(headers !== undefined && { headers }),
    signal,
  };
}

/** The length was that of the old body. Without it, `fetch` sends the right one. */
function withoutLength(headers: HeadersInit | undefined): HeadersInit | undefined {
  if (headers === undefined) return undefined;
  const read = new Headers(headers);
  if (!read.has("content-length")) return headers;
  read.delete("content-length");
  return read;
}
