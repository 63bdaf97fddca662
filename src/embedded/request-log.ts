import type { Arrival } from "./exchange.js";
import type { Incoming } from "./http.js";

/** A request of which more is learnt as it is answered. */
export type OpenArrival = { -readonly [Name in keyof Arrival]: Arrival[Name] };

/** The last requests, in the order in which they arrived. */
export class RequestLog {
  readonly #keep: number;
  #arrivals: Arrival[] = [];

  constructor(keep: number) {
    this.#keep = keep;
  }

  /** Notes a request as far as it is known when it arrives. */
  open({ method, target, headers }: Incoming, body: string, at: number): OpenArrival {
    const arrival: OpenArrival = {
      at,
      method,
      target,
      headers: headers(),
      body,
      operation: undefined,
      tenant: undefined,
      scopes: [],
      request: undefined,
      status: undefined,
      response: undefined,
      faults: [],
    };
    if (this.#keep > 0) this.#add(arrival);
    return arrival;
  }

  get last(): Arrival[] {
    return this.#keep === 0 ? [] : this.#arrivals.slice(-this.#keep);
  }

  clear(): void {
    this.#arrivals = [];
  }

  #add(arrival: Arrival): void {
    this.#arrivals.push(arrival);
    // Twice as many before the cut, so that not every request pays for one.
    if (this.#arrivals.length >= this.#keep * 2) this.#arrivals = this.last;
  }
}
