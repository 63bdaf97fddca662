import { type OperationId, securityHeaders } from "../../generated/operations.js";
import { formatIssues, toIssues } from "../protocol/issues.js";
import { isTraceId, newTraceId, parseTraceparent } from "../protocol/trace.js";
import { readBody } from "./body.js";
import { toCommand } from "./commands.js";
import type { Caller, Credentials } from "./credentials.js";
import { isRefusal, refuse, type Refusal } from "./refusal.js";
import type { Command } from "./ledger/command.js";
import { readQuery } from "./query.js";
import type { Allowance } from "./rate-limit.js";
import { type AnyOperation, route } from "./routes.js";

/** A request, however it came in. */
export interface Incoming {
  readonly method: string;
  /** The path and the query. */
  readonly target: string;
  readonly header: (name: string) => string | undefined;
  readonly headers: () => Readonly<Record<string, string>>;
  /** The whole body; `undefined` where it is too long. */
  readonly body: () => Promise<string | undefined>;
}

/** An answer, whichever way it goes out. */
export interface Outgoing {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** What stands behind the HTTP face. */
export interface Backend {
  readonly credentials: Credentials;
  readonly run: (command: Command) => object | Refusal;
  /** Counts a tenant's request; `undefined` where there is no limit. */
  readonly allowance: ((tenant: string) => Allowance) | undefined;
  /** Is told of each request and its answer, before the answer goes out. */
  readonly observe: (observed: Handled) => void;
}

/** A request as far as it was understood, and what it was answered. */
export interface Handled {
  readonly understood: Understood;
  readonly status: number;
  readonly response: object;
}

/** Grows while a request is read; a refusal stops it. */
export interface Understood {
  operation?: OperationId;
  tenant?: string;
  allowance?: Allowance | undefined;
  body?: unknown;
  command?: Command;
}

/** Answers one request. It never throws: what should not happen is a 500 with the protocol's error body. */
export async function handle(incoming: Incoming, backend: Backend): Promise<Outgoing> {
  const requestId = crypto.randomUUID();
  const traceId = traceOf(incoming);
  const understood: Understood = {};
  const { status, body } = await respond(incoming, backend, understood).catch(() =>
    refused(refuse("INTERNAL_ERROR", "The embedded authority failed; this is a bug in it")),
  );
  const { tenant, allowance } = understood;
  const response = isRefusal(body) ? toErrorBody(body, requestId, traceId) : body;
  backend.observe({ understood, status, response });
  return {
    status,
    headers: {
      ...identifying(requestId, traceId),
      ...(tenant !== undefined && { "x-cycles-tenant": encodeURI(tenant) }),
      ...(allowance && limitHeaders(allowance)),
      ...(isRefusal(body) && body.headers),
    },
    body: JSON.stringify(response),
  };
}

/** Answers what is no HTTP, and so never became a request. */
export function respondMalformed(status: number, reason: string): Outgoing {
  const requestId = crypto.randomUUID();
  const traceId = newTraceId();
  const refusal = refuse("INVALID_REQUEST", `The request is not HTTP as it should be: ${reason}`);
  return {
    status,
    headers: identifying(requestId, traceId),
    body: JSON.stringify(toErrorBody(refusal, requestId, traceId)),
  };
}

interface Result {
  readonly status: number;
  readonly body: object | Refusal;
}

async function respond(
  incoming: Incoming,
  { credentials, allowance, run }: Backend,
  understood: Understood,
): Promise<Result> {
  const { pathname, search } = split(incoming.target);
  const found = route(incoming.method, pathname);
  if (isRefusal(found)) return refused(found);
  const { operation, path } = found;
  understood.operation = operation.id;
  const caller = authenticate(operation, incoming, credentials);
  if (isRefusal(caller)) return refused(caller);
  if (caller.kind === "tenant") {
    understood.tenant = caller.tenant;
    understood.allowance = allowance?.(caller.tenant);
    if (understood.allowance?.isAllowed === false) return refused(tooMany(understood.allowance));
  }

  const query = readQuery(operation, new URLSearchParams(search));
  if (isRefusal(query)) return refused(query);
  const body = await checkedBody(operation, incoming, understood);
  if (isRefusal(body)) return refused(body);
  if (!operation.parameters({ path, query: query.values })) {
    return refused(invalid(operation.parameters));
  }
  const command = toCommand({ operation, caller, path, query: query.values, body: body.value });
  if (isRefusal(command)) return refused(command);
  understood.command = command;
  const result = run(command);
  return isRefusal(result) ? refused(result) : { status: operation.success, body: result };
}

/** A question mark within the query is part of it. */
function split(target: string): { readonly pathname: string; readonly search: string } {
  const [pathname = "", ...search] = target.split("?");
  return { pathname, search: search.join("?") };
}

function refused(refusal: Refusal): Result {
  return { status: refusal.status, body: refusal };
}

function tooMany({ waitMs }: Allowance): Refusal {
  const seconds = Math.ceil(waitMs / 1_000);
  const message = `Too many requests: the next is taken in ${seconds} s`;
  return {
    ...refuse("LIMIT_EXCEEDED", message),
    headers: { "retry-after": String(seconds) },
  };
}

/** The window's end is told in whole seconds, of which the last is not cut off. */
function limitHeaders({ remaining, resetAt }: Allowance): Record<string, string> {
  return {
    "x-ratelimit-remaining": String(remaining),
    "x-ratelimit-reset": String(Math.ceil(resetAt / 1_000)),
  };
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
): Promise<{ readonly kind: "body"; readonly value: unknown } | Refusal> {
  if (request === undefined) return { kind: "body", value: undefined };
  const body = readBody(header("content-type"), await read());
  if (isRefusal(body)) return body;
  understood.body = body.value;
  if (!request(body.value)) return invalid(request);
  return (keyed ? checkKey(body.value, header("x-idempotency-key")) : undefined) ?? body;
}

/** The key may travel in a header as well, but never as another one. */
function checkKey(body: unknown, header: string | undefined): Refusal | undefined {
  const { idempotency_key } = body as { readonly idempotency_key: string };
  if (header === undefined || header === idempotency_key) return undefined;
  return refuse("INVALID_REQUEST", "idempotency_key: differs from the header X-Idempotency-Key");
}

function invalid({ errors }: { readonly errors?: Parameters<typeof toIssues>[0] }): Refusal {
  return refuse("INVALID_REQUEST", formatIssues(toIssues(errors)));
}

/** A malformed header counts as absent, and `traceparent` wins. (Protocol: correlation and tracing.) */
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

function toErrorBody({ code, message, details }: Refusal, requestId: string, traceId: string) {
  return {
    error: code,
    message,
    request_id: requestId,
    trace_id: traceId,
    ...(details && { details }),
  };
}
