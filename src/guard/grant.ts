import type { Action, Caps, ReservationCreateResponse } from "../../generated/paths.js";
import type { Amount } from "../amount.js";
import type { WebAbortSignal } from "../web.js";

/** A reservation that was granted. Nothing in it changes while the guard is open. */
export interface Grant {
  readonly id: string;
  readonly traceId: string;
  /** The requested duration of the lease, in milliseconds. Each extension requests the same. */
  readonly ttlMs: number;
  /** The request as JSON text, exactly as it was sent. */
  readonly sent: string;
  readonly action: Action;
  readonly estimate: Amount;
  /** The scopes that the reservation draws on, from the tenant down. */
  readonly scopes: readonly string[];
  readonly reservation: ReservationCreateResponse;
  /** The signal that the caller passed to the reserve. */
  readonly signal: WebAbortSignal | undefined;
  /** Whether denials and caps are only reported. */
  readonly observes: boolean;
}

/** The caps that are enforced; undefined if there are none, or if they are only reported. */
export function capsOf({ observes, reservation }: Grant): Caps | undefined {
  return observes ? undefined : reservation.caps;
}
