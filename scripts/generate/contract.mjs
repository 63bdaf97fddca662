// Reading a bundled OpenAPI document: what the generators have in common.

export const banner =
  "// Generated from the contract in openapi/ by `npm run generate`. Do not edit.\n";

/** Every operation with its path, method and merged parameters, in the order of the document. */
export function operationsOf(contract) {
  return Object.entries(contract.paths).flatMap(([path, item]) =>
    Object.entries(item)
      .filter(([method]) => ["get", "post", "put", "patch", "delete"].includes(method))
      .map(([method, operation]) => ({
        id: operation.operationId,
        method: method.toUpperCase(),
        path,
        parameters: [...(item.parameters ?? []), ...(operation.parameters ?? [])].map((parameter) =>
          deref(contract, parameter),
        ),
        request: deref(contract, operation.requestBody)?.content["application/json"].schema,
        security: (operation.security ?? contract.security ?? []).flatMap((scheme) =>
          Object.keys(scheme),
        ),
        ...successOf(contract, operation),
      })),
  );
}

function successOf(contract, operation) {
  const found = Object.entries(operation.responses).find(([code]) => code.startsWith("2"));
  if (!found) throw new Error(`${operation.operationId} declares no success`);
  const [status, response] = found;
  return {
    success: Number(status),
    response: deref(contract, response).content["application/json"].schema,
  };
}

/** Follows a `$ref` inside the document, through as many hops as there are. */
export function deref(contract, node) {
  let at = node;
  while (at?.$ref) {
    at = at.$ref
      .slice(2)
      .split("/")
      .reduce((place, key) => place[key.replaceAll("~1", "/").replaceAll("~0", "~")], contract);
  }
  return at;
}

/** A deep copy in which `change` has had every schema node, innermost first; names of properties are no nodes. */
export function mapSchema(schema, change, name = "") {
  if (Array.isArray(schema)) return schema.map((item) => mapSchema(item, change, name));
  if (schema === null || typeof schema !== "object") return schema;
  const copy = {};
  for (const [key, value] of Object.entries(schema)) {
    copy[key] =
      key === "properties"
        ? Object.fromEntries(
            Object.entries(value).map(([field, node]) => [field, mapSchema(node, change, field)]),
          )
        : ["default", "enum", "const", "example", "examples", "required"].includes(key)
          ? value
          : mapSchema(value, change, name);
  }
  return change(copy, name);
}
