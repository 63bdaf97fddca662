// The contract as TypeScript types, by openapi-typescript.
import openapiTS, { astToString } from "openapi-typescript";
import { banner, mapSchema } from "./contract.mjs";

export async function typesSource(contract) {
  // A choice that says only which fields are required would turn the whole type into `unknown`.
  const typed = structuredClone(contract);
  typed.components.schemas = Object.fromEntries(
    Object.entries(typed.components.schemas).map(([name, schema]) => [
      name,
      mapSchema(schema, withoutRequiredChoice),
    ]),
  );
  const nodes = await openapiTS(typed, { defaultNonNullable: false, alphabetize: false });
  return `${banner}\n${astToString(nodes)}`;
}

function withoutRequiredChoice({ anyOf, ...schema }) {
  const onlyRequires = anyOf?.every((choice) => Object.keys(choice).join() === "required");
  return anyOf === undefined || onlyRequires ? schema : { ...schema, anyOf };
}
