import { operations } from "../../generated/operations.js";
import type { components } from "../../generated/paths.js";
import type { Clock } from "../clock.js";
import type { CyclesError } from "../errors.js";
import type { Settings } from "../options.js";
import { type Attempt, attempt, prepare, type Prepared } from "../wire/attempt.js";
import type { Carry } from "../wire/light.js";

/** What a guard and its heartbeat share; it knows neither, so that a forgotten guard can be collected. */
export interface Held {
  readonly settings: Settings;
  readonly carry: Carry;
  readonly clock: Clock;
  readonly id: string;
  readonly traceId: string;
  readonly ttlMs: number;
  /** When the lease ends, in epoch milliseconds on the server's clock. */
  expiresAt: number;
  /** Whether the guard is still open: no commit, release or loss yet. */
  open: boolean;
  /** What the heartbeat failed with, for good. */
  failure: CyclesError | undefined;
  /** Made when somebody asks for the guard's signal. */
  controller: AbortController | undefined;
}

/** A checked extension of a reservation; sent again as it is, it extends once. */
export function prepareExtension(held: Held, byMs: number, timeout?: number): Prepared {
  return prepare(held.settings, {
    operation: operations.extendReservation,
    path: { reservation_id: held.id },
    body: { extend_by_ms: byMs },
    traceId: held.traceId,
    options: timeout === undefined ? {} : { timeout },
  });
}

/** Sends an extension once, and notes the new expiry. */
export async function sendExtension(held: Held, extension: Prepared): Promise<Attempt> {
  const ended = await attempt(held.settings, held.carry, extension);
  if ("answer" in ended) {
    // The validator of the operation has just said that the body fits.
    const { expires_at_ms } = ended.verdict
      .data as components["schemas"]["ReservationExtendResponse"];
    held.expiresAt = expires_at_ms;
    held.settings.notify({ type: "extended", reservationId: held.id, expiresAt: expires_at_ms });
  }
  return ended;
}
