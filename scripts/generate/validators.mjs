// Validators as plain code: compiled by Ajv, then made small, so that nothing of Ajv is needed at run time.
import Ajv2020 from "ajv/dist/2020.js";
import standalone from "ajv/dist/standalone/index.js";
import { format } from "prettier";
import { compact, HELPERS } from "./compact.mjs";
import { banner, mapSchema, operationsOf } from "./contract.mjs";
import { isSigned } from "./optional.mjs";

const REQUESTS = "requests";
const RESPONSES = "responses";

/** What a schema says to people. */
const PROSE = ["description", "example", "examples", "title"];

/** The formats that count: RFC 3339. */
export const formats = {
  "date-time":
    /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])[Tt ](?:[01]\d|2[0-3]):[0-5]\d:(?:[0-5]\d|60)(?:\.\d+)?(?:[Zz]|[+-](?:[01]\d|2[0-3]):[0-5]\d)$/,
};

export async function validatorsSource(contract) {
  const { schemas, roots } = schemasOf(contract);
  // What several validators would say alike is written once.
  const names = Object.keys(roots);
  const first = (name) => names.find((other) => roots[other] === roots[name]);
  const written = (isWanted) =>
    Object.fromEntries(
      names.filter((name) => isWanted(name)).map((name) => [first(name), roots[name]]),
    );
  const code = (wanted) => standalone.default(compiler(contract, schemas), wanted);
  const requests = compact(code(written((name) => !isResponse(name))));
  const responses = compact(code(written(isResponse)), { isBounded: true });
  return `// @ts-nocheck — machine-written code; its exports are typed by hand below.
${banner}
${await format(`${HELPERS}\n${requests}\n${responses}`, { parser: "babel", printWidth: 120 })}
/** One thing that a validator found wrong. */
export interface Problem {
  /** Where, as a JSON pointer. */
  readonly instancePath: string;
  /** Which rule of the schema was broken. */
  readonly keyword: string;
  readonly params: Readonly<Record<string, unknown>>;
}

/** Says whether a value fits; where it does not, \`errors\` of the same call says why. */
export interface Validator {
  (value: unknown): boolean;
  errors?: readonly Problem[] | null;
}

/** Strict for parameters and requests; tolerant of the protocol's evolution for responses. */
export const validators: {
${names.map((name) => `  readonly ${name}: Validator;`).join("\n")}
} = {
${names.map((name) => (first(name) === name ? `  ${name},` : `  ${name}: ${first(name)},`)).join("\n")}
};
`;
}

function compiler(contract, schemas) {
  const ajv = new Ajv2020.default({
    allErrors: true,
    // Said by the client, which knows what a person calls the fields.
    messages: false,
    // A reference to no more than a type is cheaper written out.
    inlineRefs: 1,
    strict: false,
    // What JSON writes as 1e400 is a number for JavaScript, and no integer.
    strictNumbers: true,
    formats,
    code: { source: true, esm: true, lines: true },
  });
  // What only these keywords need is a tenth of the code.
  const spans = /"(?:unevaluated|\$dynamic)/.test(JSON.stringify(contract));
  Object.assign(ajv.opts, { unevaluated: spans, dynamicRef: spans });
  ajv.addSchema(schemas);
  return ajv;
}

/** Whether a validator is for what a server sent: it stops after a few problems, for its input has no bound. */
export function isResponse(name) {
  return name.endsWith("Response");
}

/** What the validators check: schemas, each with its id, and for each validator a reference to one of them. */
export function schemasOf(contract) {
  const schemas = [library(contract, REQUESTS, strict), library(contract, RESPONSES, tolerant)];
  /** @type {Record<string, string>} */
  const roots = {};
  const known = new Map();
  const add = (name, schema, flavour) => {
    const { $ref, ...rest } = within(flavour, schema);
    const key = JSON.stringify(rest);
    if ($ref === undefined && !known.has(key)) {
      schemas.push({ $id: name, ...rest });
      known.set(key, name);
    }
    roots[name] = $ref ?? known.get(key);
  };
  for (const { id, parameters, request, response } of operationsOf(contract)) {
    add(`${id}Parameters`, parametersSchema(parameters), REQUESTS);
    if (request) add(`${id}Request`, request, REQUESTS);
    add(`${id}Response`, response, RESPONSES);
  }
  add("ErrorResponse", { $ref: "#/components/schemas/ErrorResponse" }, RESPONSES);
  return { schemas, roots };
}

/** All component schemas under one id, so that references between them stay as they are. */
function library(contract, flavour, change) {
  const schemas = Object.entries(contract.components.schemas).map(([name, schema]) => [
    name,
    mapSchema(schema, change),
  ]);
  return { $id: flavour, components: { schemas: Object.fromEntries(schemas) } };
}

/** A schema of the document, with its references led into the library and its own nodes made strict or tolerant. */
function within(flavour, schema) {
  const change = flavour === REQUESTS ? strict : tolerant;
  return mapSchema(schema, (node, name) => {
    const changed = change(node, name);
    return changed.$ref?.startsWith("#/")
      ? { ...changed, $ref: `${flavour}${changed.$ref}` }
      : changed;
  });
}

function parametersSchema(parameters) {
  const place = (where) => {
    const these = parameters.filter((parameter) => parameter.in === where);
    return {
      type: "object",
      additionalProperties: false,
      required: these.filter(({ required }) => required).map(({ name }) => name),
      properties: Object.fromEntries(these.map(({ name, schema }) => [name, schema])),
    };
  };
  return { type: "object", properties: { path: place("path"), query: place("query") } };
}

/** Requests as the contract has them, with every integer one that JavaScript holds exactly. */
function strict(schema) {
  const kept = Object.fromEntries(
    Object.entries(schema).filter(([keyword]) => !PROSE.includes(keyword)),
  );
  if (kept.type === "integer") {
    kept.minimum ??= Number.MIN_SAFE_INTEGER;
    kept.maximum ??= Number.MAX_SAFE_INTEGER;
  }
  // int64 is what the safe bounds replace; a URI is the server's to judge.
  if (kept.format !== "date-time") delete kept.format;
  return kept;
}

/**
 * Responses as the protocol evolves: types, required fields, the decision and the constants that say
 * "this is settled" are held to; new fields, new values, other patterns and lengths are not errors. Where a `null`
 * stays, in free-form maps and in what is signed, it is no error either.
 */
function tolerant(schema, name) {
  const { type, required, items, $ref } = schema;
  const kept = { type, properties: schema.properties, required, items, $ref };
  if (isSigned(schema)) kept.properties = withNullFor(schema);
  if (schema.additionalProperties instanceof Object)
    kept.additionalProperties = orNull(schema.additionalProperties);
  const settles = name === "status" && schema.enum?.length === 1;
  const decides = schema.enum?.includes("DENY");
  if (settles || decides) kept.enum = schema.enum;
  if (schema.components) kept.components = schema.components;
  return Object.fromEntries(Object.entries(kept).filter(([, value]) => value !== undefined));
}

/** The properties of a schema, of which those that may be left out may be `null`. */
function withNullFor({ properties = {}, required = [] }) {
  return Object.fromEntries(
    Object.entries(properties).map(([name, field]) => [
      name,
      required.includes(name) ? field : orNull(field),
    ]),
  );
}

/** A schema that lets `null` through, where it says what type it wants. */
function orNull(schema) {
  if (schema.type === undefined) return schema;
  return { ...schema, type: [...new Set([schema.type, "null"].flat())] };
}
