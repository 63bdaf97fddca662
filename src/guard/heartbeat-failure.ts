import { thrownText } from "../callback.js";
import { CyclesError } from "../errors.js";
import type { FailedAttempt } from "../wire/attempt.js";
import type { Prepared } from "../wire/prepare.js";
import type { Lease } from "./lease/lease.js";
import { retryReserve } from "./lease/reported.js";
import type { StopReason } from "./lease/step.js";

/**
 * The policy for a lease that cannot be extended any further.
 *
 * - `"warn"`: a notice reports it.
 * - `"fail"`: the commit is made, and then throws {@link HeartbeatFailedError}.
 * - `"cancel"`: `guard.signal` is aborted.
 * - `false`: there is no heartbeat.
 */
export type HeartbeatPolicy = "warn" | "fail" | "cancel" | false;

/** An extension that failed, as far as the client knows. */
export interface FailedBeat {
  /** `undefined` if it could not be prepared, so that nothing was sent. */
  readonly extension: Prepared<"extendReservation"> | undefined;
  readonly ended: FailedAttempt;
}

/** Why no further extension follows, as part of a sentence. */
export const STOP_REASONS: Readonly<Record<StopReason, string>> = {
  refused: "because the server refuses it",
  lease_too_short: "because the lease is too short to be extended safely",
  too_late: "because too little of the lease is left for a complete attempt",
  retry_spent: "because the last attempt within the lease has failed",
  no_progress: "because the clock has stopped",
  throttled:
    "because the server asks for a longer pause than the lease allows, or does not say for how long",
  broken: "because the client failed unexpectedly",
};

/** Whether an error means that the lease is over. */
export function isLeaseLost({ code }: CyclesError): boolean {
  return LOST.includes(code);
}

const LOST = ["RESERVATION_EXPIRED", "RESERVATION_FINALIZED", "NOT_FOUND", "TENANT_CLOSED"];

/** An exception, for example from the user's clock, as a failed attempt. */
export function unexpected(reservationId: string, cause: unknown): FailedAttempt {
  const error = new CyclesError(
    `The extension of reservation ${reservationId} failed unexpectedly: ${thrownText(cause)}`,
    { code: "UNEXPECTED", retryable: true, operation: "extendReservation" },
  );
  return { verdict: { kind: "unreachable", error }, error };
}

/** The error for a lease without time for the next extension. The message suggests a fix. */
export function tooShort(reservationId: string, lease: Lease): CyclesError {
  return new CyclesError(explain(reservationId, lease), {
    code: "LEASE_TOO_SHORT",
    operation: "extendReservation",
  });
}

function explain(reservationId: string, { lead, pace, granted }: Lease): string {
  const { askedMs, grantedMs = askedMs, rttMs } = granted;
  if (rttMs === Infinity) {
    return (
      `Cannot tell how much of the lease of reservation ${reservationId} is left: the client's clock ` +
      "went back or returned no number. Check the `clock` option"
    );
  }
  const isSlow = retryReserve(pace) > retryReserve({ ...pace, longestRttMs: 0 });
  const shortage =
    `The lease of reservation ${reservationId} is too short: only ${lead?.leadMs ?? 0} ms are certain to be ` +
    `left, and an extension with one retry may take ${retryReserve(pace)} ms` +
    (isSlow ? `, because the slowest round trip took ${Math.ceil(pace.longestRttMs)} ms` : "");
  return grantedMs < askedMs
    ? `${shortage}. The server granted ${grantedMs} ms of the requested ${askedMs} ms, so a longer ` +
        "ttl_ms does not help: raise the server's limit on the ttl of this tenant's reservations"
    : `${shortage}. Reserve with a longer ttl_ms`;
}
