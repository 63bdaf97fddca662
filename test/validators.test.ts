import { readFileSync } from "node:fs";
import { isDeepStrictEqual } from "node:util";
import type { ValidateFunction } from "ajv/dist/2020.js";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Validator, validators } from "../generated/validators.js";
import { compact, FEW } from "../scripts/generate/compact.mjs";
import { isResponse, schemasOf } from "../scripts/generate/validators.mjs";
import { oracleOf, problemsOf } from "./support/generated-validators.js";
import { changed, JUNK, type Schema, validValues } from "./support/schema-values.js";

// The oracle is Ajv itself, with the same schemas.
const contract: unknown = JSON.parse(
  readFileSync(new URL("../generated/openapi.json", import.meta.url), "utf8"),
);
const { schemas, roots } = schemasOf(contract);
const ajv = oracleOf(schemas);

/** Values that mostly fit a schema, with an error here and there. */
function about(schema: Schema, base: string): fc.Arbitrary<unknown> {
  if (schema.$ref !== undefined) return about(...resolve(schema.$ref, base));
  return fc.oneof({ arbitrary: fitting(schema, base), weight: 24 }, { arbitrary: JUNK, weight: 1 });
}

function fitting(schema: Schema, base: string): fc.Arbitrary<unknown> {
  if (schema.enum) return fc.constantFrom(...schema.enum);
  switch (schema.type) {
    case "object":
      return objects(schema, base);
    case "array":
      return fc.array(about(schema.items ?? {}, base), { maxLength: 12, size: "max" });
    case "integer":
      return fc.constantFrom(
        ...[schema.minimum ?? 0, schema.maximum ?? 0].flatMap((edge) => [edge, edge - 1, edge + 1]),
      );
    case "boolean":
      return fc.boolean();
    case "string":
      return fc.constantFrom(
        ...TEXTS,
        ...["🪙", "\ud83e", "a"].map((one) => one.repeat(schema.maxLength ?? 1)),
      );
    default:
      return JUNK;
  }
}

function objects(schema: Schema, base: string): fc.Arbitrary<unknown> {
  const known = Object.entries(schema.properties ?? {}).map(
    ([name, node]) => [name, about(node, base)] as const,
  );
  const { additionalProperties: open } = schema;
  const further = fc.dictionary(
    fc.constantFrom("x", "a/b", "~", "__proto__", "toString", "k".repeat(129)),
    about(typeof open === "object" ? open : {}, base),
    { maxKeys: 2 },
  );
  const fields = fc.record(Object.fromEntries(known), {
    requiredKeys: schema.required?.filter((name) => schema.properties?.[name]) ?? [],
  });
  return fc
    .oneof(
      { arbitrary: fields, weight: 8 },
      {
        arbitrary: fc.tuple(fields, further, fc.constantFrom(...known.map(([name]) => name), "")),
        weight: 1,
      },
    )
    .map((made) => {
      if (!Array.isArray(made)) return made;
      const [present, more, missing] = made as [object, object, string];
      return Object.fromEntries(
        [...Object.entries(present), ...Object.entries(more)].filter(([name]) => name !== missing),
      );
    });
}

const TEXTS = [
  "",
  "text",
  "2026-11-24T10:00:00Z",
  "2026-11-24 25:00:00Z",
  "0123456789abcdef0123456789abcdef",
  "🪙".repeat(128),
  "\ud83e".repeat(129),
  "a".repeat(300),
];

function resolve($ref: string, base: string): readonly [schema: Schema, base: string] {
  const [id = "", pointer = ""] = $ref.split("#");
  return [schemaAt(id || base, pointer), id || base];
}

function schemaAt(id: string, pointer: string): Schema {
  const library: unknown = schemas.find(({ $id }) => $id === id);
  return pointer
    .split("/")
    .slice(1)
    .reduce((node, key) => (node as Readonly<Record<string, unknown>>)[key], library) as Schema;
}

function wrongMembers(): [string, number][] {
  return Array.from({ length: 20_000 }, (_, index) => [`k${String(index)}`, index]);
}

function includes(problems: readonly unknown[], problem: unknown): boolean {
  return problems.some((other) => isDeepStrictEqual(other, problem));
}

const RUNS = Math.max(150, Number(process.env["PROPERTY_RUNS"] ?? 150));

describe("the generated validators", () => {
  it.each(Object.entries(roots))("agree with Ajv: %s", (name, ref) => {
    const oracle = ajv.getSchema(ref) as ValidateFunction;
    const validate: Validator = validators[name as keyof typeof validators];
    const drawn = { valid: 0, invalid: 0 };
    const valid = validValues({ $ref: ref }, "", resolve);
    const broken = valid.chain(changed).filter((value) => !oracle(value));
    fc.assert(
      fc.property(fc.oneof(valid, broken, about({ $ref: ref }, "")), (value) => {
        const fits = oracle(value);
        drawn[fits ? "valid" : "invalid"] += 1;
        expect(validate(value)).toBe(fits);
        const [found, all] = [problemsOf(validate), problemsOf(oracle)];
        // Lists in a response have no maximum length, so its validator stops after a few problems.
        if (isResponse(name) && all.length > FEW) {
          expect(found.length).toBeGreaterThanOrEqual(FEW);
          expect(all.filter((problem) => includes(found, problem))).toEqual(found);
        } else expect(found).toEqual(all);
      }),
      { numRuns: RUNS },
    );
    // A third of the values fits, and a third does not.
    expect(drawn.valid).toBeGreaterThan(RUNS / 8);
    expect(drawn.invalid).toBeGreaterThan(RUNS / 8);
  });

  it.each(Object.entries(roots))("accept what the schema describes: %s", (name, ref) => {
    const validate: Validator = validators[name as keyof typeof validators];
    fc.assert(
      fc.property(validValues({ $ref: ref }, "", resolve), (value) => {
        expect([validate(value), validate.errors ?? null]).toEqual([true, null]);
      }),
    );
  });

  it.each<[string, unknown]>([
    ["items of the wrong type", { balances: Array(20_000).fill(null) }],
    ["items without any field", { balances: Array(20_000).fill({}) }],
    ["lists in items", { reservations: Array(20_000).fill({ affected_scopes: [1, 2, 3] }) }],
    ["members of a map", { subject: { dimensions: Object.fromEntries(wrongMembers()) } }],
  ])("stop after a few problems in a response: %s", (_name, body) => {
    for (const [name, validate] of Object.entries(validators)) {
      if (!isResponse(name)) continue;
      expect(validate(body)).toBe(false);
      expect(validate.errors?.length).toBeLessThan(10 * FEW);
    }
  });

  it("find every problem in a request, in linear time", () => {
    const tags = Array<number>(20_000).fill(1);
    const [request, event] = [validators.createReservationRequest, validators.createEventRequest];
    expect(request({ action: { kind: "a", name: "b", tags }, bodies: 1 })).toBe(false);
    expect(request.errors?.filter(({ keyword }) => keyword === "type")).toHaveLength(20_000);
    const dimensions = Object.fromEntries(wrongMembers());
    expect(event({ subject: { tenant: "acme", dimensions } })).toBe(false);
    expect(event.errors?.filter(({ keyword }) => keyword === "type")).toHaveLength(20_000);
  });

  it.each([
    ["a variable that compact code does not have", "const f = (data) => data !== rootData;"],
    ["a function of Ajv's runtime", 'const f = require("ajv/dist/runtime/uri").default;'],
    [
      "a comparison of objects",
      'const f = require("ajv/dist/runtime/equal").default; const g = (data) => f(data, {});',
    ],
    ["a problem in an unknown form", 'const f = {schemaPath:"#/type"};'],
  ])("are not generated if Ajv's code contains %s", (_, source) => {
    expect(() => compact(source)).toThrow(/knows no rule/);
  });
});
