import createClient, { type Client } from "openapi-fetch";
import type { paths } from "../../generated/paths.js";
import { CyclesError } from "../errors.js";
import { API_KEY_HEADER, CONNECTION_HEADERS } from "../headers.js";
import { type ClientOptions, resolveOptions, type Settings } from "../options.js";
import { redactorOf } from "../secrets.js";
import { shownError } from "./classify.js";
import { QUERY_STYLE, serializePath } from "./path.js";
import type { Answer, Send } from "./send.js";
import { transportFor } from "./transport.js";
import { TRACE_HEADER, traceHeaders } from "./tracing.js";

/** A plain openapi-fetch client, typed by the contract. */
export type RawClient<Paths extends object = paths> = Client<Paths>;

/**
 * The contract without the facade: a plain openapi-fetch client with authentication, tracing and the time bound
 * in place. It retries nothing and throws for no status; all openapi-fetch middleware works. Another document's
 * types may stand in for ours.
 *
 * @throws {@link CyclesConfigError} for options that cannot be used.
 * @example
 * ```ts
 * import { createRawClient } from "cycles-client";
 * const raw = createRawClient({ baseUrl: "http://127.0.0.1:7878", apiKey: "cyc_live_example" });
 * const { data, error } = await raw.GET("/v1/balances", { params: { query: { tenant: "acme" } } });
 * ```
 */
export function createRawClient<Paths extends object = paths>(
  options: ClientOptions = {},
): RawClient<Paths> {
  const settings = resolveOptions(options);
  return rawClient<Paths>(settings, transportFor(settings).send);
}

/** The raw client over the settings and the `send` of a facade. */
export function rawClient<Paths extends object = paths>(
  settings: Settings,
  send: Send,
): RawClient<Paths> {
  const within = `${new URL(settings.baseUrl).href.replace(/\/+$/, "")}/`;
  return createClient<Paths>({
    baseUrl: settings.baseUrl,
    fetch: async (request) => {
      const body = await request.text();
      const headers = headersFor(request, settings, within);
      try {
        const answer = await send({
          method: request.method,
          url: request.url,
          headers,
          body: body === "" ? undefined : body,
          timeoutMs: settings.attemptTimeout,
          signal: request.signal,
          first: false,
        });
        return toResponse(answer);
      } catch (error) {
        throw error instanceof CyclesError
          ? shownError(error, redactorOf(settings.apiKey, headers))
          : error;
      }
    },
    pathSerializer: serializePath,
    querySerializer: QUERY_STYLE,
  });
}

/** The client's own headers beneath those of the request, which may name a trace of its own. */
function headersFor(
  { url, headers }: Request,
  settings: Settings,
  within: string,
): Record<string, string> {
  const merged: Record<string, string> = {};
  // The key goes to the configured server; a call that names another base URL goes without it.
  if (settings.apiKey !== undefined && url.startsWith(within))
    merged[API_KEY_HEADER] = settings.apiKey;
  if (!headers.has("traceparent") && !headers.has(TRACE_HEADER))
    Object.assign(merged, traceHeaders(settings));
  Object.assign(merged, settings.headers);
  for (const [name, value] of headers) {
    // Browsers drop them silently, too.
    if (!CONNECTION_HEADERS.includes(name)) merged[name] = value;
  }
  return merged;
}

/** True of the bytes on the wire only. */
const OF_THE_WIRE = ["content-encoding", "content-length", "transfer-encoding"];

function toResponse({ status, headers, text }: Answer): Response {
  const withBody = ![101, 204, 205, 304].includes(status);
  const kept = [...headers].filter(([name]) => !OF_THE_WIRE.includes(name));
  return new Response(withBody ? text : null, { status, headers: kept });
}
