import type { Arrival } from "./exchange.js";
import type { Incoming } from "./http/message.js";

/** An arrival whose fields can still change, because the request is being handled. */
export type OpenArrival = { -readonly [Name in keyof Arrival]: Arrival[Name] };

/** How many requests a log keeps, and how many bytes of them. */
export interface LogLimits {
  readonly requests: number;
  readonly bytes: number;
}

/** The last requests, in the order in which they arrived. */
export class RequestLog {
  readonly #limits: LogLimits;
  /** The size of each request that is kept, the oldest first. */
  readonly #sizes = new Map<OpenArrival, number>();
  #total = 0;

  constructor(limits: LogLimits) {
    this.#limits = limits;
  }

  /** Adds a request, with the fields that are known before its body is read. */
  open({ method, target, headers }: Incoming, at: number): OpenArrival {
    const arrival: OpenArrival = {
      at,
      method,
      target,
      headers: headers(),
      body: "",
      operation: undefined,
      tenant: undefined,
      scopes: [],
      request: undefined,
      status: undefined,
      response: undefined,
      faults: [],
    };
    if (this.#limits.requests > 0) {
      this.#sizes.set(arrival, 0);
      this.grow(arrival, sizeOf(arrival));
    }
    return arrival;
  }

  /** Counts the texts that are now kept with the request, and removes the oldest requests. */
  grow(arrival: OpenArrival, characters: number): void {
    const size = this.#sizes.get(arrival);
    if (size === undefined) return;
    this.#sizes.set(arrival, size + characters);
    this.#total += characters;
    if (this.#isOverLimit()) this.#removeOldest();
  }

  /** The requests that are kept. */
  get last(): Arrival[] {
    return [...this.#sizes.keys()];
  }

  clear(): void {
    this.#sizes.clear();
    this.#total = 0;
  }

  #isOverLimit(): boolean {
    return this.#total > this.#limits.bytes || this.#sizes.size > this.#limits.requests;
  }

  #removeOldest(): void {
    for (const [oldest, bytes] of this.#sizes) {
      this.#sizes.delete(oldest);
      this.#total -= bytes;
      if (!this.#isOverLimit()) return;
    }
  }
}

function sizeOf({ target, headers }: Arrival): number {
  const lengths = Object.entries(headers).map(([name, value]) => name.length + value.length);
  return lengths.reduce((sum, length) => sum + length, target.length);
}
