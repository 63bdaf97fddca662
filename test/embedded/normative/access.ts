import type { Statement } from "./statement.js";

export const authentication: readonly Statement[] = [
  ["auth-1", "Every request has an API key, except the two public evidence operations"],
  ["auth-2", "The tenant of a request is the tenant of its key"],
  ["auth-3", "An admin key may call list, get and release, and no other operation"],
  ["auth-4", "An admin lists one tenant at a time, and must name it"],
];

export const tenancy: readonly Statement[] = [
  ["tenant-1", "A subject that names another tenant is 403 on reserve, decide and event"],
  [
    "tenant-2",
    "A reservation belongs to the tenant that made it; get, commit, release and extend by others are 403",
  ],
  [
    "tenant-3",
    "Lists and balances show only the caller's own; a filter by another tenant is 403, no filter means the caller",
  ],
];

export const closedTenants: readonly Statement[] = [
  [
    "closed-1",
    "Reserve, commit, release, extend and event of a closed tenant are 409 TENANT_CLOSED",
  ],
  ["closed-2", "That comes before refusals for the reservation's own state"],
  ["closed-3", "Decide and a dry run deny with TENANT_CLOSED as the reason, and never with 409"],
  [
    "closed-4",
    "A success from before the closing is replayed after it: mutations, events and evaluations",
  ],
  ["closed-5", "Reservations of a closed tenant can still be read and listed"],
];

export const tracing: readonly Statement[] = [
  ["trace-1", "A valid traceparent sets the trace id, and wins over X-Cycles-Trace-Id"],
  [
    "trace-2",
    "Without one, X-Cycles-Trace-Id sets it; without either, the server makes one that is not all zero",
  ],
  ["trace-3", "A malformed header counts as absent, and never causes a refusal"],
  [
    "trace-4",
    "Every response carries X-Cycles-Trace-Id and X-Request-Id, and an error carries both in its body too",
  ],
];

export const errors: readonly Statement[] = [
  ["error-1", "A reservation that does not exist is 404 NOT_FOUND"],
  ["error-2", "A settled reservation is 409 RESERVATION_FINALIZED to commit, release and extend"],
  [
    "error-3",
    "An expired reservation is 410 RESERVATION_EXPIRED: after the grace period, and to extend after the lease",
  ],
  ["error-4", "Only the server's clock decides about expiry"],
  ["error-5", "429 means only throttling; it is LIMIT_EXCEEDED, with the time to wait"],
  ["error-6", "A failure of the server is 500 INTERNAL_ERROR with the common error body"],
  ["error-7", "A request that does not match the schemas is 400 INVALID_REQUEST"],
];
