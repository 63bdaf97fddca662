// Reading a bundled OpenAPI document: what the generators have in common.
import { identifier } from "./source.mjs";

export const banner =
  "// Generated from the contract in openapi/ by `npm run generate`. Do not edit.\n";

const METHODS = ["get", "post", "put", "patch", "delete"];
const JSON_TYPE = "application/json";

/** Every operation with its path, method and merged parameters, in the order of the document. */
export function operationsOf(contract) {
  return Object.entries(contract.paths).flatMap(([path, item]) =>
    Object.entries(item)
      .filter(([method]) => METHODS.includes(method))
      .map(([method, operation]) => read(contract, path, item, method, operation)),
  );
}

function read(contract, path, item, method, operation) {
  const place = `${method.toUpperCase()} ${path}`;
  const requestBody = deref(contract, operation.requestBody);
  const request = requestBody?.content?.[JSON_TYPE]?.schema;
  if (requestBody !== undefined && request === undefined)
    throw new Error(`The request of ${place} declares no ${JSON_TYPE} body with a schema`);
  return {
    id: identifier(operation.operationId, `operationId of ${place}`),
    method: method.toUpperCase(),
    path,
    parameters: [...(item.parameters ?? []), ...(operation.parameters ?? [])].map((parameter) =>
      withSchema(deref(contract, parameter), place),
    ),
    request,
    /** Whether a request may leave out its body. */
    isBodyOptional: requestBody?.required !== true,
    security: (operation.security ?? contract.security ?? []).flatMap((scheme) =>
      Object.keys(scheme),
    ),
    ...successOf(contract, operation),
  };
}

function withSchema(parameter, place) {
  if (parameter.schema === undefined)
    throw new Error(`The parameter ${JSON.stringify(parameter.name)} of ${place} has no schema`);
  return parameter;
}

function successOf(contract, { operationId, responses = {} }) {
  const found = Object.entries(responses).find(([status]) => /^2\d\d$/.test(status));
  if (!found) throw new Error(`${operationId} declares no success`);
  const [status, response] = found;
  const schema = deref(contract, response).content?.[JSON_TYPE]?.schema;
  if (!schema) throw new Error(`${operationId} declares no JSON body for its success`);
  return { success: Number(status), response: schema };
}

/**
 * Follows a `$ref` inside the document, through any number of steps.
 *
 * @throws {Error} if the reference leads nowhere or to itself
 */
export function deref(contract, node) {
  let at = node;
  const passed = new Set();
  while (at?.$ref) {
    const { $ref } = at;
    if (passed.has($ref)) throw new Error(`The reference ${$ref} leads back to itself`);
    passed.add($ref);
    at = placeAt(contract, $ref);
    if (at === undefined) throw new Error(`The reference ${$ref} leads nowhere in the document`);
  }
  return at;
}

/** The value at a pointer such as `#/components/schemas/Thing` in a document; `undefined` if there is none. */
export function placeAt(contract, pointer) {
  return pointer
    .slice("#/".length)
    .split("/")
    .map((key) => key.replaceAll("~1", "/").replaceAll("~0", "~"))
    .reduce((place, key) => (isOwn(place, key) ? place[key] : undefined), contract);
}

function isOwn(value, key) {
  return value instanceof Object && Object.hasOwn(value, key);
}

/** Calls `enter` with every object and list of a document and with its place, outermost first. */
export function visitDocument(node, enter, place = "#") {
  if (typeof node !== "object" || node === null) return;
  enter(node, place);
  for (const [name, member] of Object.entries(node))
    visitDocument(member, enter, `${place}/${name}`);
}

/** The keywords whose members are schemas under names that the contract chooses. */
export const MAPS = ["properties", "patternProperties", "dependentSchemas", "$defs", "definitions"];

/** The keywords whose values are not schemas. */
const VALUES = ["default", "enum", "const", "example", "examples", "required", "dependentRequired"];

/** A deep copy in which `change` has replaced every schema, innermost first. It is told the property's name, too. */
export function mapSchema(schema, change, name = "") {
  if (Array.isArray(schema)) return schema.map((item) => mapSchema(item, change, name));
  if (schema === null || typeof schema !== "object") return schema;
  const copy = mapValues(schema, (keyword, value) => {
    if (VALUES.includes(keyword)) return value;
    if (MAPS.includes(keyword))
      return mapValues(value, (key, node) => mapSchema(node, change, key));
    return mapSchema(value, change, name);
  });
  return change(copy, name);
}

/** Calls `enter` with every schema within a schema and with its place, outermost first. */
export function visitSchema(schema, enter, place = "") {
  if (schema === null || typeof schema !== "object") return;
  const isList = Array.isArray(schema);
  if (!isList) enter(schema, place);
  for (const [keyword, value] of Object.entries(schema)) {
    if (!isList && VALUES.includes(keyword)) continue;
    const inner = `${place}/${keyword}`;
    if (isList || !MAPS.includes(keyword)) visitSchema(value, enter, inner);
    else
      for (const [key, node] of Object.entries(value)) visitSchema(node, enter, `${inner}/${key}`);
  }
}

function mapValues(object, change) {
  // A plain assignment to a key `__proto__` would set the prototype.
  return Object.fromEntries(
    Object.entries(object).map(([key, value]) => [key, change(key, value)]),
  );
}
