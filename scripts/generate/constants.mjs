// The values that the contract fixes and code needs: closed lists, defaults, the order of subject levels.
import { format } from "prettier";
import { banner } from "./contract.mjs";
import { literal } from "./source.mjs";

export async function constantsSource({ components: { schemas, parameters = {} } }) {
  const subjectLevels = schemas.Subject?.anyOf?.map(({ required }) => required[0]) ?? [];
  const source = `${banner}
/** The closed lists of the contract, by component. */
export const enums = ${literal(enumsOf(schemas))} as const;

/** The defaults of fields and parameters, by component. */
export const defaults = ${literal(defaultsOf(schemas, parameters))} as const;

/** The levels of a subject, from the outermost in. */
export const subjectLevels = ${literal(subjectLevels)} as const;
`;
  return format(source, { parser: "typescript", printWidth: 120 });
}

function enumsOf(schemas) {
  return Object.fromEntries(
    Object.entries(schemas)
      .filter(([, schema]) => schema.enum)
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
