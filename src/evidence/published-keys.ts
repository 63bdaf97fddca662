import { keySetPath } from "../../generated/evidence.js";
import { type Clock, isCyclesError } from "../index.js";
import { type PublishedKey, readKeySet } from "./key-set.js";
import type { EvidenceKeySource } from "./options.js";
import type { EvidenceReason } from "./verification.js";

/** How long a key set is used before it is requested again. */
const LIFETIME_MS = 10 * 60_000;

/** How long a key that is not in the set does not lead to another request. */
const COOLDOWN_MS = 30_000;

/** What the address of a key set has after the `server_id`. */
const SUFFIX = keySetPath.slice(keySetPath.indexOf("/.well-known/"));

/** The keys of a server; or why there are none. */
export type PublishedKeys = (
  | { readonly kind: "keys"; readonly keys: readonly PublishedKey[] }
  | { readonly kind: "failed"; readonly reason: EvidenceReason }
) & {
  /** Milliseconds of the monotonic clock. */
  readonly requestedAtMs: number;
};

/** The key set of each client's server, so that memory is bounded by the number of clients. */
const keySets = new WeakMap<EvidenceKeySource, PublishedKeySet>();

/** The key set that a client's server publishes. */
export function publishedKeySet(source: EvidenceKeySource): PublishedKeySet {
  const keySet = keySets.get(source) ?? new PublishedKeySet(source);
  keySets.set(source, keySet);
  return keySet;
}

export class PublishedKeySet {
  readonly #source: EvidenceKeySource;
  #kept: Extract<PublishedKeys, { kind: "keys" }> | undefined;
  /** What the last request returned: the keys that are kept, or a failure. */
  #last: PublishedKeys | undefined;
  #pending: Promise<PublishedKeys> | undefined;

  constructor(source: EvidenceKeySource) {
    this.#source = source;
  }

  /**
   * Whether the keys are those of the server with this `server_id`. The specification makes the
   * address of a key set from exactly that text. Sends no request.
   */
  async isOf(serverId: string): Promise<boolean> {
    const base = serverId.endsWith("/") ? serverId.slice(0, -1) : serverId;
    return `${base}${SUFFIX}` === (await this.#address());
  }

  async get(clock: Clock): Promise<PublishedKeys> {
    const kept = this.#kept;
    const isFresh = kept !== undefined && clock.monotonic() - kept.requestedAtMs < LIFETIME_MS;
    return isFresh ? kept : this.#request(clock);
  }

  /**
   * The result of another request, or of the last one if that was a moment ago: records with
   * invented keys cause few requests, also while the server fails.
   */
  async refreshed(clock: Clock): Promise<PublishedKeys> {
    const last = this.#last;
    const isNew = last !== undefined && clock.monotonic() - last.requestedAtMs < COOLDOWN_MS;
    return isNew ? last : this.#request(clock);
  }

  /** Where the client requests the keys. A response of a middleware takes the place of the request. */
  async #address(): Promise<string> {
    let url = "";
    await this.#source.raw.GET(keySetPath, {
      parseAs: "text",
      middleware: [
        {
          onRequest({ request }) {
            ({ url } = request);
            return new Response("");
          },
        },
      ],
    });
    return url;
  }

  async #request(clock: Clock): Promise<PublishedKeys> {
    this.#pending ??= request(this.#source, clock).finally(() => {
      this.#pending = undefined;
    });
    const keys = await this.#pending;
    this.#last = keys;
    if (keys.kind === "keys") this.#kept = keys;
    return keys;
  }
}

async function request({ raw }: EvidenceKeySource, clock: Clock): Promise<PublishedKeys> {
  const requestedAtMs = clock.monotonic();
  const failed = (reason: EvidenceReason): PublishedKeys => ({
    kind: "failed",
    reason,
    requestedAtMs,
  });
  try {
    // As text, because `JSON.parse` would hide members that occur twice.
    const { data, response } = await raw.GET(keySetPath, {
      parseAs: "text",
    });
    if (data === undefined) {
      return failed(unavailable(`The server responded with ${response.status}.`));
    }
    const set = readKeySet(data);
    if (set.kind === "invalid") return failed(set.reason);
    return { kind: "keys", keys: set.keys, requestedAtMs };
  } catch (error) {
    if (isCyclesError(error)) return failed(unavailable(error.message));
    throw error;
  }
}

function unavailable(why: string): EvidenceReason {
  return {
    code: "key_set_unavailable",
    message: `The server's key set could not be obtained: ${why}`,
  };
}
