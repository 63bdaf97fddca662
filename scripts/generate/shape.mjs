// Checks that a document has the parts that the generator needs. Redocly's rules check the rest.

/** @throws {Error} if a document is not OpenAPI 3.1 */
export function refuseOtherVersions(document) {
  if (!isObject(document)) throw new Error("this is not an OpenAPI document");
  const { openapi, swagger, asyncapi } = document;
  if (typeof openapi === "string" && /^3\.1\.\d/.test(openapi)) return;
  if (typeof openapi === "number")
    throw new Error('the field `openapi` is a number: write it as text, such as "3.1.0"');
  const found =
    openapi !== undefined
      ? `OpenAPI ${JSON.stringify(openapi)}`
      : swagger !== undefined
        ? `Swagger ${JSON.stringify(swagger)}`
        : asyncapi !== undefined
          ? "AsyncAPI"
          : "a document without the field `openapi`";
  throw new Error(`this is ${found}; the generator reads OpenAPI 3.1`);
}

/** @throws {Error} if a bundled document lacks what the generator needs */
export function refuseOtherShapes({ paths, components }) {
  if (!isObject(paths) || Object.keys(paths).length === 0)
    throw new Error("the document has no `paths`, so there is no operation to generate code for");
  if (!isObject(components?.schemas))
    throw new Error(
      "the document has no `components.schemas`: declare at least ErrorResponse there",
    );
  if (!Object.hasOwn(components.schemas, "ErrorResponse"))
    throw new Error(
      "`components.schemas` has no ErrorResponse: declare the body of error responses under this name",
    );
  for (const [place, part] of [
    ...Object.entries(paths).map(([path, item]) => [`paths.${path}`, item]),
    ...Object.entries(components.schemas).map(([name, schema]) => [
      `components.schemas.${name}`,
      schema,
    ]),
  ])
    if (!isObject(part)) throw new Error(`\`${place}\` is not an object`);
}

function isObject(value) {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
