// Marks calls that are metered already, so that two layers of metering make one reservation.

/** On a metered fetch: the fetch that it sends with. Shared by all copies of the package. */
const INNER = Symbol.for("cycles-client.metered-fetch");
/** On the options of a request that a metered fetch sends, or on their signal. */
const METERED = Symbol.for("cycles-client.metered");

/** The `fetch` of the platform. */
export type PlatformFetch = typeof globalThis.fetch;

/** Marks `metered` as a metered fetch that sends with `inner`. */
export function markFetch(metered: PlatformFetch, inner: PlatformFetch): PlatformFetch {
  Object.defineProperty(metered, INNER, { value: inner });
  return metered;
}

/** The fetch below all layers of metering. */
export function unmetered(fetch: PlatformFetch): PlatformFetch {
  let inner = fetch;
  while (INNER in inner && typeof inner[INNER] === "function") {
    // `markFetch` has set it, in this copy of the package or in another one.
    inner = inner[INNER] as PlatformFetch;
  }
  return inner;
}

/** Marks the options of a request, so that a metered fetch further down passes it on. */
export function marked(init: RequestInit): RequestInit {
  return Object.assign(init, { [METERED]: true });
}

/**
 * Marks the signal of a call, for layers above `fetch`: an SDK passes on the signal, and nothing else
 * that it was given. Do not use the signal for another call.
 */
export function markSignal(signal: AbortSignal): AbortSignal {
  return Object.defineProperty(signal, METERED, { value: true });
}

/** Whether the options of a request, or the signal of a call, are marked. */
export function isMarked(marked: RequestInit | AbortSignal | undefined): boolean {
  return marked !== undefined && METERED in marked;
}
