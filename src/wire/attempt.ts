import type { Operation, OperationId } from "../../generated/operations.js";
import { CyclesError, CyclesValidationError } from "../errors.js";
import {
  API_KEY_HEADER,
  checkHeaders,
  IDEMPOTENCY_HEADER,
  lowerCased,
} from "../protocol/headers.js";
import { type Issue, toIssues } from "../protocol/issues.js";
import { checkTime, SHORTEST_TIME_MS } from "../option-kinds.js";
import { checkMaxRetries, type Settings } from "../settings.js";
import { redactorOf } from "../secrets.js";
import { classify } from "./classify.js";
import { judge, type Verdict } from "./judge.js";
import { idProblem, operationUrl, type Parameters } from "./path.js";
import type { HttpResponse, Send, SendRequest, TimedResponse } from "./send.js";
import { traceHeaders } from "./tracing.js";

/** Options of one call. */
export interface CallOptions {
  /** Ends the call, which then rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
  /** The bound of one attempt, in milliseconds, in place of the client's. */
  readonly timeout?: number;
  /** Further tries in place of the client's. */
  readonly maxRetries?: number;
  /** Your own key in place of a random one: 1 to 256 characters. Reuse it only to repeat the same body. */
  readonly idempotencyKey?: string;
  /** Headers for this call only. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** A call before it is checked. */
export interface Draft {
  readonly operation: Operation;
  readonly path?: Readonly<Record<string, unknown>>;
  readonly query?: Readonly<Record<string, unknown>>;
  readonly body?: object;
  readonly options?: CallOptions;
  readonly traceId?: string;
  /** See {@link SendRequest.finishOnceSent}; default false. */
  readonly finishOnceSent?: boolean;
}

/** A call that may leave: checked, serialised once, so that every attempt carries the same key and bytes. */
export interface Prepared {
  readonly operation: Operation;
  readonly request: unknown;
  readonly idempotencyKey: string | undefined;
  readonly http: SendRequest;
}

/** When one attempt left for the network, and when its answer was judged, on the monotonic clock. */
export interface Timing {
  readonly sentAt: number;
  readonly receivedAt: number;
}

/** How one attempt ended. */
export type Attempt =
  | {
      readonly verdict: Extract<Verdict, { kind: "success" }>;
      readonly response: HttpResponse;
      readonly timing: Timing;
    }
  | { readonly verdict: Exclude<Verdict, { kind: "success" }>; readonly error: CyclesError };

/**
 * Fills in the key and checks everything that can be checked here.
 *
 * @throws {@link CyclesValidationError} with every problem; nothing has been sent.
 */
export function prepare(settings: Settings, draft: Draft): Prepared {
  const { operation, path = {}, query, options = {} } = draft;
  const issues: Issue[] = options.headers ? checkHeaders(options.headers) : [];
  const request = operation.keyed
    ? withKey(draft.body ?? {}, options.idempotencyKey, issues)
    : undefined;
  const parameters = { path, query: query ? given(query) : {} };
  if (!operation.parameters(parameters))
    issues.push(...inPlace(toIssues(operation.parameters.errors)));
  if (operation.request && !operation.request(request))
    issues.push(...toIssues(operation.request.errors));
  for (const name in path) {
    const message = idProblem(path[name]);
    if (message !== undefined && !issues.some((issue) => issue.path === name))
      issues.push({ path: name, message });
  }
  checkMaxRetries(options.maxRetries);
  const body = request && serialize(request, issues);
  if (issues.length > 0) {
    throw new CyclesValidationError(`The ${operation.id} request`, issues, {
      operation: operation.id,
    });
  }
  const { traceId, finishOnceSent = false } = draft;
  return pack(settings, { operation, request, parameters, body, options, traceId, finishOnceSent });
}

/** A call whose body was written before, perhaps by another client: it leaves as it is. */
export function prepareVerbatim(
  settings: Settings,
  operation: Operation,
  call: {
    /** Ids that were checked. */
    readonly path?: Record<string, unknown>;
    /** A JSON object. */
    readonly text: string;
    readonly traceId: string;
  },
): Prepared {
  return pack(settings, {
    operation,
    request: JSON.parse(call.text) as Partial<Keyed>,
    parameters: { path: call.path ?? {}, query: {} },
    body: call.text,
    options: {},
    traceId: call.traceId,
    finishOnceSent: false,
  });
}

interface Keyed {
  readonly idempotency_key: unknown;
}

/** A call that was checked. */
interface Checked {
  readonly operation: Operation;
  readonly request: Partial<Keyed> | undefined;
  readonly parameters: Parameters;
  readonly body: string | undefined;
  readonly options: CallOptions;
  readonly traceId: string | undefined;
  readonly finishOnceSent: boolean;
}

function pack(settings: Settings, checked: Checked): Prepared {
  const { operation, request, parameters, body, options } = checked;
  const key = request?.idempotency_key;
  const idempotencyKey = typeof key === "string" ? key : undefined;
  return {
    operation,
    request,
    idempotencyKey,
    http: {
      method: operation.method,
      url: operationUrl(settings.baseUrl, operation, parameters),
      headers: headersFor(settings, checked, idempotencyKey),
      body,
      timeoutMs:
        options.timeout === undefined
          ? settings.attemptTimeout
          : checkTime(options.timeout, "timeout", SHORTEST_TIME_MS),
      signal: options.signal,
      finishOnceSent: checked.finishOnceSent,
      priority: FIRST.includes(operation.id),
    },
  };
}

/** What keeps a lease or records a spend: neither must be too late because it waited behind new reservations. */
const FIRST: readonly OperationId[] = [
  "commitReservation",
  "createEvent",
  "extendReservation",
  "releaseReservation",
];

const JSON_TYPE = "application/json";
const KEY_HEADER = IDEMPOTENCY_HEADER.toLowerCase();

/** By lower-case names, so that none is there twice. */
function headersFor(
  settings: Settings,
  { operation, body, options, traceId }: Checked,
  idempotencyKey: string | undefined,
): Record<string, string> {
  const headers: Record<string, string> = {};
  if (body !== undefined) headers["content-type"] = JSON_TYPE;
  Object.assign(headers, settings.headers, traceHeaders(settings, traceId));
  if (options.headers) Object.assign(headers, lowerCased(options.headers));
  headers["accept"] = JSON_TYPE;
  if (settings.apiKey !== undefined && operation.security.includes("ApiKeyAuth"))
    headers[API_KEY_HEADER] = settings.apiKey;
  if (idempotencyKey !== undefined && isHeaderValue(idempotencyKey))
    headers[KEY_HEADER] = idempotencyKey;
  return headers;
}

/** Sends a prepared call once. Rejects only with the reason of the caller's own signal. */
export async function attempt(
  settings: Settings,
  send: Send,
  prepared: Prepared,
): Promise<Attempt> {
  const { operation, request, http } = prepared;
  let response: TimedResponse;
  try {
    response = await send(http);
  } catch (error) {
    const isReason = http.signal?.aborted === true && error === http.signal.reason;
    if (isReason || !(error instanceof CyclesError)) throw error;
    return failure(settings, prepared, { kind: "unreachable", error });
  }
  const reveals = (id: string) => redactorOf(settings.apiKey, http.headers).reveals(id);
  const verdict = judge(operation, request, response, reveals);
  const timing = { sentAt: response.sentAt, receivedAt: settings.clock.monotonic() };
  return verdict.kind === "success"
    ? { verdict, response, timing }
    : failure(settings, prepared, verdict, response);
}

function failure(
  { apiKey }: Settings,
  { operation, request, idempotencyKey, http }: Prepared,
  verdict: Exclude<Verdict, { kind: "success" }>,
  response?: HttpResponse,
): Attempt {
  const redactor = redactorOf(apiKey, http.headers);
  return {
    verdict,
    error: classify({ operation, idempotencyKey, request, verdict, response, redactor }),
  };
}

/** The body with its idempotency key: the caller's, in the body or beside it, else a fresh one. */
function withKey(
  body: Partial<Keyed>,
  option: string | undefined,
  issues: Issue[],
): Partial<Keyed> {
  const { idempotency_key: own } = body;
  if (own !== undefined && option !== undefined && own !== option) {
    issues.push({
      path: "idempotency_key",
      message: "differs from options.idempotencyKey; give one of them",
    });
  }
  return own === undefined
    ? Object.assign({}, body, { idempotency_key: option ?? crypto.randomUUID() })
    : body;
}

function serialize(request: object, issues: Issue[]): string | undefined {
  try {
    return JSON.stringify(request);
  } catch (error) {
    issues.push({
      path: "",
      message: `cannot be written as JSON: ${error instanceof Error ? error.message : String(error)}`,
    });
    return undefined;
  }
}

/** A filter that is left blank, as an unset variable leaves it, is no filter. */
function given(query: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(query).filter(([, value]) => value !== undefined && value !== ""),
  );
}

/** `query.limit` → `limit`: callers pass ids and filters by their own names. */
function inPlace(issues: readonly Issue[]): Issue[] {
  return issues.map(({ path, message }) => ({
    path: path.replace(/^(path|query)\./, ""),
    message,
  }));
}

/** Printable ASCII without spaces at the edges; other keys travel in the body alone. */
function isHeaderValue(key: string): boolean {
  return /^[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?$/.test(key);
}
