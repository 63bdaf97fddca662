// The table of operations that the client calls and the embedded authority serves.
import { banner, deref, operationsOf } from "./contract.mjs";
import { optionalFields } from "./optional.mjs";

export function operationsSource(contract) {
  const list = operationsOf(contract);
  const schemes = Object.fromEntries(
    Object.entries(contract.components.securitySchemes).map(([name, scheme]) => [
      name,
      scheme.name,
    ]),
  );
  const optional = optionalFields(contract);
  const entries = list.map((operation) => entry(contract, optional, operation)).join("\n");
  const errorOptional = optional.nameFor(contract.components.schemas.ErrorResponse);
  return `${banner}
import type { operations as Operations, paths } from "./paths.js";
import { validators, type Validator } from "./validators.js";

/** The name of an operation in the contract. */
export type OperationId = keyof Operations;

/** One operation of the contract: how it is called, and what fits. */
export interface Operation {
  readonly id: OperationId;
  readonly method: "GET" | "POST";
  readonly path: keyof paths;
  /** The one status that means success. */
  readonly success: number;
  /** Whether it takes an idempotency key. */
  readonly keyed: boolean;
  /** Which credentials it takes; none where it is public. */
  readonly security: readonly (keyof typeof securityHeaders)[];
  /** The query parameters and their types. */
  readonly query: Readonly<Record<string, "string" | "integer" | "boolean" | "array">>;
  /** Checks \`{ path, query }\`, strictly. */
  readonly parameters: Validator;
  /** Checks a request body, strictly; absent where there is none. */
  readonly request?: Validator;
  /** Checks the body of a success, tolerant of what is new. */
  readonly response: Validator;
  /** What the body of a success may leave out; absent when it is to be handed over as it came. */
  readonly optional?: Optional;
}

/** Which fields a value may leave out. In these, \`null\` stands for an absent field. */
export interface Optional {
  readonly fields?: readonly string[];
  /** The same for the values of its fields. */
  readonly within?: Readonly<Record<string, Optional>>;
  /** The same for each item of an array, or each member of a map. */
  readonly each?: Optional;
}

${optional.source()}

/** The headers that carry credentials. */
export const securityHeaders = ${JSON.stringify(schemes, null, 2)} as const;

export const operations: { readonly [Id in OperationId]: Operation & { readonly id: Id } } = {
${entries}
};

/** Checks the body of an error answer, tolerant of what is new. */
export const errorBody: Validator = validators.ErrorResponse;

/** What the body of an error answer may leave out. */
export const errorOptional: Optional = ${errorOptional ?? "{}"};
`;
}

function entry(contract, optional, operation) {
  const { id, method, path, success, parameters, security, request, response } = operation;
  const query = Object.fromEntries(
    parameters
      .filter(({ in: place }) => place === "query")
      .map(({ name, schema }) => [name, typeOf(contract, schema)]),
  );
  const keyed = parameters.some(
    ({ in: place, name }) => place === "header" && name === "X-Idempotency-Key",
  );
  const body = request ? `\n    request: validators.${id}Request,` : "";
  const absent = optional.nameFor(response);
  const leftOut = absent ? `\n    optional: ${absent},` : "";
  return `  ${id}: {
    id: ${JSON.stringify(id)},
    method: ${JSON.stringify(method)},
    path: ${JSON.stringify(path)},
    success: ${success},
    keyed: ${keyed},
    security: ${JSON.stringify(security)},
    query: ${JSON.stringify(query)},
    parameters: validators.${id}Parameters,${body}
    response: validators.${id}Response,${leftOut}
  },`;
}

function typeOf(contract, schema) {
  return deref(contract, schema).type;
}
