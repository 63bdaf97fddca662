import { CyclesConfigError } from "../../errors.js";
import type { Transport, TransportOptions } from "../send.js";
import { overFetch } from "./over-fetch.js";

/** Uses the platform's `fetch`. Reads it at each call, because a program can replace it later. */
export function openTransport({ clock, dispatcher }: TransportOptions): Transport {
  if (dispatcher !== undefined) {
    throw new CyclesConfigError(
      "dispatcher works only on Node, where undici sends the requests. Pass a `fetch` instead",
    );
  }
  return overFetch((url, init) => globalThis.fetch(url, init), clock);
}
