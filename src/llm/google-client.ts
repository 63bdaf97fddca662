// Clients of @google/genai. They have no `withOptions`, but `httpOptions.fetch`.
import type { Budget } from "../index.js";
import { throwing } from "./denial.js";
import { isAnyObject } from "./dialects/values.js";
import { UnmeteredCallError } from "./errors.js";
import { markFetch, type PlatformFetch, unmetered } from "./mark.js";
import { Meter } from "./meter.js";
import { exchange } from "./metered-fetch.js";
import type { MeterOptions } from "./options.js";
import type { FetchArguments } from "./outgoing.js";

/** A `GoogleGenAI`, as far as it is used. It has `getFetch` since there is `httpOptions.fetch`. */
interface GoogleClient {
  readonly vertexai: boolean;
  readonly apiKey?: string | undefined;
  readonly project?: string | undefined;
  readonly location?: string | undefined;
  readonly apiVersion?: string | undefined;
  readonly httpOptions?: object | undefined;
  readonly apiClient: {
    readonly clientOptions: { readonly httpOptions?: object | undefined };
    getFetch(): PlatformFetch | undefined;
  };
  readonly constructor: new (options: object) => object;
}

/** Returns a metered copy of a client; undefined if it is not one of a supported version. */
export function meteredGoogle(
  client: object,
  budget: Budget,
  options: MeterOptions,
): object | undefined {
  if (!isGoogle(client)) return undefined;
  const { clientOptions } = client.apiClient;
  const fetch = meteredFor(client, budget, options);
  const { vertexai, apiKey, project, location, apiVersion, httpOptions } = client;
  const copy = new client.constructor({
    ...{ vertexai, apiKey, apiVersion },
    // Without Vertex AI, a client takes these from the environment but refuses them as options.
    ...(vertexai && { project, location }),
    httpOptions: { ...httpOptions, fetch },
  });
  if (!isGoogle(copy)) return undefined;
  // Options such as those for authentication are kept only here.
  Object.assign(copy.apiClient.clientOptions, clientOptions, {
    httpOptions: { ...clientOptions.httpOptions, fetch },
  });
  if ("live" in copy) refuseSessions(copy.live);
  return copy.apiClient.getFetch() === fetch ? copy : undefined;
}

/**
 * The SDK reads the body of an error response and throws whatever that throws. An error that `fetch`
 * throws would be retried if the client has `retryOptions`.
 */
function meteredFor(client: GoogleClient, budget: Budget, options: MeterOptions): PlatformFetch {
  const meter = new Meter(budget, options);
  const given = options.fetch ?? client.apiClient.getFetch();
  const send = given === undefined ? patient : unmetered(given);
  return markFetch(
    async (...args: FetchArguments) => throwing(await exchange(meter, args, send)),
    send,
  );
}

/** The global dispatcher of Node's `fetch`. */
const DISPATCHER = Symbol.for("undici.globalDispatcher.1");

/**
 * The global `fetch` without the time limits of Node, as the SDK calls it: models may think for more
 * than five minutes. The SDK leaves that to a `fetch` that it was given.
 */
const patient: PlatformFetch = (input, init) => {
  const dispatcher = {
    dispatch: (options: object, handler: unknown): unknown => {
      const found: unknown = Reflect.get(globalThis, DISPATCHER);
      if (!isDispatcher(found)) throw new Error("fetch has no dispatcher");
      return found.dispatch({ ...options, headersTimeout: 0, bodyTimeout: 0 }, handler);
    },
  };
  const isNode = isDispatcher(Reflect.get(globalThis, DISPATCHER));
  return globalThis.fetch(input, isNode ? Object.assign({}, init, { dispatcher }) : init);
};

function isDispatcher(
  value: unknown,
): value is { dispatch(options: object, handler: unknown): unknown } {
  return isAnyObject(value) && "dispatch" in value && typeof value.dispatch === "function";
}

/** A session does not go through `fetch`, so that it would not be metered. */
function refuseSessions(live: unknown): void {
  if (!isAnyObject(live)) return;
  const connect = (): Promise<never> =>
    Promise.reject(
      new UnmeteredCallError(
        "The session was not opened. A realtime session cannot be metered. Open it with the client that was passed to metered()",
        "wss://generativelanguage.googleapis.com",
      ),
    );
  Object.defineProperty(live, "connect", { value: connect, configurable: true });
  if ("music" in live) refuseSessions(live.music);
}

function isGoogle(client: object): client is GoogleClient {
  if (!("apiClient" in client && isAnyObject(client.apiClient) && "vertexai" in client))
    return false;
  const { apiClient } = client;
  return (
    "getFetch" in apiClient &&
    typeof apiClient.getFetch === "function" &&
    "clientOptions" in apiClient &&
    isAnyObject(apiClient.clientOptions)
  );
}
