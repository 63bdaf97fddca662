import createClient, { type Client } from "openapi-fetch";
import { securityHeaders } from "../../generated/operations.js";
import type { paths } from "../../generated/paths.js";
import { type AnswerHeaders, CONNECTION_HEADERS } from "../headers.js";
import { type ClientOptions, resolveOptions, type Settings } from "../options.js";
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
  return createClient<Paths>({
    baseUrl: settings.baseUrl,
    fetch: async (request) => {
      const body = await request.text();
      const answer = await send({
        method: request.method,
        url: request.url,
        headers: headersFor(request, settings),
        body: body === "" ? undefined : body,
        timeoutMs: settings.attemptTimeout,
        signal: request.signal,
        first: false,
      });
      return toResponse(answer);
    },
    pathSerializer: serializePath,
    querySerializer: QUERY_STYLE,
  });
}

/** The client's own headers beneath those of the request, which may name a trace of its own. */
function headersFor({ url, headers }: Request, settings: Settings): Record<string, string> {
  const traced = headers.has("traceparent") || headers.has(TRACE_HEADER);
  const merged = new Headers({
    ...credentialsFor(url, settings),
    ...(!traced && traceHeaders(settings)),
  });
  for (const [name, value] of Object.entries(settings.headers)) merged.set(name, value);
  for (const [name, value] of headers) merged.set(name, value);
  // Browsers drop them silently, too.
  for (const name of CONNECTION_HEADERS) merged.delete(name);
  return Object.fromEntries(merged);
}

/** The key goes to the configured server; a call that names another base URL goes without it. */
function credentialsFor(url: string, { baseUrl, apiKey }: Settings): Record<string, string> {
  const ours = url.startsWith(`${new URL(baseUrl).href.replace(/\/+$/, "")}/`);
  return ours && apiKey !== undefined ? { [securityHeaders.ApiKeyAuth.toLowerCase()]: apiKey } : {};
}

function toResponse({ status, headers, text }: Answer): Response {
  const withBody = ![101, 204, 205, 304].includes(status);
  return new Response(withBody ? text : null, { status, headers: plain(headers) });
}

/** Without what was true of the bytes on the wire only. */
function plain(headers: AnswerHeaders): Headers {
  const copy = new Headers([...headers]);
  for (const name of ["content-encoding", "content-length", "transfer-encoding"]) copy.delete(name);
  return copy;
}
