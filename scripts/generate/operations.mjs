// The table of operations that the client calls and the embedded authority serves.
import { banner, deref, operationsOf } from "./contract.mjs";

export function operationsSource(contract) {
  const list = operationsOf(contract);
  const schemes = Object.fromEntries(
    Object.entries(contract.components.securitySchemes).map(([name, scheme]) => [
      name,
      scheme.name,
    ]),
  );
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
}

/** The headers that carry credentials. */
export const securityHeaders = ${JSON.stringify(schemes, null, 2)} as const;

export const operations: { readonly [Id in OperationId]: Operation & { readonly id: Id } } = {
${list.map((operation) => entry(contract, operation)).join("\n")}
};

/** Checks the body of an error answer, tolerant of what is new. */
export const errorBody: Validator = validators.ErrorResponse;
`;
}

function entry(contract, { id, method, path, success, parameters, security, request }) {
  const query = Object.fromEntries(
    parameters
      .filter(({ in: place }) => place === "query")
      .map(({ name, schema }) => [name, typeOf(contract, schema)]),
  );
  const keyed = parameters.some(
    ({ in: place, name }) => place === "header" && name === "X-Idempotency-Key",
  );
  const body = request ? `\n    request: validators.${id}Request,` : "";
  return `  ${id}: {
    id: ${JSON.stringify(id)},
    method: ${JSON.stringify(method)},
    path: ${JSON.stringify(path)},
    success: ${success},
    keyed: ${keyed},
    security: ${JSON.stringify(security)},
    query: ${JSON.stringify(query)},
    parameters: validators.${id}Parameters,${body}
    response: validators.${id}Response,
  },`;
}

function typeOf(contract, schema) {
  return deref(contract, schema).type;
}
