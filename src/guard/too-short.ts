import { CyclesError } from "../errors.js";
import type { Lease } from "./lease/lease.js";
import { retryReserve } from "./lease/reported.js";

/** A lease that was extended and still has no room for the next extension: what is missing, and what helps. */
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
      `Nothing is certain of the lease of reservation ${reservationId}: the client's clock went back, or gave no ` +
      "number, while the server was being asked. Check the `clock` option of the client"
    );
  }
  const isSlow = retryReserve(pace) > retryReserve({ ...pace, longestRttMs: 0 });
  const shortage =
    `Only ${String(lead?.leadMs ?? 0)} ms are certain of the lease of reservation ${reservationId}, and an extension ` +
    `with one repeat may take ${String(retryReserve(pace))} ms` +
    (isSlow
      ? `, because the slowest round trip took ${String(Math.ceil(pace.longestRttMs))} ms`
      : "");
  return grantedMs < askedMs
    ? `${shortage}. The server granted ${String(grantedMs)} ms of the ${String(askedMs)} ms that were asked for, so a ` +
        "longer ttl_ms does not help: raise the server's limit on the ttl of this tenant's reservations"
    : `${shortage}: reserve with a longer ttl_ms`;
}
