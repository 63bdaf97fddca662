import type { Reservation, Wire } from "./state.js";

/** A reservation as the protocol's `ReservationDetail`. Absent members are left out. */
export function toDetail(reservation: Reservation): Wire["ReservationDetail"] {
  const { id, request, scopes, finalizedAt, committed, committedMetadata, evidence } = reservation;
  return {
    reservation_id: id,
    status: reservation.status,
    idempotency_key: request.idempotency_key,
    subject: request.subject,
    action: request.action,
    reserved: request.estimate,
    created_at_ms: reservation.createdAt,
    expires_at_ms: reservation.expiresAt,
    ...(finalizedAt !== undefined && { finalized_at_ms: finalizedAt }),
    scope_path: scopes.at(-1) ?? "",
    affected_scopes: [...scopes],
    ...(committed && { committed }),
    ...(request.metadata && { metadata: request.metadata }),
    ...(committedMetadata && { committed_metadata: committedMetadata }),
    ...(evidence && { evidence }),
  };
}

/** A reservation as a row of a list. The larger members are only included on request. */
export function toSummary(
  reservation: Reservation,
  include: ReadonlySet<string>,
): Wire["ReservationSummary"] {
  const { metadata, committed_metadata, evidence, ...row } = toDetail(reservation);
  return {
    ...row,
    ...(metadata && include.has("metadata") && { metadata }),
    ...(committed_metadata && include.has("committed_metadata") && { committed_metadata }),
    ...(evidence && include.has("evidence") && { evidence }),
  };
}
