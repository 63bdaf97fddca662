import { operations } from "../../generated/operations.js";
import type { components } from "../../generated/paths.js";
import type { Settings } from "../options.js";
import { type Attempt, attempt, prepare, type Prepared, type Timing } from "../wire/attempt.js";
import type { GuardContext } from "./context.js";
import type { Grant } from "./grant.js";
import type { Observed } from "./lease/observed.js";

/** The body of the response to an extension. */
export type ExtendResponse = components["schemas"]["ReservationExtendResponse"];

/** An extension that was granted. */
export interface Extended {
  readonly body: ExtendResponse;
  readonly timing: Timing;
}

/** An attempt that did not succeed. */
export type FailedAttempt = Extract<Attempt, { error: unknown }>;

/** A checked extension of a reservation. Sent again as it is, it extends only once. */
export function prepareExtension(
  settings: Settings,
  { id, traceId }: Grant,
  byMs: number,
): Prepared {
  return prepare(settings, {
    operation: operations.extendReservation,
    path: { reservation_id: id },
    body: { extend_by_ms: byMs },
    traceId,
  });
}

/** Sends an extension once, within `timeoutMs`. */
export async function sendExtension(
  { settings, send }: Pick<GuardContext, "settings" | "send">,
  extension: Prepared,
  timeoutMs: number,
): Promise<Extended | FailedAttempt> {
  const http = { ...extension.http, timeoutMs };
  const ended = await attempt(settings, send, { ...extension, http });
  if ("error" in ended) return ended;
  // The operation's validator has just proved the type of the body.
  return { body: ended.verdict.data as ExtendResponse, timing: ended.timing };
}

/** Raises the notice of an extension, and returns what the response says about the lease. */
export function noteExtension(
  { notify }: Settings,
  { id }: Grant,
  { body, timing }: Extended,
): Observed {
  const { expires_at_ms: expiresAtMs, remaining_ttl_ms: remainingTtlMs } = body;
  notify({ type: "extended", reservationId: id, expiresAt: expiresAtMs });
  return { remainingTtlMs, expiresAtMs, ...timing };
}
