import { securityHeaders } from "../../generated/operations.js";
import { formatIssues, toIssues } from "../issues.js";
import { isTraceId, newTraceId, parseTraceparent } from "../trace.js";
import { readBody } from "./body.js";
import { toCommand } from "./commands.js";
import type { Caller, Credentials } from "./credentials.js";
import { isRefusal, refuse, type Refusal } from "./errors.js";
import type { Command } from "./ledger/command.js";
import { readQuery } from "./query.js";
import { type AnyOperation, route } from "./routes.js";

/** A request, however it came in. */
export interface Incoming {
  readonly method: string;
  /** The path and the query. */
  readonly target: string;
  readonly header: (name: string) => string | undefined;
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
}

/** Answers one request. It never throws: what should not happen is a 500 with the protocol's error body. */
export async function answer(incoming: Incoming, backend: Backend): Promise<Outgoing> {
  const requestId = crypto.randomUUID();
  const traceId = traceOf(incoming);
  const { status, body, tenant } = await respond(incoming, backend).catch(() => ({
    status: 500,
    body: refuse("INTERNAL_ERROR", "The embedded authority failed; this is a bug in it"),
    tenant: undefined,
  }));
  return {
    status,
    headers: {
      "content-type": "application/json",
      "x-request-id": requestId,
      "x-cycles-trace-id": traceId,
      ...(tenant !== undefined && { "x-cycles-tenant": encodeURI(tenant) }),
    },
    body: JSON.stringify(isRefusal(body) ? toErrorBody(body, requestId, traceId) : body),
  };
}

interface Result {
  readonly status: number;
  readonly body: object | Refusal;
  readonly tenant: string | undefined;
}

async function respond(incoming: Incoming, backend: Backend): Promise<Result> {
  const [pathname = "", search] = incoming.target.split("?", 2);
  const found = route(incoming.method, pathname);
  if (isRefusal(found)) return refused(found);
  const { operation, path } = found;
  const caller = authenticate(operation, incoming, backend.credentials);
  if (isRefusal(caller)) return refused(caller);
  const tenant = caller.kind === "tenant" ? caller.tenant : undefined;

  const query = readQuery(operation, new URLSearchParams(search));
  if (isRefusal(query)) return refused(query, tenant);
  const body = await checkedBody(operation, incoming);
  if (isRefusal(body)) return refused(body, tenant);
  if (!operation.parameters({ path, query: query.values })) {
    return refused(invalid(operation.parameters), tenant);
  }
  const command = toCommand({ operation, caller, path, query: query.values, body: body.value });
  const result = isRefusal(command) ? command : backend.run(command);
  return isRefusal(result)
    ? refused(result, tenant)
    : { status: operation.success, body: result, tenant };
}

function refused(refusal: Refusal, tenant?: string): Result {
  return { status: refusal.status, body: refusal, tenant };
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
): Promise<{ readonly kind: "body"; readonly value: unknown } | Refusal> {
  if (request === undefined) return { kind: "body", value: undefined };
  const body = readBody(header("content-type"), await read());
  if (isRefusal(body)) return body;
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

function toErrorBody({ code, message, details }: Refusal, requestId: string, traceId: string) {
  return {
    error: code,
    message,
    request_id: requestId,
    trace_id: traceId,
    ...(details && { details }),
  };
}
