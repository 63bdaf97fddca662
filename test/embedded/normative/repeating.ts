import type { Statement } from "./statement.js";

export const idempotency: readonly Statement[] = [
  ["key-1", "The key in the header and the one in the body must not differ"],
  [
    "key-2",
    "A key counts per tenant and endpoint, for what is done to a reservation per reservation",
  ],
  ["key-3", "A repeated reserve gets its first answer, the same reservation_id included"],
  ["key-4", "A repeated commit or release gets its first answer, also once the lease is over"],
  ["key-5", "A repeated extend gets its first expiry; the time left may be understated"],
  ["key-6", "A repeated event or decide gets its first answer"],
  [
    "key-7",
    "remaining_ttl_ms is worked out anew for each replay, never below 0, and is 0 once the reservation has ended",
  ],
  ["key-8", "A key with another payload is 409 IDEMPOTENCY_MISMATCH"],
  ["key-9", "Payloads are compared in a canonical form"],
  ["key-10", "Only successes are replayed: after a refusal the key is free"],
];
