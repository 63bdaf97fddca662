import type { components } from "../../generated/paths.js";

type Schemas = components["schemas"];

/**
 * Writes the event that replaces the commit of an expired reservation. The same texts always give
 * the same bytes, so the event does not have to be kept.
 *
 * @param reserved the request of the reservation as it was sent
 * @param commit the body of the commit
 */
export function eventText(reservationId: string, reserved: string, commit: string): string {
  // Both texts are requests that their validators accepted before they were sent.
  const { subject, action } = JSON.parse(reserved) as Partial<Schemas["EventCreateRequest"]>;
  const { metadata, ...rest } = JSON.parse(commit) as Schemas["CommitRequest"];
  return JSON.stringify({
    subject,
    action,
    metadata: {
      ...metadata,
      recovered_reservation_id: reservationId,
      recovery_reason: "commit_after_reservation_expired",
    },
    ...rest,
  });
}
