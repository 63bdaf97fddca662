import type { components } from "../../generated/paths.js";
import type { Amount } from "../amount.js";

/** The body of a reserve. */
export type CreateRequest = components["schemas"]["ReservationCreateRequest"];

/** The body of its response. */
export type CreateResponse = components["schemas"]["ReservationCreateResponse"];

/** A reservation that was granted: what never changes while its guard is open. */
export interface Grant {
  readonly id: string;
  readonly traceId: string;
  /** The ttl that was asked for, in milliseconds; each extension asks for it again. */
  readonly ttlMs: number;
  /** The request as JSON text, as it was sent: nothing can have changed it since. */
  readonly sent: string;
  readonly estimate: Amount;
  readonly reservation: CreateResponse;
  /** The signal that the caller passed to the reserve. */
  readonly signal: AbortSignal | undefined;
}
