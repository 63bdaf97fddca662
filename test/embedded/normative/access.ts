import type { Statement } from "./statement.js";

export const authentication: readonly Statement[] = [
  [
    "An API key comes with every request, but for the two public operations of the evidence",
    "requests: a caller > without a key, or with one that is not known, is answered 401",
    "requests: a caller > is let in to $id by the keys it declares",
  ],
  [
    "The tenant of a request is the one its key belongs to",
    "requests: a caller > owns what it reserved, whatever the subject names",
    "authority: an embedded authority > takes API keys as they are given, and makes those that are missing",
  ],
  [
    "An admin key opens list, get and release, and no other operation",
    "requests: a caller > is let in to $id by the keys it declares",
    "requests: a caller > with the admin key lists, reads and releases for any tenant, and nothing else",
  ],
  [
    "An admin lists one tenant at a time, and has to name it",
    "requests: a caller > with the admin key lists, reads and releases for any tenant, and nothing else",
  ],
];

export const tenancy: readonly Statement[] = [
  [
    "A subject that names another tenant is 403 on reserve, decide and event",
    "requests: a caller > of another tenant is answered 403, wherever it names or touches what is not its own",
  ],
  [
    "A reservation belongs to the tenant that made it; get, commit, release and extend by others are 403",
    "requests: a caller > of another tenant is answered 403, wherever it names or touches what is not its own",
    "requests: a caller > owns what it reserved, whatever the subject names",
  ],
  [
    "Lists and balances show the caller's own alone; a filter by another tenant is 403, none means one's own",
    "requests: a caller > of another tenant is answered 403, wherever it names or touches what is not its own",
    "queries: balances > are the caller's own alone",
  ],
];

export const closedTenants: readonly Statement[] = [
  [
    "Reserve, commit, release, extend and event of a closed tenant are 409 TENANT_CLOSED",
    "idempotency: a repeated key > is answered for a tenant that was closed since; a fresh one is not",
  ],
  [
    "That comes before what the reservation's own state would be refused for",
    "settle: a commit > is refused for the first reason there is, in the order of checks",
    "idempotency: a repeated key > is answered for a tenant that was closed since; a fresh one is not",
  ],
  [
    "Decide and a dry run deny with TENANT_CLOSED as the reason, and never with 409",
    "idempotency: a repeated key > is answered for a tenant that was closed since; a fresh one is not",
  ],
  [
    "What succeeded before the closing is replayed after it: mutations, events and evaluations",
    "idempotency: a repeated key > is answered for a tenant that was closed since; a fresh one is not",
    "idempotency: a repeated key > gets the verdict and the event of before its tenant was closed",
  ],
  [
    "Reservations of a closed tenant can still be read and listed",
    "idempotency: a repeated key > is answered for a tenant that was closed since; a fresh one is not",
  ],
];

export const tracing: readonly Statement[] = [
  [
    "A valid traceparent gives the trace id, and wins over X-Cycles-Trace-Id",
    "requests: every answer > carries the trace id from %s",
  ],
  [
    "Without one, X-Cycles-Trace-Id gives it; without either it is made, and never all zero",
    "requests: every answer > carries the trace id from %s",
  ],
  [
    "A malformed header counts as absent, and never has a request refused",
    "requests: a malformed trace header > counts as absent: a traceparent %s",
    "requests: a malformed trace header > counts as absent: an X-Cycles-Trace-Id of %j",
  ],
  [
    "Every answer carries X-Cycles-Trace-Id and X-Request-Id, an error both in its body as well",
    "requests: every answer > carries the trace id from %s",
    "strict-responses: the judge of answers > catches %s, and says where",
    "malformed: what is no request of the protocol > %s is refused with the protocol's error body",
  ],
];

export const errors: readonly Statement[] = [
  [
    "A reservation that never was is 404 NOT_FOUND",
    "settle: what is settled or gone > refuses %s",
    "queries: a reservation > that has expired is gone, and still listed",
  ],
  [
    "One that is settled is 409 RESERVATION_FINALIZED to commit, release and extend",
    "settle: what is settled or gone > refuses %s",
  ],
  [
    "One that has expired is 410 RESERVATION_EXPIRED: after the grace period, to extend after the lease",
    "settle: what is settled or gone > refuses %s",
    "settle: a commit > is taken until the grace period ends, and not a millisecond longer",
    "settle: an extension > comes too late in the grace period, where a commit is still taken",
  ],
  [
    "Expiry is told by the server's clock alone",
    "settle: a commit > is taken until the grace period ends, and not a millisecond longer",
    "settle: an event > is judged by the server's time, whatever the client's clock says",
  ],
  [
    "429 stands for throttling and for nothing else; it is LIMIT_EXCEEDED, with the time to wait",
    "rate-limit: a rate limit > answers 429 beyond it, with the time to wait in whole seconds",
    "rate-limit: a rate limit > says in Unix seconds when the window ends, and opens a new one then",
  ],
  [
    "A failure of the server is 500 INTERNAL_ERROR in the common error body",
    "requests: a failure of the authority itself > is answered 500 in the protocol's way, and tells nothing of its inside",
  ],
  [
    "What does not fit the schemas is 400 INVALID_REQUEST",
    "requests: a bad request > with %s names what is wrong",
  ],
];
