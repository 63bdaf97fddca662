import { BudgetDeniedError, isCyclesError } from "../index.js";
import { isAnyObject } from "./dialects/values.js";

/** The header that names the error behind a response that this package made. */
const HEADER = "x-cycles-denial";

/**
 * The errors behind the latest responses, by id. SDKs hand on the header or the body of a response,
 * but not the response.
 */
const errors = new Map<string, unknown>();
const MAX_ERRORS = 1_000;

/**
 * The response to a call that was not sent. SDKs make their own error of it and do not retry it: an
 * error that `fetch` throws would be retried by most of them.
 */
export function denialResponse(error: unknown): Response {
  const id = crypto.randomUUID();
  errors.set(id, error);
  for (const oldest of errors.keys()) {
    if (errors.size <= MAX_ERRORS) break;
    errors.delete(oldest);
  }
  const message = error instanceof Error ? error.message : String(error);
  const type = isDenial(error) ? "budget_denied" : "not_metered";
  const code = isCyclesError(error) ? error.code : "UNEXPECTED";
  const cycles = { denial: id, ...(isDenial(error) && { error: contentsOf(error) }) };
  const body = { type: "error", error: { message, type, code, param: null, cycles } };
  return new Response(JSON.stringify(body), {
    status: 402,
    statusText: "Payment Required",
    headers: { "content-type": "application/json", "x-should-retry": "false", [HEADER]: id },
  });
}

/** Returns a response whose body cannot be read: reading it throws the error. */
export function throwing(response: Response): Response {
  const error: unknown = errorOf(response.headers);
  if (error === undefined) return response;
  const reject = () => Promise.resolve().then(() => fail(error));
  return Object.defineProperties(response, { json: { value: reject }, text: { value: reject } });
}

function fail(error: unknown): never {
  throw error;
}

/** The error behind a response, by its headers; undefined for responses of a provider. */
export function errorOf(headers: unknown): unknown {
  const id =
    headers instanceof Headers
      ? headers.get(HEADER)
      : isAnyObject(headers) && HEADER in headers
        ? headers[HEADER]
        : undefined;
  return typeof id === "string" ? errors.get(id) : undefined;
}

/** The denial that the body of a response tells of, or the `error` in it. */
export function denialIn(body: object): BudgetDeniedError | undefined {
  if (!("cycles" in body)) return undefined;
  const { cycles } = body;
  if (!isAnyObject(cycles) || !("denial" in cycles)) return undefined;
  const error = typeof cycles.denial === "string" ? errors.get(cycles.denial) : undefined;
  if (error !== undefined) return isDenial(error) ? error : undefined;
  // The body comes from another process, or from long ago.
  return "error" in cycles ? rebuilt(cycles.error) : undefined;
}

export function isDenial(error: unknown): error is BudgetDeniedError {
  return error instanceof BudgetDeniedError || (isCyclesError(error) && isNamed(error));
}

/** An error of another copy of this package is no instance of the class of this copy. */
function isNamed({ name }: Error): boolean {
  return name === "BudgetDeniedError";
}

function contentsOf(error: BudgetDeniedError) {
  const {
    message,
    code,
    httpStatus: status,
    operation,
    idempotencyKey,
    requestId,
    traceId,
  } = error;
  const { retryAfterMs, details, body, scope, scopes, retryable } = error;
  return {
    ...{ message, code, status, operation, idempotencyKey, requestId, traceId },
    ...{ retryAfterMs, details, body, scope, scopes, retryable },
  };
}

function rebuilt(contents: unknown): BudgetDeniedError | undefined {
  if (!isContents(contents)) return undefined;
  return new BudgetDeniedError(contents.message, contents);
}

type Contents = ReturnType<typeof contentsOf>;

/** Whether a value is what {@link contentsOf} made. Only what every error has is checked. */
function isContents(value: unknown): value is Contents {
  return (
    isAnyObject(value) &&
    "message" in value &&
    typeof value.message === "string" &&
    "code" in value &&
    typeof value.code === "string" &&
    "status" in value &&
    typeof value.status === "number" &&
    "scopes" in value &&
    Array.isArray(value.scopes)
  );
}
