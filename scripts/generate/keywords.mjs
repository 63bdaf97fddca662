// Refuses JSON Schema keywords for which the validators have no code. A schema that no validator uses may have them.
import { MAPS, placeAt, visitSchema } from "./contract.mjs";

/** What each rule refuses, and what to do. */
const RULES = [
  {
    refuses: ({ uniqueItems, items }) => uniqueItems === true && !isScalar(items),
    advice:
      "`uniqueItems` works only if `items` has a `type` other than object and array: add the `type`, or remove `uniqueItems`",
  },
  {
    refuses: (schema) => typeof schema.const === "object" && schema.const !== null,
    advice: "`const` cannot be an object or an array: describe its fields with `properties`",
  },
  {
    refuses: (schema) => schema.enum?.some((value) => typeof value === "object" && value !== null),
    advice: "`enum` cannot list objects or arrays: describe them with `oneOf` and `properties`",
  },
  ...["propertyNames", "unevaluatedProperties", "unevaluatedItems", "$dynamicRef"].map(
    (keyword) => ({
      refuses: (schema) => Object.hasOwn(schema, keyword),
      advice: `the keyword \`${keyword}\` is not supported: remove it`,
    }),
  ),
  {
    refuses: (schema) => MAPS.some((map) => Object.keys(schema[map] ?? {}).some(isBroken)),
    advice:
      "a name has half of a surrogate pair, which is not a character: write both halves, or remove it",
  },
];

/**
 * @param schemas the schemas of the validators, each with its id
 * @param {Record<string, string>} roots for each validator a reference to one of them
 * @throws {Error} if a validator would need a keyword that it has no code for; the message names the place
 */
export function refuseKeywords(schemas, roots) {
  const documents = new Map(schemas.map((schema) => [schema.$id, schema]));
  const read = new Set();
  const open = Object.values(roots).map(($ref) => ({ $ref, base: "" }));
  for (const { $ref, base } of open) {
    const [id = "", pointer = ""] = $ref.split("#");
    const name = id || base;
    const document = documents.get(name);
    const root = pointer === "" ? document : placeAt(document, `#${pointer}`);
    if (read.has(root)) continue;
    read.add(root);
    // The ids of the two libraries are ours. Their members are the components of the contract.
    const place = pointer === "" ? name : `#${pointer}`;
    const enter = (schema, inner) => {
      for (const { refuses, advice } of RULES)
        if (refuses(schema)) throw new Error(`${inner}: ${advice}`);
      if (typeof schema.$ref === "string") open.push({ $ref: schema.$ref, base: name });
    };
    visitSchema(root, enter, place);
  }
}

function isScalar(items) {
  const types = [items?.type ?? []].flat();
  return types.length > 0 && !types.some((type) => type === "object" || type === "array");
}

function isBroken(name) {
  return /\p{Surrogate}/u.test(name);
}
