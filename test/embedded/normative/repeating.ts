import type { Statement } from "./statement.js";

export const idempotency: readonly Statement[] = [
  [
    "The key in the header and the one in the body must not differ",
    "idempotency: a key in the header > may repeat the body's, and must not differ from it",
    "idempotency: a key in the header > must not differ from the body's for %s either",
    "idempotency: a key in the header > does not stand in for the body's",
  ],
  [
    "A key counts per tenant and endpoint, for what is done to a reservation per reservation",
    "idempotency: a repeated key > belongs to one tenant, one endpoint and one reservation",
  ],
  [
    "A repeated reserve gets its first answer, the same reservation_id included",
    "idempotency: a repeated key > reserves once and gets the first answer, with the time that is left now",
  ],
  [
    "A repeated commit or release gets its first answer, also once the lease is over",
    "idempotency: a repeated key > settles once, and is answered alike after the lease has ended",
  ],
  [
    "A repeated extend gets its first expiry; the time left may be understated",
    "idempotency: a repeated key > understates the time left where another extension moved the expiry since",
  ],
  [
    "A repeated event or decide gets its first answer",
    "idempotency: a repeated key > records an event once and decides once",
  ],
  [
    "remaining_ttl_ms is worked out anew for each replay, never below 0, and is 0 once the reservation has ended",
    "idempotency: a repeated key > reserves once and gets the first answer, with the time that is left now",
    "idempotency: a repeated key > is answered after the reservation is settled or gone, with no time left",
    "idempotency: a repeated key > is answered in the grace period with no time left",
  ],
  [
    "A key with another payload is 409 IDEMPOTENCY_MISMATCH",
    "idempotency: a repeated key > of %s with another body is refused, and changes nothing",
  ],
  [
    "Payloads are compared in a canonical form",
    "idempotency: a repeated key > compares bodies without regard to the order of their keys",
  ],
  [
    "Only successes are replayed: after a refusal the key is free",
    "idempotency: a repeated key > is free again after a refusal",
    "idempotency: a repeated key > of a commit is free again after a refusal",
  ],
];
