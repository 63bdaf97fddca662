// Marks calls that are metered already, so that two layers of metering make one reservation.

/** On a metered fetch: the fetch that it sends with. Shared by all copies of the package. */
const INNER = Symbol.for("cycles-client.metered-fetch");
/** On the options of a request that a metered fetch sends. */
const METERED = Symbol.for("cycles-client.metered");
/** On a request that an outer layer has metered and that reaches `fetch` through an SDK. */
const HEADER = "x-cycles-metered";

type Fetch = typeof globalThis.fetch;

/** Marks `metered` as a metered fetch that sends with `inner`. */
export function markFetch(metered: Fetch, inner: Fetch): Fetch {
  Object.defineProperty(metered, INNER, { value: inner });
  return metered;
}

/** The fetch below all layers of metering. */
export function unmetered(fetch: Fetch): Fetch {
  let inner = fetch;
  while (INNER in inner && typeof inner[INNER] === "function") {
    // `markFetch` has set it, in this copy of the package or in another one.
    inner = inner[INNER] as Fetch;
  }
  return inner;
}

/** Marks the options of a request, so that a metered fetch further down passes it on. */
export function marked(init: RequestInit): RequestInit {
  return Object.assign(init, { [METERED]: true });
}

/** The headers that mark a request, for a layer that cannot reach the options of `fetch`. */
export const METERED_HEADERS: Readonly<Record<string, string>> = { [HEADER]: "1" };

export function isMarked(init: RequestInit | undefined): boolean {
  return init !== undefined && METERED in init;
}

/** Returns the headers without the mark; undefined if there is none. */
export function withoutMark(headers: HeadersInit | undefined): Headers | undefined {
  if (headers === undefined) return undefined;
  const read = new Headers(headers);
  if (!read.has(HEADER)) return undefined;
  read.delete(HEADER);
  return read;
}
