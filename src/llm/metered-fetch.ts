import type { Budget } from "../index.js";
import { markFetch, type PlatformFetch, unmetered } from "./mark.js";
import { Meter } from "./meter.js";
import { meteredCall } from "./metered-call.js";
import type { MeterOptions } from "./options.js";
import { type FetchArguments, jsonBody, outgoing } from "./outgoing.js";
import { recognise } from "./recognise.js";

/**
 * Returns a `fetch` that puts the budget in front of calls to models and records what they cost.
 * Give it to an SDK that takes a `fetch`. Other requests pass through unchanged.
 *
 * A call is reserved before it is sent, with the most that it is expected to cost. When its answer
 * ends, however that happens, its cost is committed. A call that is denied is not sent: the response
 * has the status 402, which SDKs do not retry, and {@link deniedBy} finds the denial in the SDK's
 * error.
 *
 * @throws `CyclesConfigError` if an option cannot be used.
 * @example
 * ```ts
 * import { CyclesClient } from "cycles-client";
 * import { meteredFetch } from "cycles-client/llm";
 * import { prices } from "cycles-client/prices";
 * const cycles = new CyclesClient();
 * const fetch = meteredFetch(cycles, { price: prices() });
 * // new ChatOpenAI({ model: "gpt-4o-mini", configuration: { fetch } })
 * ```
 */
export function meteredFetch(budget: Budget, options: MeterOptions = {}): typeof globalThis.fetch {
  const meter = new Meter(budget, options);
  const inner = options.fetch && unmetered(options.fetch);
  // The global `fetch` is looked up for each call, because it can be replaced later.
  const send: PlatformFetch = (...args: FetchArguments) => (inner ?? globalThis.fetch)(...args);
  return markFetch((...args: FetchArguments) => exchange(meter, args, send), inner ?? send);
}

/** Sends one request, under a budget if it is a call to a model. */
export async function exchange(
  meter: Meter,
  args: FetchArguments,
  send: PlatformFetch,
): Promise<Response> {
  const request = outgoing(args);
  if (request.isMarked) return send(...args);
  const body = request.method.toUpperCase() === "POST" ? await jsonBody(args) : undefined;
  const found = recognise(request.method, request.url, body);
  return found.kind === "free" ? send(...args) : meteredCall(meter, args, request, found, send);
}
