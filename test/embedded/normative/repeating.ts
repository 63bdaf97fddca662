import type { Statement } from "./statement.js";

export const idempotency: readonly Statement[] = [
  ["key-1", "The key in the header must not differ from the key in the body"],
  ["key-2", "A key counts for one tenant and endpoint, and for one reservation if there is one"],
  ["key-3", "A repeated reserve gets its first response, with the same reservation_id"],
  ["key-4", "A repeated commit or release gets its first response, even after the lease has ended"],
  ["key-5", "A repeated extend gets its first expiry; the remaining time may be understated"],
  ["key-6", "A repeated event or decide gets its first response"],
  [
    "key-7",
    "remaining_ttl_ms is computed again for each replay, is never below 0, and is 0 after the reservation has ended",
  ],
  ["key-8", "A key with another payload is 409 IDEMPOTENCY_MISMATCH"],
  ["key-9", "Payloads are compared in a canonical form"],
  [
    "key-11",
    'Under "server", the order within metadata, custom metrics and dimensions counts, and `dry_run: false` is the same as none; under "prose", the order does not count, and `dry_run: false` is another body',
  ],
  ["key-10", "Only successes are replayed: a key can be used again after a refusal"],
];
