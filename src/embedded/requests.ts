import type { Operation } from "../../generated/operations.js";
import type { components } from "../../generated/paths.js";
import { formatIssues, toIssues } from "../issues.js";
import { Refusal } from "./ledger/refusal.js";

/** The header beside the body's own key. */
type KeyHeader = components["parameters"]["IdempotencyKeyHeader"];

const LARGEST_BODY_BYTES = 1024 * 1024;

/** Reads and checks the body of an operation that takes one. */
export async function readBody(operation: Operation, request: Request): Promise<unknown> {
  if (!operation.request) return undefined;
  if (!/^application\/json\b/i.test(request.headers.get("content-type") ?? "")) {
    throw new Refusal(415, "INVALID_REQUEST", "Content-Type must be application/json");
  }
  const bytes = await request.arrayBuffer();
  if (bytes.byteLength > LARGEST_BODY_BYTES) {
    throw new Refusal(
      413,
      "INVALID_REQUEST",
      `The body is larger than ${String(LARGEST_BODY_BYTES)} bytes`,
    );
  }
  const body = parse(new TextDecoder().decode(bytes));
  if (!operation.request(body)) {
    throw new Refusal(400, "INVALID_REQUEST", formatIssues(toIssues(operation.request.errors)));
  }
  // Every body of the contract carries its key.
  const { idempotency_key: key } = body as { idempotency_key: KeyHeader };
  const header = request.headers.get("x-idempotency-key");
  if (header !== null && header !== key) {
    throw new Refusal(
      400,
      "INVALID_REQUEST",
      "idempotency_key: the header and the body name different keys",
    );
  }
  return body;
}

/** Reads and checks ids and query parameters; a blank one counts as left out. */
export function readParameters(
  operation: Operation,
  path: Readonly<Record<string, string>>,
  search: URLSearchParams,
): Record<string, unknown> {
  const query: Record<string, unknown> = {};
  for (const [name, text] of search) {
    if (text !== "") query[name] = typed(operation.query[name], text);
  }
  const parameters = { path, query };
  if (!operation.parameters(parameters)) {
    const issues = toIssues(operation.parameters.errors);
    const named = issues.map((issue) => ({
      ...issue,
      path: issue.path.replace(/^(path|query)\./, ""),
    }));
    throw new Refusal(400, "INVALID_REQUEST", formatIssues(named));
  }
  return query;
}

function typed(type: Operation["query"][string] | undefined, text: string): unknown {
  switch (type) {
    case "integer":
      return /^-?\d+$/.test(text) ? Number(text) : text;
    case "boolean":
      return text === "true" ? true : text === "false" ? false : text;
    case "array":
      return text.split(",");
    case "string":
    case undefined:
      return text;
    default:
      return type satisfies never;
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Refusal(400, "INVALID_REQUEST", `The body is not JSON: ${(error as Error).message}`);
  }
}
