import type {
  Operation,
  OperationId,
  PathParameters,
  RequestBody,
} from "../../generated/operations.js";
import { CyclesValidationError } from "../errors.js";
import { member } from "../member.js";
import { checkTime, SHORTEST_TIME_MS } from "../option-kinds.js";
import { checkMaxRetries, type Settings } from "../settings.js";
import type { Keyed, Query } from "../params.js";
import { checkHeaders, lowerCased } from "../protocol/headers.js";
import { type Issue, toIssues } from "../protocol/issues.js";
import { mergeSubject, type Subject, type SubjectDefaults } from "../protocol/subject.js";
import type { WebAbortSignal } from "../web.js";
import { idProblem, operationUrl, type Parameters } from "./path.js";
import { requestHeaders } from "./request-headers.js";
import type { SendRequest } from "./send.js";

/** Options of one call. */
export interface CallOptions {
  /** Aborts the call, which then rejects with the signal's reason. */
  readonly signal?: WebAbortSignal | undefined;
  /** The time limit of one attempt, in milliseconds, instead of the client's. */
  readonly timeout?: number;
  /** The number of retries, instead of the client's setting. */
  readonly maxRetries?: number;
  /**
   * Your own key instead of a random one: 1 to 256 characters. Reuse it only to repeat the same
   * body.
   */
  readonly idempotencyKey?: string;
  /** Headers for this call only. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** A request body before it has a key; `undefined` if the operation takes none. */
export type DraftBody<Id extends OperationId> =
  RequestBody<Id> extends infer Body extends { idempotency_key: string } ? Keyed<Body> : undefined;

/** The input of one call of an operation. */
export interface CallInput<Id extends OperationId> {
  readonly path?: PathParameters<Id>;
  readonly query?: Query<Id>;
  readonly body?: DraftBody<Id>;
  readonly options?: CallOptions | undefined;
}

/** A call before it is checked. */
export interface Draft<Id extends OperationId> extends CallInput<Id> {
  readonly operation: Operation<Id>;
  readonly traceId?: string;
  /** The scopes of the reservation, for errors of calls that have no subject. */
  readonly scopes?: readonly string[] | undefined;
  /** See {@link SendRequest.finishOnceSent}; false by default. */
  readonly finishOnceSent?: boolean;
}

/**
 * A call that is ready to be sent. It was checked and serialised once, so every attempt sends the
 * same key and the same bytes.
 */
export interface Prepared<Id extends OperationId = OperationId> {
  readonly operation: Operation<Id>;
  /** The body as it is sent. {@link prepareVerbatim} does not check it. */
  readonly request: unknown;
  /** The scopes of the reservation, if the request has no subject and they are known. */
  readonly scopes: readonly string[] | undefined;
  readonly idempotencyKey: string | undefined;
  readonly http: SendRequest;
}

/**
 * Fills in the key and checks everything that can be checked without the server.
 *
 * @throws {@link CyclesValidationError} with every problem; nothing has been sent.
 */
export function prepare<Id extends OperationId>(
  settings: Settings,
  draft: Draft<Id>,
): Prepared<Id> {
  const { operation, path, query, body } = draft;
  // JavaScript callers pass `null` for no options.
  const options = draft.options ?? {};
  const issues: Issue[] = options.headers ? checkHeaders(options.headers) : [];
  const request = operation.keyed ? withKey(body ?? {}, options.idempotencyKey, issues) : undefined;
  const parameters = { path: path ? entriesOf(path) : {}, query: query ? given(query) : {} };
  addProblems(issues, operation, parameters, request);
  const subject = member(request, "subject");
  // The ids of the client's own subject were checked when the client was made.
  if (subject !== settings.subject) {
    for (const { level, message } of settings.ids.problems(subject))
      issues.push({ path: `subject.${level}`, message });
  }
  checkMaxRetries(options.maxRetries);
  const text = request && serialize(request, issues);
  if (issues.length > 0) {
    throw new CyclesValidationError(`The ${operation.id} request`, issues, {
      operation: operation.id,
    });
  }
  settings.ids.use(subject, settings.notify);
  return pack(settings, draft, { request, parameters, text }, options);
}

/** The clients whose subjects lack a tenant, as a notice has said once. */
const warned = new WeakSet<Settings>();

/**
 * Fills defaults, by default those of the client, into the subject of a request. A subject without a tenant bypasses
 * the tenant's budget, which is rarely intended, so a notice reports it.
 */
export function fillSubject(
  settings: Settings,
  operation: OperationId,
  subject: SubjectDefaults | undefined,
  defaults: Subject = settings.subject,
): Subject {
  const filled = subject === undefined ? defaults : mergeSubject(defaults, subject);
  if (filled.tenant === undefined && !warned.has(settings)) {
    warned.add(settings);
    settings.notify({ type: "no_tenant", operation });
  }
  return filled;
}

/** Prepares a call with an existing body, perhaps of another client. Its bytes do not change. */
export function prepareVerbatim<Id extends OperationId>(
  settings: Settings,
  operation: Operation<Id>,
  call: {
    /** Ids that were checked. */
    readonly path?: PathParameters<Id>;
    /** A JSON object. */
    readonly text: string;
    readonly traceId: string;
    readonly scopes?: readonly string[] | undefined;
  },
): Prepared<Id> {
  const { path, text } = call;
  const { traceId, scopes } = call;
  const parameters = { path: path ? entriesOf(path) : {}, query: {} };
  const request: unknown = JSON.parse(text);
  return pack(settings, { operation, traceId, scopes }, { request, parameters, text }, {});
}

/** The parts of a draft that need no check. */
type Unchecked<Id extends OperationId> = Pick<
  Draft<Id>,
  "operation" | "traceId" | "scopes" | "finishOnceSent"
>;

/** The parts of a call that were checked. */
interface Checked {
  readonly request: unknown;
  readonly parameters: Parameters;
  readonly text: string | undefined;
}

function pack<Id extends OperationId>(
  settings: Settings,
  { operation, scopes, traceId, finishOnceSent = false }: Unchecked<Id>,
  { request, parameters, text }: Checked,
  options: CallOptions,
): Prepared<Id> {
  const idempotencyKey = keyOf(request);
  const own: Record<string, string> = options.headers ? lowerCased(options.headers) : {};
  if (text !== undefined && !(CONTENT_TYPE in settings.headers)) own[CONTENT_TYPE] ??= JSON_TYPE;
  own["accept"] = JSON_TYPE;
  const takesApiKey = operation.security.includes("ApiKeyAuth");
  const headers = requestHeaders(settings, {
    isForBaseUrl: true,
    takesApiKey,
    own,
    traceId,
    idempotencyKey,
  });
  return {
    operation,
    request,
    scopes,
    idempotencyKey,
    http: {
      method: operation.method,
      url: operationUrl(settings.baseUrl, operation, parameters),
      headers,
      body: text,
      timeoutMs:
        options.timeout === undefined
          ? settings.attemptTimeout
          : checkTime(options.timeout, "timeout", SHORTEST_TIME_MS),
      signal: options.signal,
      finishOnceSent,
      priority: PRIORITY.includes(operation.id),
    },
  };
}

const CONTENT_TYPE = "content-type";
const JSON_TYPE = "application/json";

/**
 * These operations extend a lease, or record or release a spend. They are sent before new
 * reservations, because they must not be late.
 */
const PRIORITY: readonly OperationId[] = [
  "commitReservation",
  "createEvent",
  "extendReservation",
  "releaseReservation",
];

/** Adds the problems of the parameters and the body. */
function addProblems(
  issues: Issue[],
  operation: Operation,
  parameters: Parameters,
  request: unknown,
): void {
  if (!operation.parameters(parameters))
    issues.push(...withoutLocation(toIssues(operation.parameters.errors)));
  if (operation.request && !operation.request(request))
    issues.push(...toIssues(operation.request.errors));
  for (const name in parameters.path) {
    const message = idProblem(parameters.path[name]);
    if (message !== undefined && !issues.some((issue) => issue.path === name))
      issues.push({ path: name, message });
  }
}

/** The body with the caller's key, from the body or the options, or with a new key. */
function withKey(body: object, option: string | undefined, issues: Issue[]): object {
  const own = member(body, "idempotency_key");
  // Slightly faster than a spread, on the path of every call.
  if (own === undefined)
    return Object.assign({}, body, { idempotency_key: option ?? crypto.randomUUID() });
  if (option !== undefined && own !== option) {
    issues.push({
      path: "idempotency_key",
      message: "differs from options.idempotencyKey; give one of them",
    });
  }
  return body;
}

function keyOf(request: unknown): string | undefined {
  const key = member(request, "idempotency_key");
  return typeof key === "string" ? key : undefined;
}

function serialize(request: object, issues: Issue[]): string | undefined {
  try {
    return JSON.stringify(request);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    issues.push({ path: "", message: `cannot be written as JSON: ${reason}` });
    return undefined;
  }
}

function entriesOf(parameters: object): Record<string, unknown> {
  const entries: Record<string, unknown> = {};
  return Object.assign(entries, parameters);
}

/** Removes blank filters, for example from unset variables. */
function given(query: object): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(query).filter(([, value]) => value !== undefined && value !== ""),
  );
}

/** `query.limit` → `limit`, because callers pass ids and filters without a location. */
function withoutLocation(issues: readonly Issue[]): Issue[] {
  return issues.map(({ path, message }) => ({
    path: path.replace(/^(path|query)\./, ""),
    message,
  }));
}
