// What the contract fixes and code needs as values: closed lists, defaults, the order of subject levels.
import { banner } from "./contract.mjs";

export function constantsSource({ components: { schemas, parameters } }) {
  const enums = Object.fromEntries(
    Object.entries(schemas)
      .filter(([, schema]) => schema.enum)
      .map(([name, schema]) => [name, schema.enum]),
  );
  const defaults = {};
  for (const [name, schema] of Object.entries(schemas)) {
    const fields = Object.entries(schema.properties ?? {}).filter(
      ([, field]) => field.default !== undefined,
    );
    if (fields.length)
      defaults[name] = Object.fromEntries(
        fields.map(([field, { default: value }]) => [field, value]),
      );
  }
  for (const [name, { schema }] of Object.entries(parameters)) {
    if (schema.default !== undefined) defaults[name] = schema.default;
  }
  const subjectLevels = schemas.Subject.anyOf.map(({ required }) => required[0]);
  return `${banner}
/** The closed lists of the contract, by component. */
export const enums = ${JSON.stringify(enums, null, 2)} as const;

/** What a field or parameter means where it is left out, by component. */
export const defaults = ${JSON.stringify(defaults, null, 2)} as const;

/** The levels of a subject, from the outermost in. */
export const subjectLevels = ${JSON.stringify(subjectLevels)} as const;
`;
}
