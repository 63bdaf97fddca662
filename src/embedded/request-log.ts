import type { Arrival } from "./exchange.js";
import type { Incoming } from "./http/message.js";

/** An arrival whose fields can still change, because the request is being handled. */
export type OpenArrival = { -readonly [Name in keyof Arrival]: Arrival[Name] };

/** The last requests, in the order in which they arrived. */
export class RequestLog {
  readonly #keep: number;
  #arrivals: Arrival[] = [];

  constructor(keep: number) {
    this.#keep = keep;
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
    if (this.#keep > 0) this.#add(arrival);
    return arrival;
  }

  /** The requests that are kept. */
  get last(): Arrival[] {
    return this.#keep === 0 ? [] : this.#arrivals.slice(-this.#keep);
  }

  clear(): void {
    this.#arrivals = [];
  }

  #add(arrival: Arrival): void {
    this.#arrivals.push(arrival);
    // The array may grow to twice the size, so that not every request copies it.
    if (this.#arrivals.length >= this.#keep * 2) this.#arrivals = this.last;
  }
}
