import type { Action } from "../generated/paths.js";
import { format } from "./amount.js";
import type { LogLevel, Notice } from "./notices.js";
import { isoTime, quoted } from "./text.js";

/** How severe a notice is. */
export function levelOf(notice: Notice): Exclude<LogLevel, "off"> {
  switch (notice.type) {
    case "reserved":
    case "committed":
    case "released":
    case "extended":
    case "denied":
      return "debug";
    case "retry":
    case "recovering":
    case "would_cap":
      return "info";
    case "queued":
    case "undercharged":
    case "callback_failed":
    case "release_failed":
    case "heartbeat_failed":
    case "lease_clamped":
    case "actual_unknown":
    case "guard_dropped":
    case "guard_open":
    case "reserve_abandoned":
    case "details_changed":
    case "inexact_integer":
    case "nested_reservation":
    case "draw_outside":
    case "subject_case":
    case "no_tenant":
    case "unguarded":
    case "would_deny":
      return "warn";
    case "settlement_failed":
    case "settlement_error":
    case "journal_failed":
    case "journal_corrupt":
    case "lease_lost":
      return "error";
    default:
      return notice satisfies never;
  }
}

/** The text of a notice for the person who reads the log. */
export function describe(notice: Notice): string {
  switch (notice.type) {
    case "reserved":
      return `reserved ${format(notice.reserved)} as ${notice.reservationId}`;
    case "denied":
      return `denied: ${notice.error.message}`;
    case "unguarded":
      return `${nameOf(notice.action)} runs without a reservation, as ${notice.reservationId}: ${notice.error.message}`;
    case "would_deny":
      return `${nameOf(notice.action)} would be denied: ${notice.error.message}`;
    case "would_cap":
      return `the caps of ${notice.reservationId} are ignored`;
    case "committed":
      return `committed ${format(notice.actual)} for ${notice.reservationId}, ${format(notice.charged)} charged`;
    case "queued":
      return (
        `the spend of ${format(notice.actual)} under ${notice.reservationId} is not in the ledger yet and is ` +
        (notice.retried ? "being retried" : "kept in the journal for the next process") +
        `${notice.durable ? "" : ", in this process only"}: ${notice.error.message}`
      );
    case "settlement_failed": {
      const spend = `the spend of ${format(notice.actual)} under ${notice.reservationId}`;
      const key = `(idempotency key ${notice.idempotencyKey})`;
      const kept = notice.kept ? "its record is set aside in the journal" : undefined;
      if (notice.noted)
        return `${spend} is NOT in the ledger ${key}, because another process has recorded ${format(notice.noted)}, which the guard had noted before: ${notice.error.message}`;
      return notice.fate === "refused"
        ? `${spend} is NOT in the ledger ${key}; ${kept ?? "record it by hand"}: ${notice.error.message}`
        : `${spend} may not be in the ledger ${key}; ${kept ?? "look for the key in the ledger before you record it by hand"}: ${notice.error.message}`;
    }
    case "undercharged":
      return (
        `the charge for the spend of ${format(notice.actual)} under ${notice.reservationId} was only ` +
        `${format(notice.charged)}, all that the budget had; the difference is not in the ledger. ` +
        "Raise the estimate, fund the budget, or use another overage policy"
      );
    case "settlement_error":
      return `${notice.error.message}; the client tries again`;
    case "callback_failed":
      return `${notice.callback} failed, and the client continues without it: ${notice.message}`;
    case "recovering":
      return `settling ${notice.records} spends that earlier processes left in the journal`;
    case "journal_failed": {
      const cannot = `the journal cannot ${notice.action}: ${notice.message}`;
      return notice.action === "write"
        ? `${cannot}; unsettled spends are lost if this process ends`
        : cannot;
    }
    case "journal_corrupt":
      return `an unreadable record of the journal was set aside: ${notice.record}`;
    case "released":
      return `released ${notice.reservationId}${notice.reason === undefined ? "" : `: ${notice.reason}`}`;
    case "release_failed":
      return `${notice.reservationId} could not be released and holds its budget until it expires: ${notice.error.message}`;
    case "extended":
      return `extended ${notice.reservationId} to ${isoTime(notice.expiresAt)}`;
    case "heartbeat_failed":
      return `the lease of ${notice.reservationId} could not be extended (${notice.next}): ${notice.error.message}`;
    case "lease_clamped":
      return (
        `the server seems to limit how far ahead the lease of ${notice.reservationId} may end: it is extended every ` +
        `${notice.everyMs} ms, and ends when the extensions run out (10 by default)`
      );
    case "lease_lost":
      return `the lease of ${notice.reservationId} is lost; the work continues and is committed: ${notice.error.message}`;
    case "actual_unknown":
      return `the work under ${notice.reservationId} ran, but its cost is unknown; nothing was committed, and the lease lapses`;
    case "guard_dropped":
      return (
        `the open guard of ${notice.reservationId} was dropped: a noted amount is committed, ` +
        "and without one the lease lapses; commit, release or close every guard"
      );
    case "guard_open":
      return (
        `the client was closed before the guard of ${notice.reservationId}: a noted amount is committed, ` +
        "and the lease is no longer extended; close every guard first"
      );
    case "reserve_abandoned":
      return (
        `${notice.reservationId} was granted after the reserve had been aborted: its lease lapses, because ` +
        `another call may use the idempotency key ${notice.idempotencyKey}`
      );
    case "details_changed":
      return (
        `metrics or metadata of the spend under ${notice.reservationId} did not fit and were rounded or ` +
        `left out: ${notice.fields.join(", ")}; the amount is unchanged`
      );
    case "retry":
      return `${notice.operation}: attempt ${notice.attempt} failed, the next one is in ${Math.round(notice.delayMs)} ms: ${notice.error.message}`;
    case "inexact_integer":
      return `the response to ${notice.operation} has integers beyond 2^53, which were rounded: ${notice.fields.join(", ")}`;
    case "nested_reservation":
      return (
        `the work of ${notice.outer} reserved budget for ${notice.inner}, so both are charged. ` +
        "If one includes the other, reserve once, or let both draw on client.allowance(…)"
      );
    case "draw_outside":
      return `reserved at the authority and not from the allowance ${notice.reservationId}: ${notice.reason}`;
    case "subject_case":
      return (
        `the ${notice.level} ids ${notice.ids.map(quoted).join(" and ")} differ only in case and share a ` +
        "budget; use one form of an id, or scopeId(text)"
      );
    case "no_tenant":
      return `the subject of ${notice.operation} has no tenant, so it bypasses the tenant's budget; set CYCLES_TENANT or subject.tenant`;
    default:
      return notice satisfies never;
  }
}

/** A JavaScript caller may leave out the action. The validator reports that later. */
export function nameOf(action: Action | undefined): string {
  return action === undefined ? "an action" : `${action.kind} ${action.name}`;
}
