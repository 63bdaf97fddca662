import type { Statement } from "./statement.js";

export const authentication: readonly Statement[] = [
  [
    "auth-1",
    "An API key comes with every request, but for the two public operations of the evidence",
  ],
  ["auth-2", "The tenant of a request is the one its key belongs to"],
  ["auth-3", "An admin key opens list, get and release, and no other operation"],
  ["auth-4", "An admin lists one tenant at a time, and has to name it"],
];

export const tenancy: readonly Statement[] = [
  ["tenant-1", "A subject that names another tenant is 403 on reserve, decide and event"],
  [
    "tenant-2",
    "A reservation belongs to the tenant that made it; get, commit, release and extend by others are 403",
  ],
  [
    "tenant-3",
    "Lists and balances show the caller's own alone; a filter by another tenant is 403, none means one's own",
  ],
];

export const closedTenants: readonly Statement[] = [
  [
    "closed-1",
    "Reserve, commit, release, extend and event of a closed tenant are 409 TENANT_CLOSED",
  ],
  ["closed-2", "That comes before what the reservation's own state would be refused for"],
  ["closed-3", "Decide and a dry run deny with TENANT_CLOSED as the reason, and never with 409"],
  [
    "closed-4",
    "What succeeded before the closing is replayed after it: mutations, events and evaluations",
  ],
  ["closed-5", "Reservations of a closed tenant can still be read and listed"],
];

export const tracing: readonly Statement[] = [
  ["trace-1", "A valid traceparent gives the trace id, and wins over X-Cycles-Trace-Id"],
  [
    "trace-2",
    "Without one, X-Cycles-Trace-Id gives it; without either it is made, and never all zero",
  ],
  ["trace-3", "A malformed header counts as absent, and never has a request refused"],
  [
    "trace-4",
    "Every answer carries X-Cycles-Trace-Id and X-Request-Id, an error both in its body as well",
  ],
];

export const errors: readonly Statement[] = [
  ["error-1", "A reservation that never was is 404 NOT_FOUND"],
  ["error-2", "One that is settled is 409 RESERVATION_FINALIZED to commit, release and extend"],
  [
    "error-3",
    "One that has expired is 410 RESERVATION_EXPIRED: after the grace period, to extend after the lease",
  ],
  ["error-4", "Expiry is told by the server's clock alone"],
  [
    "error-5",
    "429 stands for throttling and for nothing else; it is LIMIT_EXCEEDED, with the time to wait",
  ],
  ["error-6", "A failure of the server is 500 INTERNAL_ERROR in the common error body"],
  ["error-7", "What does not fit the schemas is 400 INVALID_REQUEST"],
];
