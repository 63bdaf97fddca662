import type { Reservation, Wire } from "./state.js";

/** A reservation as the protocol shows it, in full. */
export function toDetail(reservation: Reservation): Wire["ReservationDetail"] {
  const { id, request, scopes, finalizedAt, committed, committedMetadata } = reservation;
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
  };
}

/** The same as a row of a list: the fields that may be large only where they are asked for. */
export function toSummary(
  reservation: Reservation,
  include: ReadonlySet<string>,
): Wire["ReservationSummary"] {
  const { metadata, committed_metadata, ...row } = toDetail(reservation);
  return {
    ...row,
    ...(metadata && include.has("metadata") && { metadata }),
    ...(committed_metadata && include.has("committed_metadata") && { committed_metadata }),
  };
}
