import { CyclesConfigError } from "../../errors.js";
import type { Transport, TransportOptions } from "../send.js";
import { overFetch } from "./over-fetch.js";

/** The platform's `fetch`, which has connections of its own; looked up at each call, for what replaces it later. */
export function openTransport({ clock, dispatcher }: TransportOptions): Transport {
  if (dispatcher !== undefined) {
    throw new CyclesConfigError(
      "dispatcher is for Node alone, where undici carries the requests: here, pass a `fetch` that does the same",
    );
  }
  return overFetch((url, init) => globalThis.fetch(url, init), clock);
}
