import type { components } from "../../generated/paths.js";

type Schemas = components["schemas"];

const UNGUARDED = "unguarded:";

/** The id under which a spend without a reservation is kept, until its event is recorded. */
export function unguardedId(key: string): string {
  return `${UNGUARDED}${key}`;
}

/** Whether a spend was made without a reservation. It never has a commit. */
export function isUnguarded(reservationId: string): boolean {
  return reservationId.startsWith(UNGUARDED);
}

/**
 * Writes the event of a spend: the one that replaces the commit of an expired reservation, or that
 * of unguarded work. The same texts always give the same bytes, so the event does not have to be
 * kept.
 *
 * @param reserved the request of the reservation as it was sent
 * @param commit the body of the commit
 */
export function eventText(reservationId: string, reserved: string, commit: string): string {
  // Both texts are requests that their validators accepted before they were sent.
  const { subject, action, overage_policy } = JSON.parse(reserved) as Partial<
    Schemas["EventCreateRequest"]
  >;
  const { metadata, ...rest } = JSON.parse(commit) as Schemas["CommitRequest"];
  if (isUnguarded(reservationId)) {
    // The work has run, so a budget that is too small by now must not refuse its spend.
    const policy = overage_policy === OVERDRAFT ? overage_policy : IF_AVAILABLE;
    const marked = { ...metadata, unguarded: true };
    return JSON.stringify({ subject, action, overage_policy: policy, metadata: marked, ...rest });
  }
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

const OVERDRAFT: Schemas["CommitOveragePolicy"] = "ALLOW_WITH_OVERDRAFT";
const IF_AVAILABLE: Schemas["CommitOveragePolicy"] = "ALLOW_IF_AVAILABLE";
