import { API_KEY_HEADER, IDEMPOTENCY_HEADER } from "../protocol/headers.js";
import type { Settings } from "../settings.js";
import { TRACE_HEADER, traceHeaders } from "./tracing.js";

/** The inputs of a request's headers, in addition to the settings. */
export interface HeaderContext {
  /** Whether the request goes to `baseUrl`. Others get no API key and no configured headers. */
  readonly isForBaseUrl: boolean;
  /** Whether the operation accepts an API key. */
  readonly takesApiKey: boolean;
  /** The headers of this request, with lower-case names. They override the client's. */
  readonly own: Readonly<Record<string, string>>;
  /** The trace that the request belongs to; without one, it starts a trace. */
  readonly traceId?: string | undefined;
  readonly idempotencyKey?: string | undefined;
}

/**
 * The headers of a request, with lower-case names. A trace header of the caller, for this request
 * or for all, replaces the client's.
 */
export function requestHeaders(
  settings: Settings,
  { isForBaseUrl, takesApiKey, own, traceId, idempotencyKey }: HeaderContext,
): Record<string, string> {
  const headers: Record<string, string> = {};
  if (isForBaseUrl && takesApiKey && settings.apiKey !== undefined)
    headers[API_KEY_HEADER] = settings.apiKey;
  if (isForBaseUrl) Object.assign(headers, settings.headers);
  Object.assign(headers, own);
  if (!("traceparent" in headers) && !(TRACE_ID_HEADER in headers))
    Object.assign(headers, traceHeaders(settings, traceId));
  if (idempotencyKey !== undefined && isHeaderValue(idempotencyKey))
    headers[KEY_HEADER] = idempotencyKey;
  return headers;
}

const TRACE_ID_HEADER = TRACE_HEADER.toLowerCase();
const KEY_HEADER = IDEMPOTENCY_HEADER.toLowerCase();

/** Printable ASCII without spaces at the ends. Other keys are sent only in the body. */
function isHeaderValue(key: string): boolean {
  return /^[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?$/.test(key);
}
