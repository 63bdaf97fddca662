import { formatIssues, toIssues } from "../../protocol/issues.js";
import { isTraceId, newTraceId, parseTraceparent } from "../../protocol/trace.js";
import type { Command } from "../ledger/command.js";
import type { Outcome } from "../ledger/ledger.js";
import { isRefusal, refuse, type Refusal } from "../ledger/refusal.js";
import { rateLimitHeaders } from "../rate-limit.js";
import type { Attestation } from "../ledger/attest.js";
import type { RuleSet, Wire } from "../ledger/state.js";
import type { Admission, Admitted } from "./admit.js";
import {
  attestationOf,
  attestDenial,
  type RefusalBody,
  type IssueEvidence,
} from "./attestation.js";
import { readBody } from "./body.js";
import { toCommand } from "./commands.js";
import type { Incoming, Outgoing } from "./message.js";
import type { Published } from "./publish.js";
import { readQuery } from "./query.js";
import { type HttpRefusal, toHttpRefusal } from "./refusal.js";
import type { AnyOperation } from "./routes.js";

/** How many problems a refusal names. A request can have hundreds of thousands. */
const MAX_PROBLEMS = 20;

/** The longest list of problems, in characters. A name in a request can also be long. */
const MAX_MESSAGE = 2_000;

/** The parts of the authority that the HTTP side calls. */
export interface Backend {
  readonly run: (command: Command, attestation?: Attestation) => Outcome | Refusal;
  /** Records evidence. `undefined` if the authority signs none. */
  readonly issue: IssueEvidence | undefined;
  /** The rules that decide the form of the responses. */
  readonly rules: RuleSet;
  readonly isRateLimited: boolean;
  /** Called with each request and its response, before the response is sent. */
  readonly observe: (handled: Handled) => void;
}

/** A request as far as it was understood, and its response. */
export interface Handled {
  readonly understood: Understood;
  readonly status: number;
  readonly response: object;
}

/** Filled in while a body is read. A refusal stops this early. */
export interface Understood {
  body?: unknown;
  command?: Command;
}

/** A request whose body has been read, if its operation has one. */
export interface Received {
  readonly incoming: Incoming;
  readonly admission: Admission;
  /** `undefined` if it is too long. */
  readonly body: string | undefined;
  /** The evidence or the keys that it reads. `undefined` if it reads neither, or if there are none. */
  readonly published: Published | Refusal | undefined;
}

/**
 * Responds to one request. It never throws: an unexpected error is a 500 with the protocol's error
 * body.
 */
export function handle(received: Received, backend: Backend): Outgoing {
  const requestId = crypto.randomUUID();
  const traceId = traceOf(received.incoming);
  const understood: Understood = {};
  const outcome = respond(received, backend, understood, traceId);
  const responded = outcome.kind === "refusal" ? toHttpRefusal(outcome) : outcome;
  const isRefused = responded.kind === "refusal";
  const { status } = responded;
  const response = isRefused
    ? withEvidence(toErrorBody(responded, requestId, traceId), status, understood, backend)
    : responded.result;
  backend.observe({ understood, status, response });
  const { tenant, rateLimit } = received.admission;
  // Assignments, because this runs for every request, and several spreads are slow.
  const headers = identifying(requestId, traceId);
  if (tenant !== undefined) headers["x-cycles-tenant"] = encodeURI(tenant);
  Object.assign(headers, rateLimitHeaders(rateLimit, backend), responded.headers);
  return { status, headers, body: isRefused ? JSON.stringify(response) : responded.json };
}

/** Responds to a request that is refused before it reaches the authority. */
export function respondRefused(
  { status, headers, ...refusal }: HttpRefusal,
  incoming?: Incoming,
): Outgoing {
  const requestId = crypto.randomUUID();
  const traceId = incoming === undefined ? newTraceId() : traceOf(incoming);
  return {
    status,
    headers: { ...identifying(requestId, traceId), ...headers },
    body: JSON.stringify(toErrorBody(refusal, requestId, traceId)),
  };
}

interface Success extends Outcome {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
}

function respond(
  { incoming, admission: { outcome }, body, published }: Received,
  backend: Backend,
  understood: Understood,
  traceId: string,
): Success | Refusal | HttpRefusal {
  if (outcome.kind === "refusal") return outcome;
  const content = { header: incoming.header, body, published, traceId };
  try {
    return execute(outcome, content, backend, understood);
  } catch {
    return refuse("INTERNAL_ERROR", "The embedded authority failed; this is a bug in it");
  }
}

/** The parts of a request that are read only if it is admitted. */
interface Content extends Pick<Received, "body" | "published"> {
  readonly header: Incoming["header"];
  readonly traceId: string;
}

function execute(
  { operation, caller, path, search }: Admitted,
  content: Content,
  { run, issue }: Backend,
  understood: Understood,
): Success | Refusal | HttpRefusal {
  const query = readQuery(operation.id, search);
  if (isRefusal(query)) return query;
  const body = checkedBody(operation, content, understood);
  if (isRefusal(body)) return body;
  if (!operation.parameters({ path, query: query.values })) return invalid(operation.parameters);
  const { published } = content;
  if (published) {
    return isRefusal(published) ? published : { ...published, status: operation.success };
  }
  const command = toCommand({ operation, caller, path, query: query.values, body: body.value });
  if (isRefusal(command)) return command;
  understood.command = command;
  const result = run(command, issue && attestationOf(command, content.traceId, issue));
  if (isRefusal(result)) return result;
  return { ...result, status: operation.success };
}

function checkedBody(
  { request, keyed }: AnyOperation,
  { header, body: text }: Content,
  understood: Understood,
): { readonly kind: "body"; readonly value: unknown } | Refusal | HttpRefusal {
  if (request === undefined) return { kind: "body", value: undefined };
  const body = readBody(header("content-type"), text);
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
  const problems = errors ?? [];
  const text = formatIssues(toIssues(problems.slice(0, MAX_PROBLEMS)));
  const shown = text.length > MAX_MESSAGE ? `${text.slice(0, MAX_MESSAGE)}…` : text;
  const more = problems.length - MAX_PROBLEMS;
  return refuse("INVALID_REQUEST", more > 0 ? `${shown}; and ${more} more problems` : shown);
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

function identifying(requestId: string, traceId: string): Record<string, string> {
  return {
    "content-type": "application/json",
    "x-request-id": requestId,
    "x-cycles-trace-id": traceId,
  };
}

function withEvidence(
  body: RefusalBody,
  status: number,
  { command }: Understood,
  { issue }: Backend,
): Wire["ErrorResponse"] {
  return command && issue ? attestDenial(body, status, command, issue) : body;
}

function toErrorBody(
  { code, message, details }: Refusal,
  requestId: string,
  traceId: string,
): RefusalBody {
  return {
    error: code,
    message,
    request_id: requestId,
    trace_id: traceId,
    ...(details && { details }),
  };
}
