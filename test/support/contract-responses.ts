import { readFileSync } from "node:fs";
import { Ajv2020 } from "ajv/dist/2020.js";
import type { Outgoing } from "../../src/embedded/http/message.js";
import type { RuleSet } from "../../src/embedded/ledger/state.js";
import { SERVER_NULLS } from "./server-nulls.js";
import {
  STATUSES_WITHOUT_OPERATION,
  UNDECLARED_HEADERS,
  UNDECLARED_STATUSES,
} from "./undeclared.js";

// The bundled document itself, closed schemas and all; the generated validators are tolerant on purpose.
const contract: Contract = JSON.parse(
  readFileSync(new URL("../../generated/openapi.json", import.meta.url), "utf8"),
);
const ajv = new Ajv2020({ strict: false, allErrors: true, formats: { int64: true, uri: isUri } });
ajv.addSchema(contract, "prose");
ajv.addSchema(withNulls(contract), "server");

/**
 * What the bundled contract, read strictly, forbids in a response under a rule set. Empty if the response is fine. Under
 * `server`, the contract also allows the `null`s of the reference server.
 */
export function violationsOf(
  rules: RuleSet,
  method: string,
  target: string,
  sent: Outgoing,
): string[] {
  const [path = ""] = target.split("?", 1);
  const operation = operationAt(method, path);
  const name = `${operation?.operationId ?? "no operation"} (${method} ${path}) → ${sent.status}`;
  const response = responseTo(operation, sent.status);
  const found =
    response === undefined
      ? ["the contract does not declare this status"]
      : [...bodyViolations(rules, response, sent), ...headerViolations(response, sent)];
  return found.map((violation) => `${name}: ${violation}`);
}

function operationAt(method: string, path: string): Operation | undefined {
  const segments = path.split("/");
  for (const [template, methods] of Object.entries(contract.paths)) {
    const expected = template.split("/");
    const fits =
      expected.length === segments.length &&
      expected.every((part, index) => part.startsWith("{") || part === segments[index]);
    if (fits) return methods[method.toLowerCase()];
  }
  return undefined;
}

function responseTo(found: Operation | undefined, status: number): ApiResponse | undefined {
  const shared = contract.components.responses["ErrorResponse"];
  const declared = found?.responses[status];
  if (declared?.$ref !== undefined) {
    return contract.components.responses[declared.$ref.replace("#/components/responses/", "")];
  }
  if (declared) return declared;
  const exceptions = found ? UNDECLARED_STATUSES : STATUSES_WITHOUT_OPERATION;
  return exceptions.some((exception) => exception.status === status) ? shared : undefined;
}

function* bodyViolations(
  rules: RuleSet,
  { content }: ApiResponse,
  { headers, body }: Outgoing,
): Generator<string> {
  const type = headers["content-type"] ?? "no content type";
  const schema = content?.[type]?.schema;
  if (schema === undefined) {
    yield `a body of ${type} is not declared`;
    return;
  }
  const isValid = validatorOf(schema, rules);
  const value = parsed(body);
  if (isValid(value)) {
    yield* contradictions(value, headers);
    return;
  }
  for (const { instancePath, message = "is wrong", params } of isValid.errors ?? []) {
    yield `body${instancePath} ${message} ${JSON.stringify(params)}`;
  }
}

/** An error carries its ids in the body and in headers, and they must agree. */
function* contradictions(
  value: unknown,
  headers: Readonly<Record<string, string>>,
): Generator<string> {
  if (typeof value !== "object" || value === null || !("error" in value)) return;
  const body = new Map<string, unknown>(Object.entries(value));
  if (body.get("request_id") !== headers["x-request-id"])
    yield "request_id differs from the header";
  if (body.get("trace_id") !== headers["x-cycles-trace-id"])
    yield "trace_id differs from the header";
}

/** The contract, with the listed members as they are or `null`. */
function withNulls({ components, ...rest }: Contract): Contract {
  const schemas = Object.entries(components.schemas).map(([name, schema]) => {
    const properties = Object.entries(schema.properties ?? {}).map(([member, form]) => {
      const isNullable = SERVER_NULLS[name]?.includes(member) === true;
      return [member, isNullable ? { anyOf: [form, { type: "null" }] } : form];
    });
    return [
      name,
      { ...schema, ...(schema.properties && { properties: Object.fromEntries(properties) }) },
    ];
  });
  return { ...rest, components: { ...components, schemas: Object.fromEntries(schemas) } };
}

/** `undefined` if the text is not JSON; that matches no schema. */
function parsed(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}

const validators = new Map<string, ReturnType<typeof ajv.compile>>();

/** Only schemas of the contract depend on the rules. */
function validatorOf(schema: Schema, rules: RuleSet = "prose") {
  const key = rules + JSON.stringify(schema);
  const known = validators.get(key);
  if (known) return known;
  const inContract = schema.$ref === undefined ? schema : { $ref: `${rules}${schema.$ref}` };
  const compiled = ajv.compile(inContract);
  validators.set(key, compiled);
  return compiled;
}

function* headerViolations(
  response: ApiResponse,
  { status, headers }: Outgoing,
): Generator<string> {
  const declared = new Set(Object.keys(response.headers ?? {}).map(lower));
  for (const { name, status: only = status } of UNDECLARED_HEADERS) {
    if (only === status) declared.add(lower(name));
  }
  for (const [name, value] of Object.entries(headers)) {
    if (name === "content-type") continue; // judged with the body
    const form = HEADERS.get(lower(name));
    if (!declared.has(lower(name))) yield `the header ${name} is not declared`;
    else if (form && !validatorOf(form)(form.type === "integer" ? toInteger(value) : value)) {
      yield `the header ${name} does not have the declared form: ${value}`;
    }
  }
  // Every response must have these two, even if the contract does not list them for it.
  for (const name of ["x-request-id", "x-cycles-trace-id"]) {
    if (headers[name] === undefined) yield `the header ${name} is missing`;
  }
}

/** The form of each header, by its name in lower case. */
const HEADERS: ReadonlyMap<string, Schema> = new Map(
  Object.entries(contract.components.headers).map(([name, { schema }]) => [lower(name), schema]),
);

function toInteger(value: string): unknown {
  return /^-?\d+$/.test(value) ? Number(value) : value;
}

function lower(name: string): string {
  return name.toLowerCase();
}

function isUri(value: string): boolean {
  return URL.canParse(value);
}

interface Contract {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: {
    readonly schemas: Readonly<Record<string, Schema>>;
    readonly responses: Readonly<Record<string, ApiResponse>>;
    readonly headers: Readonly<Record<string, { readonly schema: Schema }>>;
  };
}

interface Operation {
  readonly operationId: string;
  readonly responses: Readonly<Record<string, ApiResponse & Schema>>;
}

interface ApiResponse {
  readonly headers?: Readonly<Record<string, unknown>>;
  readonly content?: Readonly<Record<string, { readonly schema: Schema }>>;
}

interface Schema {
  readonly $ref?: string;
  readonly type?: string;
  readonly properties?: Readonly<Record<string, object>>;
}
