// The table of operations that the client calls and the embedded authority serves, with the types of each.
import { format } from "prettier";
import { banner, deref, operationsOf } from "./contract.mjs";
import { optionalFields } from "./optional.mjs";
import { literal, record } from "./source.mjs";
import { schemasOf, writtenOnce } from "./validators.mjs";

const QUERY_TYPES = ["string", "integer", "boolean", "array"];

export async function operationsSource(contract) {
  const list = operationsOf(contract);
  const optional = optionalFields(contract);
  const { roots } = schemasOf(contract);
  const used = new Set(["ErrorResponse"]);
  const validator = (name) => {
    const written = writtenOnce(roots, name);
    used.add(written);
    return written;
  };
  const entries = list.map((operation) => [operation.id, entry(optional, validator, operation)]);
  const errorOptional = optional.nameFor(contract.components.schemas.ErrorResponse);
  const methods = list.map(({ method }) => method);
  const queryTypes = list.flatMap(({ parameters }) => Object.values(queryOf(contract, parameters)));
  const queries = list.map(({ id, parameters }) => [id, literal(queryOf(contract, parameters))]);
  const withBody = list.filter(({ request }) => request).map(({ id }) => id);
  const source = `${banner}
import type { securityHeaders } from "./constants.js";
import type { components, OperationTypes, paths } from "./paths.js";
import { type Validator, ${[...used].sort().join(", ")} } from "./validators.js";

/** The name of an operation in the contract. */
export type OperationId = ${union(list.map(({ id }) => id))};

/** An operation that takes a request body. */
export type OperationIdWithBody = ${union(withBody)};

/** The parameters in the path of an operation; an empty object if it has none. */
export type PathParameters<Id extends OperationId> = OperationTypes[Id]["parameters"]["path"];

/** The parameters in the query of an operation; an empty object if it has none. */
export type QueryParameters<Id extends OperationId> = OperationTypes[Id]["parameters"]["query"];

/** The body of a request; \`undefined\` if the operation takes none. */
export type RequestBody<Id extends OperationId> = OperationTypes[Id]["request"];

/** The body of a success. A newer server may send further fields, and values that an enum here does not list. */
export type ResponseBody<Id extends OperationId> = OperationTypes[Id]["response"];

/** One operation of the contract: how it is called, and the checks of what it takes and returns. */
export interface Operation<Id extends OperationId = OperationId> {
  readonly id: Id;
  readonly method: ${union(methods)};
  readonly path: keyof paths;
  /** The only status that means success. */
  readonly success: number;
  /** Whether it takes an idempotency key. */
  readonly keyed: boolean;
  /** The credentials that it accepts; empty if it is public. */
  readonly security: readonly (keyof typeof securityHeaders)[];
  /** Strict. */
  readonly parameters: Validator<OperationTypes[Id]["parameters"]>;
  /** Strict; \`undefined\` if the operation takes no body. */
  readonly request: Id extends OperationIdWithBody ? Validator<RequestBody<Id>> : undefined;
  /** Accepts what a newer server may add. */
  readonly response: Validator<ResponseBody<Id>>;
  /** The fields that the body of a success may leave out; absent if the body must stay as it came. */
  readonly optional?: Optional;
}

/** Which fields a value may leave out. In these, \`null\` means that the field is absent. */
export interface Optional {
  readonly fields?: readonly string[];
  /** The same for the values of its fields. */
  readonly within?: Readonly<Record<string, Optional>>;
  /** The same for each item of an array, or each member of a map. */
  readonly each?: Optional;
}

${optional.source()}

/** Every operation of the contract. */
export const operations: {
  readonly [Id in OperationId]: Operation<Id>;
} = ${record(entries)};

/**
 * The query parameters of each operation and their types. They are not part of {@link operations},
 * because only a server needs them, and clients then do not load them.
 */
export const queryTypes: {
  readonly [Id in OperationId]: Readonly<Record<string, ${union([...QUERY_TYPES, ...queryTypes])}>>;
} = ${record(queries)};

/** Checks the body of an error response; accepts what a newer server may add. */
export const errorBody: Validator<components["schemas"]["ErrorResponse"]> = ErrorResponse;

/** The fields that the body of an error response may leave out. */
export const errorOptional: Optional = ${errorOptional ?? "{}"};
`;
  return format(source, { parser: "babel-ts", printWidth: 120 });
}

function entry(optional, validator, operation) {
  const { id, method, path, success, parameters, security, request, response } = operation;
  const keyed = parameters.some(
    ({ in: place, name }) => place === "header" && name === "X-Idempotency-Key",
  );
  const absent = optional.nameFor(response);
  return record([
    ["id", literal(id)],
    ["method", literal(method)],
    ["path", literal(path)],
    ["success", literal(success)],
    ["keyed", literal(keyed)],
    ["security", literal(security)],
    ["parameters", validator(`${id}Parameters`)],
    ["request", request ? validator(`${id}Request`) : "undefined"],
    ["response", validator(`${id}Response`)],
    ...(absent ? [["optional", absent]] : []),
  ]);
}

/** The query parameters of an operation and their types. */
function queryOf(contract, parameters) {
  const query = parameters.filter(({ in: place }) => place === "query");
  return Object.fromEntries(
    query.map(({ name, schema }) => [name, typeOf(deref(contract, schema))]),
  );
}

function typeOf({ type }) {
  return [type].flat().find((one) => one !== "null") ?? "string";
}

/** A type of these strings; `never` if there are none. */
function union(strings) {
  return [...new Set(strings)].map(literal).join(" | ") || "never";
}
