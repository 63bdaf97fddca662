import type { components } from "../../generated/paths.js";
import type { Amount } from "../amount.js";

/** The body of a reserve, including the idempotency key and the default subject fields. */
export type CreateRequest = components["schemas"]["ReservationCreateRequest"];

/** The body of the response to a reserve. */
export type CreateResponse = components["schemas"]["ReservationCreateResponse"];

/** A reservation that was granted. Nothing in it changes while the guard is open. */
export interface Grant {
  readonly id: string;
  readonly traceId: string;
  /** The requested duration of the lease, in milliseconds. Each extension requests the same. */
  readonly ttlMs: number;
  /** The request as JSON text, exactly as it was sent. */
  readonly sent: string;
  readonly estimate: Amount;
  readonly reservation: CreateResponse;
  /** The signal that the caller passed to the reserve. */
  readonly signal: AbortSignal | undefined;
}
