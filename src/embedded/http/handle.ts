import { type OperationId, securityHeaders } from "../../../generated/operations.js";
import { formatIssues, toIssues } from "../../protocol/issues.js";
import { isTraceId, newTraceId, parseTraceparent } from "../../protocol/trace.js";
import type { Caller, Credentials } from "../credentials.js";
import type { Command } from "../ledger/command.js";
import { isRefusal, refuse, type Refusal } from "../ledger/refusal.js";
import type { RateLimitStatus } from "../rate-limit.js";
import { readBody } from "./body.js";
import { toCommand } from "./commands.js";
import { type Incoming, type Outgoing, splitTarget } from "./message.js";
import { readQuery } from "./query.js";
import { type HttpRefusal, refuseRate, toHttpRefusal } from "./refusal.js";
import { type AnyOperation, route } from "./routes.js";

/** The parts of the authority that the HTTP side calls. */
export interface Backend {
  readonly credentials: Credentials;
  readonly run: (command: Command) => object | Refusal;
  /** Counts a request of a tenant; `undefined` if there is no rate limit. */
  readonly countRequest: ((tenant: string) => RateLimitStatus) | undefined;
  /** Called with each request and its response, before the response is sent. */
  readonly observe: (handled: Handled) => void;
}

/** A request as far as it was understood, and its response. */
export interface Handled {
  readonly understood: Understood;
  readonly status: number;
  readonly response: object;
}

/** Filled in while a request is read. A refusal stops this early. */
export interface Understood {
  operation?: OperationId;
  tenant?: string;
  rateLimit?: RateLimitStatus | undefined;
  body?: unknown;
  command?: Command;
}

/**
 * Responds to one request. It never throws: an unexpected error is a 500 with the protocol's error
 * body.
 */
export async function handle(incoming: Incoming, backend: Backend): Promise<Outgoing> {
  const requestId = crypto.randomUUID();
  const traceId = traceOf(incoming);
  const understood: Understood = {};
  const outcome = await respond(incoming, backend, understood).catch(() =>
    refuse("INTERNAL_ERROR", "The embedded authority failed; this is a bug in it"),
  );
  const responded = outcome.kind === "refusal" ? toHttpRefusal(outcome) : outcome;
  const isRefused = responded.kind === "refusal";
  const response = isRefused ? toErrorBody(responded, requestId, traceId) : responded.body;
  const { status } = responded;
  backend.observe({ understood, status, response });
  const { tenant, rateLimit } = understood;
  return {
    status,
    headers: {
      ...identifying(requestId, traceId),
      ...(tenant !== undefined && { "x-cycles-tenant": encodeURI(tenant) }),
      ...(rateLimit && rateLimitHeaders(rateLimit)),
      ...(isRefused && responded.headers),
    },
    body: JSON.stringify(response),
  };
}

/** Responds to bytes that are not valid HTTP. */
export function respondMalformed(status: number, reason: string): Outgoing {
  const requestId = crypto.randomUUID();
  const traceId = newTraceId();
  const refusal = refuse("INVALID_REQUEST", `The request is not valid HTTP: ${reason}`);
  return {
    status,
    headers: identifying(requestId, traceId),
    body: JSON.stringify(toErrorBody(refusal, requestId, traceId)),
  };
}

interface Success {
  readonly kind: "success";
  readonly status: number;
  readonly body: object;
}

async function respond(
  incoming: Incoming,
  { credentials, countRequest, run }: Backend,
  understood: Understood,
): Promise<Success | Refusal | HttpRefusal> {
  const { pathname, search } = splitTarget(incoming.target);
  const found = route(incoming.method, pathname);
  if (isRefusal(found)) return found;
  const { operation, path } = found;
  understood.operation = operation.id;
  const caller = authenticate(operation, incoming, credentials);
  if (isRefusal(caller)) return caller;
  if (caller.kind === "tenant") {
    understood.tenant = caller.tenant;
    understood.rateLimit = countRequest?.(caller.tenant);
    if (understood.rateLimit?.isAllowed === false) return refuseRate(understood.rateLimit.waitMs);
  }

  const query = readQuery(operation.id, search);
  if (isRefusal(query)) return query;
  const body = await checkedBody(operation, incoming, understood);
  if (isRefusal(body)) return body;
  if (!operation.parameters({ path, query: query.values })) return invalid(operation.parameters);
  const command = toCommand({ operation, caller, path, query: query.values, body: body.value });
  if (isRefusal(command)) return command;
  understood.command = command;
  const result = run(command);
  if (isRefusal(result)) return result;
  return { kind: "success", status: operation.success, body: result };
}

function authenticate(
  { security }: AnyOperation,
  { header }: Incoming,
  credentials: Credentials,
): Caller | Refusal {
  if (security.length === 0) return { kind: "public" };
  const apiKey = header(securityHeaders.ApiKeyAuth);
  if (apiKey !== undefined) return credentials.callerOf(apiKey);
  const adminKey = header(securityHeaders.AdminKeyAuth);
  if (adminKey !== undefined && security.includes("AdminKeyAuth")) {
    return credentials.checkAdmin(adminKey);
  }
  const names = security.map((scheme) => securityHeaders[scheme]);
  return refuse("UNAUTHORIZED", `The request has no key: send it as ${names.join(" or ")}`);
}

async function checkedBody(
  { request, keyed }: AnyOperation,
  { header, body: read }: Incoming,
  understood: Understood,
): Promise<{ readonly kind: "body"; readonly value: unknown } | Refusal | HttpRefusal> {
  if (request === undefined) return { kind: "body", value: undefined };
  const body = readBody(header("content-type"), await read());
  if (isRefusal(body)) return body;
  understood.body = body.value;
  if (!request(body.value)) return invalid(request);
  return (keyed ? checkKeyHeader(body.value, header("x-idempotency-key")) : undefined) ?? body;
}

/** A key in the header may repeat the key in the body, but must not differ from it. */
function checkKeyHeader(body: unknown, header: string | undefined): Refusal | undefined {
  // The validator has just accepted the body, and a keyed operation's body has the key.
  const { idempotency_key } = body as { readonly idempotency_key: string };
  if (header === undefined || header === idempotency_key) return undefined;
  return refuse("INVALID_REQUEST", "idempotency_key: differs from the header X-Idempotency-Key");
}

function invalid({ errors }: { readonly errors?: Parameters<typeof toIssues>[0] }): Refusal {
  return refuse("INVALID_REQUEST", formatIssues(toIssues(errors)));
}

/**
 * `traceparent` takes precedence. A malformed header counts as absent. (Protocol: correlation and
 * tracing.)
 */
function traceOf({ header }: Incoming): string {
  const fromParent = parseTraceparent(header("traceparent") ?? "");
  if (fromParent !== undefined) return fromParent;
  const given = header("x-cycles-trace-id") ?? "";
  return isTraceId(given) ? given : newTraceId();
}

function identifying(requestId: string, traceId: string) {
  return {
    "content-type": "application/json",
    "x-request-id": requestId,
    "x-cycles-trace-id": traceId,
  };
}

/**
 * The end of the window is in whole seconds, rounded up: a client that waits until then gets a new
 * window.
 */
function rateLimitHeaders({ remaining, resetAt }: RateLimitStatus): Record<string, string> {
  return {
    "x-ratelimit-remaining": String(remaining),
    "x-ratelimit-reset": String(Math.ceil(resetAt / 1_000)),
  };
}

function toErrorBody({ code, message, details }: Refusal, requestId: string, traceId: string) {
  return {
    error: code,
    message,
    request_id: requestId,
    trace_id: traceId,
    ...(details && { details }),
  };
}
