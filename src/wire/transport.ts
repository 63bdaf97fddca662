import type { Settings } from "../settings.js";
import type { Transport } from "./send.js";
import { overFetch } from "./transport/over-fetch.js";
import { openTransport } from "#transport";

/** The transport over the user's `fetch` or, by default, the transport of this runtime. */
export function transportFor(settings: Settings): Transport {
  return settings.fetch === undefined
    ? openTransport(settings)
    : overFetch(settings.fetch, settings.clock);
}
