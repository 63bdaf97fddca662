// Validators as plain code: compiled by Ajv, then compacted, so that they do not need Ajv at run time.
import Ajv2020 from "ajv/dist/2020.js";
import standalone from "ajv/dist/standalone/index.js";
import { format } from "prettier";
import { compact } from "./compact.mjs";
import { banner, mapSchema, operationsOf, visitSchema } from "./contract.mjs";
import { HELPERS } from "./helpers.mjs";
import { refuseKeywords } from "./keywords.mjs";
import { isSigned } from "./optional.mjs";
import { literal } from "./source.mjs";

const REQUESTS = "requests";
const RESPONSES = "responses";
const RECORDS = "records";

/** Keywords that describe a schema to people. */
const PROSE = ["description", "example", "examples", "title"];

/**
 * Keywords that instruct Ajv and do not constrain values. A bundled document refers only to places within itself, so
 * its schemas need no names. Ajv also writes `$id` into a comment, which a hostile id could end.
 */
const ADDRESSED_TO_AJV = ["$id", "$anchor", "$dynamicAnchor", "$schema", "$comment", "$async"];

/** The formats that are checked: RFC 3339. */
export const formats = {
  "date-time":
    /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])[Tt ](?:[01]\d|2[0-3]):[0-5]\d:(?:[0-5]\d|60)(?:\.\d+)?(?:[Zz]|[+-](?:[01]\d|2[0-3]):[0-5]\d)$/,
};

export async function validatorsSource(contract) {
  const { schemas, roots } = schemasOf(contract);
  refuseKeywords(schemas, roots);
  const names = Object.keys(roots);
  const first = (name) => writtenOnce(roots, name);
  const written = (isWanted) =>
    Object.fromEntries(
      names.filter((name) => isWanted(name)).map((name) => [first(name), roots[name]]),
    );
  const code = (wanted) => standalone.default(compiler(schemas), wanted);
  const requests = compact(code(written((name) => !isResponse(name))));
  const responses = compact(code(written(isResponse)), { isBounded: true });
  return `// @ts-nocheck: the code has no types of its own; the exports at the end declare theirs.
${banner}
import type { components, OperationTypes } from "./paths.js";

${await format(`${HELPERS}\n${requests}\n${responses}`, { parser: "babel-ts", printWidth: 120, objectWrap: "collapse" })}
/** One problem that a validator found. */
export interface Problem {
  /** A JSON pointer to the value. */
  readonly instancePath: string;
  /** The rule of the schema that the value breaks. */
  readonly keyword: string;
  readonly params: Readonly<Record<string, unknown>>;
}

/** Says whether a value fits. After a call that returned false, \`errors\` says why. */
export interface Validator<T = unknown> {
  (value: unknown): value is T;
  errors?: readonly Problem[] | null;
}

type Requested<Id extends keyof OperationTypes> = OperationTypes[Id]["request"] extends undefined ? never : \`\${Id}Request\`;

/** Strict for parameters and requests; for responses, tolerant of what a newer server may send. */
export const validators: {
  readonly [Id in keyof OperationTypes as \`\${Id}Parameters\`]: Validator<OperationTypes[Id]["parameters"]>;
} & {
  readonly [Id in keyof OperationTypes as Requested<Id>]: Validator<OperationTypes[Id]["request"]>;
} & {
  readonly [Id in keyof OperationTypes as \`\${Id}Response\`]: Validator<OperationTypes[Id]["response"]>;
} & {
  readonly ErrorResponse: Validator<components["schemas"]["ErrorResponse"]>;
} = {
${names.map((name) => (first(name) === name ? `  ${name},` : `  ${name}: ${first(name)},`)).join("\n")}
};

export { ${names.filter((name) => first(name) === name).join(", ")} };
`;
}

/** The component that describes a signed record, and the operation that returns the keys of a server. */
const RECORD = "CyclesEvidence";
const KEY_SET = "getEvidenceJwks";
const FETCH = "getEvidence";

/**
 * The validator of signed records, in a file of its own, because only their verification needs it; `undefined` if the
 * contract does not describe them.
 */
export async function evidenceSource(contract) {
  const pathOf = (id) => operationsOf(contract).find((operation) => operation.id === id)?.path;
  const [keySetPath, recordPath] = [pathOf(KEY_SET), pathOf(FETCH)];
  const isDescribed = Object.hasOwn(contract.components.schemas, RECORD);
  if (!isDescribed || keySetPath === undefined || recordPath === undefined) return undefined;
  const schemas = [library(contract, RECORDS, closed)];
  const roots = { [RECORD]: `${RECORDS}#/components/schemas/${RECORD}` };
  refuseKeywords(schemas, roots);
  const code = compact(standalone.default(compiler(schemas), roots), { isBounded: true });
  return `// @ts-nocheck: the code has no types of its own; the export at the end declares its type.
${banner}
import type { components } from "./paths.js";
import type { Validator } from "./validators.js";

${await format(`${HELPERS}\n${code.replace(`const ${RECORD} =`, "const check =")}`, { parser: "babel-ts", printWidth: 120, objectWrap: "collapse" })}
/** Strict: a signed record has no other members and values than those of the contract. */
export const ${RECORD}: Validator<components["schemas"]["${RECORD}"]> = check;

/** Where a server publishes the keys that verify its records. */
export const keySetPath = ${literal(keySetPath)};

/** Where a server responds with one of its records. */
export const recordPath = ${literal(recordPath)};
`;
}

/** Validators that check the same are written once, under the first of their names. */
export function writtenOnce(roots, name) {
  return Object.keys(roots).find((other) => roots[other] === roots[name]) ?? name;
}

function compiler(schemas) {
  const ajv = new Ajv2020.default({
    allErrors: true,
    // The client writes the messages, because it knows what people call the fields.
    messages: false,
    // A schema that only names a type is smaller inline than as a reference.
    inlineRefs: 1,
    strict: false,
    // JavaScript reads 1e400 as Infinity, which is a number but not an integer.
    strictNumbers: true,
    formats,
    code: { source: true, esm: true, lines: true },
  });
  // Every object inherits fields such as `constructor`. Only for these must the code check who owns a field.
  const inherits = schemas.some((schema) => names(schema, (name) => name in Object.prototype));
  // The code for the keywords that `refuseKeywords` refuses is a tenth of the whole.
  Object.assign(ajv.opts, { unevaluated: false, dynamicRef: false, ownProperties: inherits });
  ajv.addSchema(schemas);
  return ajv;
}

/** Whether any schema within a schema names a field that is wanted. */
function names(schema, isWanted) {
  let found = false;
  visitSchema(schema, ({ properties = {}, required = [] }) => {
    found ||= [...Object.keys(properties), ...required].some(isWanted);
  });
  return found;
}

/** Whether a validator is for responses: it stops after a few problems, because its input has no bound. */
export function isResponse(name) {
  return name.endsWith("Response");
}

/** The schemas that the validators check, each with its id, and for each validator a reference to one of them. */
export function schemasOf(contract) {
  const schemas = [library(contract, REQUESTS, strict), library(contract, RESPONSES, tolerant)];
  /** @type {Record<string, string>} */
  const roots = {};
  const known = new Map();
  const add = (name, schema, flavour) => {
    if (Object.hasOwn(roots, name))
      throw new Error(`Two validators would be called ${name}: rename one of their operations`);
    const { $ref, ...rest } = within(flavour, schema);
    // Requests and responses are compiled separately, so they share no schema.
    const key = `${flavour} ${JSON.stringify(rest)}`;
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
    mapSchema(schema, (node, property) => withPrototype(change(node, property))),
  ]);
  return { $id: flavour, components: { schemas: Object.fromEntries(schemas) } };
}

/** A schema of the document, strict or tolerant, with references that point into the library. */
function within(flavour, schema) {
  const change = flavour === REQUESTS ? strict : tolerant;
  return mapSchema(schema, (node, name) => {
    const changed = withPrototype(change(node, name));
    return changed.$ref?.startsWith("#/")
      ? { ...changed, $ref: `${flavour}${changed.$ref}` }
      : changed;
  });
}

/** Ajv skips a property called `__proto__`, but not a pattern that matches it. */
function withPrototype(schema) {
  const { properties = {}, patternProperties } = schema;
  if (!Object.hasOwn(properties, "__proto__")) return schema;
  const others = Object.entries(properties).filter(([name]) => name !== "__proto__");
  return {
    ...schema,
    properties: Object.fromEntries(others),
    patternProperties: { ...patternProperties, "^__proto__$": properties["__proto__"] },
  };
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

/** Requests follow the contract, and JavaScript must be able to hold every integer exactly. */
function strict(schema) {
  const kept = closed(schema);
  if (kept.type === "integer") {
    kept.minimum ??= Number.MIN_SAFE_INTEGER;
    kept.maximum ??= Number.MAX_SAFE_INTEGER;
  }
  return kept;
}

/** Signed records follow the contract. They may have large integers, because their readers check that none is rounded. */
function closed(schema) {
  const kept = Object.fromEntries(
    Object.entries(schema).filter(
      ([keyword]) => !PROSE.includes(keyword) && !ADDRESSED_TO_AJV.includes(keyword),
    ),
  );
  // The safe bounds replace int64, and the server judges URIs.
  if (kept.format !== "date-time") delete kept.format;
  return kept;
}

/**
 * Responses may evolve. Types, required fields, the decision and final statuses are checked;
 * new fields, new values, other patterns and other lengths are accepted. A `null` is accepted in free-form maps and
 * in signed objects, because nothing removes it there.
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

/** The properties of a schema; the optional ones may be `null`. */
function withNullFor({ properties = {}, required = [] }) {
  return Object.fromEntries(
    Object.entries(properties).map(([name, field]) => [
      name,
      required.includes(name) ? field : orNull(field),
    ]),
  );
}

/** A schema that accepts `null`, too. A schema without a type accepts it anyway. */
function orNull(schema) {
  if (schema.type === undefined) return schema;
  return { ...schema, type: [...new Set([schema.type, "null"].flat())] };
}
