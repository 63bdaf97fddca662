// Clients with `withOptions`: openai, @anthropic-ai/sdk, groq-sdk and others from the same generator.
import type { Budget } from "../index.js";
import { errorOf } from "./denial.js";
import { isAnyObject } from "./dialects/values.js";
import { type PlatformFetch, unmetered } from "./mark.js";
import { Meter } from "./meter.js";
import { exchange, meteredFetch } from "./metered-fetch.js";
import type { MeterOptions } from "./options.js";

/** A client that can be copied with other options. */
interface Cloneable {
  readonly withOptions: (this: object, options: object) => unknown;
}

/** The request that middleware of Anthropic's SDK gets: the options of `fetch`, with the URL. */
type MiddlewareRequest = RequestInit & { readonly url: string };
type Middleware = (
  request: MiddlewareRequest,
  next: (request: MiddlewareRequest) => Promise<Response>,
) => Promise<Response>;

/** Returns a metered copy of a client; undefined if the client has no place for a `fetch`. */
export function meteredClone(
  client: object,
  budget: Budget,
  options: MeterOptions,
): object | undefined {
  if (!isCloneable(client)) return undefined;
  if ("middleware" in client && Array.isArray(client.middleware)) {
    const middleware = [...own(client.middleware), meteringMiddleware(new Meter(budget, options))];
    const { fetch } = options;
    return withRealErrors(client.withOptions({ middleware, ...(fetch && { fetch }) }));
  }
  const given = "fetch" in client && isFetch(client.fetch) ? client.fetch : undefined;
  const fetch = options.fetch ?? given;
  const metered = meteredFetch(budget, { ...options, ...(fetch && { fetch: unmetered(fetch) }) });
  const copy = client.withOptions({ fetch: metered });
  const isTaken = isAnyObject(copy) && "fetch" in copy && copy.fetch === metered;
  return isTaken ? withRealErrors(copy) : undefined;
}

/** On our middleware, so that metering a metered client replaces the metering. */
const METERING = Symbol.for("cycles-client.metering-middleware");

/** The middleware that is not ours. */
function own(middleware: readonly unknown[]): unknown[] {
  return middleware.filter((each) => !(typeof each === "function" && METERING in each));
}

/**
 * Anthropic's middleware sees requests before they are signed or rewritten for Bedrock and Vertex,
 * which `fetch` does not. The time that a reserve takes does not count as time of the request.
 */
function meteringMiddleware(meter: Meter): Middleware {
  const middleware: Middleware = ({ url, ...init }, next) => {
    const send: PlatformFetch = (_url, sent) =>
      next({ ...sent, headers: new Headers(sent?.headers), url });
    return exchange(meter, [url, init], send);
  };
  return Object.defineProperty(middleware, METERING, { value: true });
}

/**
 * Lets a client throw the error behind a call that was not sent, in place of its own error for the
 * status 402. This overrides a method that is not public. Without it, the client throws its own
 * error, in which `deniedBy` finds the denial.
 */
function withRealErrors(client: unknown): object | undefined {
  if (!isAnyObject(client)) return undefined;
  if ("makeStatusError" in client && typeof client.makeStatusError === "function") {
    const { makeStatusError } = client;
    override(client, "makeStatusError", (...args) => {
      // The status, the body, a message and the headers.
      return errorOf(args[3]) ?? Reflect.apply(makeStatusError, client, args);
    });
  }
  if (isCloneable(client)) {
    const { withOptions } = client;
    override(client, "withOptions", (...args) =>
      withRealErrors(Reflect.apply(withOptions, client, args)),
    );
  }
  return client;
}

function override(client: object, name: string, value: (...args: unknown[]) => unknown): void {
  Object.defineProperty(client, name, { value, configurable: true, writable: true });
}

function isCloneable(client: object): client is Cloneable {
  return "withOptions" in client && typeof client.withOptions === "function";
}

function isFetch(value: unknown): value is PlatformFetch {
  return typeof value === "function";
}
