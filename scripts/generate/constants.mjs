// The values that the contract fixes and code needs: closed lists, defaults, the order of subject levels.
import { format } from "prettier";
import { banner } from "./contract.mjs";
import { literal } from "./source.mjs";

export async function constantsSource({ components: { schemas, parameters = {} } }) {
  const subjectLevels = schemas.Subject?.anyOf?.map(({ required }) => required[0]) ?? [];
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
