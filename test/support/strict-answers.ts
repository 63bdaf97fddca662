// Every answer that an embedded authority gives in any test is held against the contract, strictly: no status, no header
// and no property that the contract does not declare. A violation fails the test that caused it. (What a fault makes of
// an answer comes later, and is none of the authority's own.)
import { readFileSync } from "node:fs";
import { Ajv2020, type ValidateFunction } from "ajv/dist/2020.js";
import { afterEach, vi } from "vitest";
import type { OperationId } from "../../generated/operations.js";
import type * as Http from "../../src/embedded/http.js";
import { isRefusal } from "../../src/embedded/errors.js";
import { route } from "../../src/embedded/routes.js";

/** What the contract leaves open, and why the authority does it all the same. */
export const exceptions = {
  /** Answered to what is no call of an operation, or by a switch of the authority's own. */
  statuses: {
    400: "an id in the path that cannot be decoded, which leaves the operation open",
    404: "a path that is no operation, and evidence, which this authority does not sign",
    405: "another method than the path's own",
    413: "a body longer than any request of the protocol",
    415: "a body that does not say it is JSON",
    429: "where a rate limit was switched on",
  },
  /** Sent with every answer that has them to tell, though some responses do not list them. */
  headers: {
    "x-request-id": "the prose wants it on every answer",
    "x-cycles-trace-id": "the prose wants it on every answer",
    "x-cycles-tenant": "the prose wants it wherever the tenant is known",
    "x-ratelimit-remaining": "where a rate limit was switched on",
    "x-ratelimit-reset": "where a rate limit was switched on",
    "retry-after": "with 429",
    allow: "with 405; HTTP wants it",
    "content-type": "the contract gives it as the key of the content",
  },
} as const;

interface Declared {
  readonly $ref?: string;
  readonly headers?: Readonly<Record<string, unknown>>;
}

interface Document {
  readonly paths: Readonly<
    Record<
      string,
      Readonly<Record<string, { operationId: string; responses: Record<string, Declared> }>>
    >
  >;
  readonly components: { readonly responses: Readonly<Record<string, Declared>> };
}

const ID = "contract";
const document = JSON.parse(
  readFileSync(new URL("../../generated/openapi.json", import.meta.url), "utf8"),
) as Document;
const ajv = new Ajv2020({ strict: false, validateFormats: false, allErrors: true });
ajv.addSchema({ ...document, $id: ID });
const validators = new Map<string, ValidateFunction>();

/** What is wrong with an answer; empty where nothing is. */
export function violations(method: string, target: string, answer: Http.Outgoing): string[] {
  const found = route(method, target.split("?", 1)[0] ?? "");
  const operation = isRefusal(found) ? undefined : found.operation;
  const declared = operation && responsesOf(operation.id)[String(answer.status)];
  const body: unknown = JSON.parse(answer.body);
  if (declared === undefined) {
    const problem = `status ${answer.status} is not declared`;
    return answer.status in exceptions.statuses
      ? problemsOf(errorSchema(), body)
      : [problem, ...problemsOf(errorSchema(), body)];
  }
  const names = new Set(Object.keys(resolved(declared).headers ?? {}).map((n) => n.toLowerCase()));
  const headers = Object.keys(answer.headers)
    .filter((name) => !names.has(name) && !(name in exceptions.headers))
    .map((name) => `header ${name} is not declared with ${answer.status}`);
  return [...headers, ...problemsOf(schemaOf(operation, answer.status, declared), body)];
}

function responsesOf(id: OperationId): Readonly<Record<string, Declared>> {
  for (const methods of Object.values(document.paths)) {
    for (const { operationId, responses } of Object.values(methods)) {
      if (operationId === id) return responses;
    }
  }
  throw new Error(`${id} is not in the contract`);
}

function resolved(declared: Declared): Declared {
  const name = declared.$ref?.split("/").at(-1);
  return name === undefined ? declared : (document.components.responses[name] ?? declared);
}

function schemaOf(
  operation: { readonly id: string; readonly path: string; readonly method: string } | undefined,
  status: number,
  declared: Declared,
): string {
  if (declared.$ref !== undefined) return `${declared.$ref}/content/application~1json/schema`;
  const path = operation?.path.replaceAll("~", "~0").replaceAll("/", "~1") ?? "";
  const method = operation?.method.toLowerCase() ?? "";
  return `#/paths/${encodeURIComponent(path)}/${method}/responses/${status}/content/application~1json/schema`;
}

function errorSchema(): string {
  return "#/components/schemas/ErrorResponse";
}

function problemsOf(pointer: string, body: unknown): string[] {
  let validate = validators.get(pointer);
  if (validate === undefined) {
    validate = ajv.compile({ $ref: `${ID}${pointer}` });
    validators.set(pointer, validate);
  }
  if (validate(body)) return [];
  return (validate.errors ?? []).map(
    ({ instancePath, message, params }) =>
      `${instancePath || "the body"} ${message ?? ""} ${JSON.stringify(params)}`,
  );
}

const caught: string[] = [];
let count = 0;

/** How many answers have been checked in this file so far. */
export function answersChecked(): number {
  return count;
}

vi.mock("../../src/embedded/http.js", async (original) => {
  const http = await original<typeof Http>();
  const answer: typeof http.answer = async (incoming, backend) => {
    const outgoing = await http.answer(incoming, backend);
    count += 1;
    for (const problem of violations(incoming.method, incoming.target, outgoing)) {
      caught.push(`${incoming.method} ${incoming.target} → ${outgoing.status}: ${problem}`);
    }
    return outgoing;
  };
  return { ...http, answer };
});

afterEach(() => {
  const problems = caught.splice(0);
  if (problems.length === 0) return;
  throw new Error(
    `The authority answered what the contract does not allow:\n${problems.join("\n")}`,
  );
});
