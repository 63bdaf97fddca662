import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { schemasOf } from "../scripts/generate/validators.mjs";
import { contractOf } from "./support/foreign-contract.js";
import { copiedProblemsOf, oracleOf, validatorsOf } from "./support/generated-validators.js";

// The generator refuses other contracts before it compiles schemas, so these need not be useful.
const schemas = fc.letrec<{ any: object }>((tie) => {
  const some = fc.array(tie("any"), { minLength: 1, maxLength: 3 });
  const leaves = fc.constantFrom<object[]>(
    ...[{ type: "string" }, { type: "string", pattern: "^a" }, { type: "string", minLength: 2 }],
    ...[
      { type: ["string", "null"], maxLength: 2 },
      { type: "string", format: "date-time" },
    ],
    ...[
      { type: "integer", minimum: 2 },
      { type: "number", multipleOf: 2, exclusiveMaximum: 9 },
    ],
    ...[{ const: "a" }, { enum: ["a", 1, null] }, { type: "boolean" }, { required: ["a"] }],
    { type: "array", items: { type: "string" }, minItems: 1, uniqueItems: true },
    { $ref: "#/components/schemas/Thing" },
  );
  const objects = fc.record({
    type: fc.constant("object"),
    required: fc.subarray(["a", "b-c"]),
    properties: fc.record({ a: tie("any"), "b-c": tie("any") }),
    additionalProperties: fc.constantFrom<unknown>(false, true, { type: "integer" }),
  });
  const others = [
    some.map((anyOf) => ({ anyOf })),
    some.map((oneOf) => ({ oneOf })),
    some.map((allOf) => ({ allOf })),
    some.map(([one, two, three]) => ({ if: one, then: two ?? {}, else: three ?? {} })),
    some.map(([one, ...prefixItems]) => ({ prefixItems: [{}, ...prefixItems], items: one })),
    tie("any").map((one) => ({ not: one })),
    tie("any").map((one) => ({ contains: one, minContains: 2, maxContains: 2 })),
    tie("any").map((one) => ({ patternProperties: { "^a": one }, additionalProperties: false })),
    tie("any").map((one) => ({ dependentSchemas: { a: one }, dependentRequired: { a: ["d"] } })),
  ];
  return { any: fc.oneof({ maxDepth: 3 }, leaves, objects, ...others) };
}).any;

const values = fc.letrec<{ any: unknown }>((tie) => ({
  any: fc.oneof(
    { maxDepth: 3 },
    fc.constantFrom<unknown[]>("a", "b", "abc", 1, 2, 4, 1.5, null, true, "2026-11-24T10:00:00Z"),
    fc.array(tie("any"), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom("a", "b-c", "d", "ab"), tie("any"), { maxKeys: 3 }),
  ),
})).any;

const RUNS = Math.ceil(Number(process.env["PROPERTY_RUNS"] ?? 40) / 2);

describe("the schemas of a foreign contract", () => {
  it("have validators that agree with Ajv, whatever keywords they combine", async () => {
    const drawn = { valid: 0, invalid: 0 };
    await fc.assert(
      fc.asyncProperty(
        schemas,
        fc.array(values, { minLength: 20, maxLength: 20 }),
        async (schema, fields) => {
          const contract = contractOf({ type: "object", properties: { field: schema } });
          Object.assign(contract.components.schemas, {
            Thing: { type: "object", required: ["a"], properties: { a: { type: "string" } } },
          });
          const { makeThingRequest: validate } = await validatorsOf(contract);
          const compiled = schemasOf(contract);
          const ref = compiled.roots["makeThingRequest"] ?? "";
          const oracle = oracleOf(compiled.schemas).getSchema(ref);
          for (const field of fields) {
            const fits = oracle?.({ field });
            drawn[fits === true ? "valid" : "invalid"] += 1;
            expect(validate?.({ field })).toBe(fits);
            expect(copiedProblemsOf(validate ?? {})).toEqual(copiedProblemsOf(oracle ?? {}));
          }
        },
      ),
      { numRuns: RUNS },
    );
    expect(drawn.valid).toBeGreaterThan(RUNS);
    expect(drawn.invalid).toBeGreaterThan(RUNS);
  }, 600_000);
});
