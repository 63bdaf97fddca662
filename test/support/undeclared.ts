// All responses of the embedded authority that the contract does not declare, each with its reason. Faults change a
// response after this check. The socket adds `Content-Length`, `Connection` and the CORS headers after it, too.

/** Statuses of responses with the error body that all operations share. */
export const UNDECLARED_STATUSES: readonly { readonly status: number; readonly why: string }[] = [
  { status: 413, why: "a body of more than 1 MiB is not read to its end" },
  { status: 415, why: "a body that is not announced as JSON is not read" },
  { status: 429, why: "rate limiting, where it is switched on, spares no operation" },
];

/** Where method and path lead to no operation, the contract says nothing at all. */
export const STATUSES_WITHOUT_OPERATION: readonly {
  readonly status: number;
  readonly why: string;
}[] = [
  { status: 404, why: "there is nothing at this path" },
  { status: 405, why: "the path takes other methods" },
  { status: 400, why: "what came is no HTTP" },
  { status: 403, why: "the request comes from a web page of another origin" },
  { status: 421, why: "the request is for another host" },
  { status: 408, why: "what came did not come to an end" },
  { status: 431, why: "what came has more headers than a server reads" },
];

/** Headers that a response may have although the contract does not list them. Without a status, any response may. */
export const UNDECLARED_HEADERS: readonly {
  readonly name: string;
  readonly status?: number;
  readonly why: string;
}[] = [
  { name: "X-Request-Id", why: "tells one request from another; the contract wants it throughout" },
  { name: "X-Cycles-Trace-Id", why: "the contract's tracing section puts it on every response" },
  { name: "X-Cycles-Tenant", why: "the tenant that the key stands for helps most on a refusal" },
  { name: "X-RateLimit-Remaining", why: "a rate limit that is switched on counts everywhere" },
  { name: "X-RateLimit-Reset", why: "goes with X-RateLimit-Remaining" },
  { name: "Retry-After", status: 429, why: "goes with the undeclared 429" },
  { name: "Allow", status: 405, why: "HTTP asks for it with this status" },
];
