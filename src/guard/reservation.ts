import { operations } from "../../generated/operations.js";
import type { components } from "../../generated/paths.js";
import type { Clock } from "../clock.js";
import type { CyclesError } from "../errors.js";
import type { Settings } from "../options.js";
import { attempt, type FailedAttempt, type Timing } from "../wire/attempt.js";
import { prepare, type Prepared } from "../wire/prepare.js";
import type { Send } from "../wire/send.js";
import type { Observed } from "./lease/observed.js";
import type { WebAbortController } from "../web.js";

type ExtendResponse = components["schemas"]["ReservationExtendResponse"];

/** What a guard and its heartbeat share; it knows neither, so that a forgotten guard can be collected. */
export interface Held {
  readonly settings: Settings;
  readonly send: Send;
  readonly clock: Clock;
  readonly id: string;
  readonly traceId: string;
  readonly ttlMs: number;
  /** When the lease ends, in epoch milliseconds on the server's clock. */
  expiresAt: number;
  /** Why no extension follows, where none does. */
  failure: CyclesError | undefined;
  /** Made when somebody asks for the guard's signal. */
  controller: WebAbortController | undefined;
}

/** A checked extension of a reservation; sent again as it is, it extends once. */
export function prepareExtension(held: Held, byMs: number): Prepared<"extendReservation"> {
  return prepare(held.settings, {
    operation: operations.extendReservation,
    path: { reservation_id: held.id },
    body: { extend_by_ms: byMs },
    traceId: held.traceId,
  });
}

/** An extension that was granted, and when it was. */
export interface Extended {
  readonly body: ExtendResponse;
  readonly observed: Observed;
}

/** Sends an extension once, within `timeoutMs`, and notes the new expiry. */
export async function sendExtension(
  held: Held,
  extension: Prepared<"extendReservation">,
  timeoutMs: number,
): Promise<Extended | FailedAttempt> {
  const http = { ...extension.http, timeoutMs };
  const ended = await attempt(held.settings, held.send, { ...extension, http });
  if ("error" in ended) return ended;
  const body = ended.verdict.data;
  return { body, observed: noteExtension(held, body, ended.timing) };
}

/** Notes the new expiry, and returns what the response says about the lease. */
export function noteExtension(held: Held, body: ExtendResponse, timing: Timing): Observed {
  const { expires_at_ms: expiresAtMs, remaining_ttl_ms: remainingTtlMs } = body;
  held.expiresAt = expiresAtMs;
  held.settings.notify({ type: "extended", reservationId: held.id, expiresAt: expiresAtMs });
  return { remainingTtlMs, expiresAtMs, ...timing };
}
