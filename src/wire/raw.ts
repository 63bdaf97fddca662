import createClient from "openapi-fetch";
import { publicRoutes } from "../../generated/constants.js";
import type { paths } from "../../generated/paths.js";
import { CyclesError, CyclesResponseError } from "../errors.js";
import { CONNECTION_HEADERS } from "../protocol/headers.js";
import type { ClientOptions } from "../options.js";
import { resolveOptions, type Settings } from "../settings.js";
import { redactorOf } from "../secrets.js";
import { shownError } from "./shown-error.js";
import { QUERY_STYLE, serializePath } from "./path.js";
import type { RawClient } from "./raw-client.js";
import { requestHeaders } from "./request-headers.js";
import { type HttpResponse, QUOTED, type Send } from "./send.js";
import { transportFor } from "./transport.js";

/**
 * Creates a plain openapi-fetch client with authentication, tracing and a time limit. It does not
 * retry, does not throw for an error status, and returns bodies unchanged. All openapi-fetch
 * middleware works, and you can pass the types of another document.
 *
 * The API key and the configured headers are sent only to `baseUrl`. The public evidence routes get
 * no key.
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

/**
 * Creates a raw client with the settings and the `send` of a `CyclesClient`.
 *
 * @param begin called before each request; if it throws, the request rejects with that error
 */
export function rawClient<Paths extends object = paths>(
  settings: Settings,
  send: Send,
  begin?: () => void,
): RawClient<Paths> {
  const client: unknown = createClient<Paths>({
    baseUrl: settings.baseUrl,
    fetch: async (request) => {
      begin?.();
      const body = await request.text();
      const headers = headersFor(request, settings);
      try {
        const response = await send({
          method: request.method,
          url: request.url,
          headers,
          body: body === "" ? undefined : body,
          timeoutMs: settings.attemptTimeout,
          signal: request.signal,
          finishOnceSent: false,
          priority: false,
        });
        return toResponse(response);
      } catch (error) {
        throw error instanceof CyclesError
          ? shownError(error, redactorOf(settings.apiKey, headers))
          : error;
      }
    },
    pathSerializer: serializePath,
    querySerializer: QUERY_STYLE,
  });
  // The compiler cannot compare two clients with generic methods. Only the names of the platform's
  // types differ, and the tests call this client with both kinds of types.
  return client as RawClient<Paths>;
}

/**
 * The API key and the configured headers go only to the configured server. A call that names
 * another base URL is sent without them.
 */
function headersFor(request: Request, settings: Settings): Record<string, string> {
  return requestHeaders(settings, {
    isForBaseUrl: request.url.startsWith(`${settings.baseUrl}/`),
    takesApiKey: !isPublic(request, settings),
    // Browsers also drop the headers of the connection silently.
    own: Object.fromEntries(
      [...request.headers].filter(([name]) => !CONNECTION_HEADERS.includes(name)),
    ),
  });
}

/** Whether the contract says that a request needs no credentials. */
function isPublic({ method, url }: Request, { baseUrl }: Settings): boolean {
  const [path = ""] = url.slice(baseUrl.length).split("?");
  const parts = `${method} ${path}`.split("/");
  return publicRoutes.some((route) => {
    const known = route.split("/");
    return (
      known.length === parts.length &&
      known.every((part, index) => part.startsWith("{") || part === parts[index])
    );
  });
}

/** These headers describe the bytes on the wire, not the decoded text. */
const OF_THE_WIRE = ["content-encoding", "content-length", "transfer-encoding"];

function toResponse({ status, headers, text }: HttpResponse): Response {
  if (status < 200 || status > 599) {
    throw new CyclesResponseError(
      `The server responded with status ${status}, which is not an HTTP status`,
      { status, excerpt: text.slice(0, QUOTED) },
    );
  }
  const withBody = ![204, 205, 304].includes(status);
  const kept = [...headers].filter(([name]) => !OF_THE_WIRE.includes(name));
  return new Response(withBody ? text : null, { status, headers: kept });
}
