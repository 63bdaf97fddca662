import { format } from "./amount.js";
import type { LogLevel, Notice } from "./notices.js";
import { isoTime } from "./text.js";

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
    case "no_tenant":
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

/** What a notice says to the person who reads the log. */
export function describe(notice: Notice): string {
  switch (notice.type) {
    case "reserved":
      return `reserved ${format(notice.reserved)} as ${notice.reservationId}`;
    case "denied":
      return `denied: ${notice.error.message}`;
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
      return notice.fate === "refused"
        ? `${spend} is NOT in the ledger ${key}; ${kept ?? "record it by hand"}: ${notice.error.message}`
        : `${spend} may not be in the ledger ${key}; ${kept ?? "look there before you record it by hand"}: ${notice.error.message}`;
    }
    case "undercharged":
      return (
        `the spend of ${format(notice.actual)} under ${notice.reservationId} was charged as ${format(notice.charged)} only: ` +
        "no budget had more left, and the difference is not in the ledger. Raise the estimate, fund the budget, or use another overage policy"
      );
    case "settlement_error":
      return `${notice.error.message}; it is tried again`;
    case "callback_failed":
      return `${notice.callback} failed, and the client goes on without it: ${notice.message}`;
    case "recovering":
      return `taking up ${notice.records} spends that the journal holds of earlier processes`;
    case "journal_failed":
      return notice.action === "write"
        ? `the journal cannot write: ${notice.message}; spends are settled without it, and would not outlive this process`
        : `the journal cannot ${notice.action}: ${notice.message}`;
    case "journal_corrupt":
      return `a record of the journal cannot be understood, and was set aside: ${notice.record}`;
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
        `the server seems to cap how far the lease of ${notice.reservationId} reaches, and does not say how far: it is ` +
        `extended every ${String(notice.everyMs)} ms, and ends when the extensions run out (10 by default)`
      );
    case "lease_lost":
      return `the lease of ${notice.reservationId} is lost; the work goes on, and its commit is still made: ${notice.error.message}`;
    case "actual_unknown":
      return `the work under ${notice.reservationId} ran, but its cost is unknown; nothing was committed, and the reservation lapses`;
    case "guard_dropped":
      return (
        `a guard was dropped while ${notice.reservationId} was open: what it had noted is committed, and without a note ` +
        "the reservation lapses; commit, release or close every guard"
      );
    case "guard_open":
      return (
        `the client was closed while a guard of ${notice.reservationId} was open: what it had noted is committed, and ` +
        "its lease is no longer extended; close every guard before the client"
      );
    case "reserve_abandoned":
      return (
        `${notice.reservationId} was granted after its caller had given up: it is left to lapse, because the idempotency ` +
        `key ${notice.idempotencyKey} is the caller's and another delivery may use it`
      );
    case "details_changed":
      return (
        `details of the spend under ${notice.reservationId} did not fit the protocol and were rounded or left out: ` +
        `${notice.fields.join(", ")}; its amount is not affected`
      );
    case "retry":
      return `${notice.operation}: attempt ${String(notice.attempt)} failed, the next is in ${String(Math.round(notice.delayMs))} ms: ${notice.error.message}`;
    case "inexact_integer":
      return `${notice.operation} answered integers beyond 2^53, which were rounded: ${notice.fields.join(", ")}`;
    case "no_tenant":
      return `${notice.operation} went out for a subject without a tenant: it bypasses the tenant's budget; set CYCLES_TENANT or subject.tenant`;
    default:
      return notice satisfies never;
  }
}
