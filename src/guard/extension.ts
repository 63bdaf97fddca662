import { operations } from "../../generated/operations.js";
import type { ReservationExtendResponse } from "../../generated/paths.js";
import type { Settings } from "../settings.js";
import { attempt, type FailedAttempt, type Timing } from "../wire/attempt.js";
import { prepare, type Prepared } from "../wire/prepare.js";
import type { GuardContext } from "./context.js";
import type { Grant } from "./grant.js";
import type { Observed } from "./lease/observed.js";

/** An extension that was granted. */
export interface Extended {
  readonly body: ReservationExtendResponse;
  readonly timing: Timing;
}

/** Prepares an extension. If the same extension is sent again, the lease is extended only once. */
export function prepareExtension(
  settings: Settings,
  { id, traceId, scopes }: Grant,
  byMs: number,
): Prepared<"extendReservation"> {
  return prepare(settings, {
    operation: operations.extendReservation,
    path: { reservation_id: id },
    body: { extend_by_ms: byMs },
    traceId,
    scopes,
  });
}

/** Sends an extension once, within `timeoutMs`. */
export async function sendExtension(
  { settings, send }: Pick<GuardContext, "settings" | "send">,
  extension: Prepared<"extendReservation">,
  timeoutMs: number,
): Promise<Extended | FailedAttempt> {
  const http = { ...extension.http, timeoutMs };
  const ended = await attempt(settings, send, { ...extension, http });
  if ("error" in ended) return ended;
  return { body: ended.verdict.data, timing: ended.timing };
}

/** Raises the notice `extended`, and returns the lease as the response reports it. */
export function noteExtension(
  { notify }: Settings,
  { id }: Grant,
  { body, timing }: Extended,
): Observed {
  const { expires_at_ms: expiresAtMs, remaining_ttl_ms: remainingTtlMs } = body;
  notify({ type: "extended", reservationId: id, expiresAt: expiresAtMs });
  return { remainingTtlMs, expiresAtMs, ...timing };
}
