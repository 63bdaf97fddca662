// The values that the contract fixes and code needs: closed lists, defaults, the levels of subjects, credentials.
import { format } from "prettier";
import { banner, operationsOf } from "./contract.mjs";
import { literal } from "./source.mjs";

export async function constantsSource(contract) {
  const { schemas, parameters = {} } = contract.components;
  const publicRoutes = operationsOf(contract)
    .filter(({ security }) => security.length === 0)
    .map(({ method, path }) => `${method} ${path}`);
  const subjectLevels = schemas.Subject?.anyOf?.map(({ required }) => required[0]) ?? [];
  const idLengths = subjectLevels.map(
    (level) => schemas.Subject.properties?.[level]?.maxLength ?? Infinity,
  );
  const units = schemas.UnitEnum?.enum ?? [];
  const errorCodes = schemas.ErrorCode?.enum ?? [];
  const source = `${banner}
/** The units of amounts. */
export const units = ${literal(units)} as const;

/** The codes of errors. */
export const errorCodes = ${literal(errorCodes)} as const;

/** The other closed lists of the contract, by component. */
export const enums = ${literal(enumsOf(schemas))} as const;

/** The defaults of fields and parameters, by component. */
export const defaults = ${literal(defaultsOf(schemas, parameters))} as const;

/** The levels of a subject, from the outermost in. */
export const subjectLevels = ${literal(subjectLevels)} as const;

/** The longest id at a level of a subject, in characters. */
export const subjectIdLength = ${Math.min(...idLengths)};

/** The headers that carry credentials. */
export const securityHeaders = ${literal(credentialHeaders(contract))} as const;

/** The operations that need no credentials, such as \`GET /v1/evidence/{evidence_id}\`. */
export const publicRoutes: readonly string[] = ${literal(publicRoutes)};
`;
  return format(source, { parser: "babel-ts", printWidth: 120 });
}

function enumsOf(schemas) {
  return Object.fromEntries(
    Object.entries(schemas)
      .filter(([name, schema]) => schema.enum && name !== "UnitEnum" && name !== "ErrorCode")
      .map(([name, schema]) => [name, schema.enum]),
  );
}

function defaultsOf(schemas, parameters) {
  const ofFields = Object.entries(schemas)
    .map(([name, { properties = {} }]) => [name, defaultsIn(Object.entries(properties))])
    .filter(([, fields]) => Object.keys(fields).length > 0);
  const ofParameters = defaultsIn(
    Object.entries(parameters).map(([name, { schema = {} }]) => [name, schema]),
  );
  return { ...Object.fromEntries(ofFields), ...ofParameters };
}

/** The defaults of schemas that have one, by name. */
function defaultsIn(named) {
  return Object.fromEntries(
    named
      .filter(([, schema]) => schema.default !== undefined)
      .map(([name, schema]) => [name, schema.default]),
  );
}

/** The header that carries each kind of credentials. */
function credentialHeaders({ components: { securitySchemes = {} } }) {
  return Object.fromEntries(
    Object.entries(securitySchemes).map(([scheme, { type, name }]) => [
      scheme,
      type === "apiKey" ? name : "Authorization",
    ]),
  );
}
