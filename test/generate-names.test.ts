import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import fc from "fast-check";
import { afterAll, describe, expect, it } from "vitest";
import { readContract } from "../scripts/generate/document.mjs";
import { schemasOf } from "../scripts/generate/validators.mjs";
import { ascii, contractOf, json } from "./support/foreign-contract.js";
import { copiedProblemsOf, oracleOf, validatorsOf } from "./support/generated-validators.js";

// Names that Ajv's code, the helpers of ours, or every JavaScript object has.
const NAMES = [
  ...["require", "exports", "module", "undefined", "NaN", "self", "arguments", "default", "class"],
  ...["rootData", "data", "data0", "errors", "vErrors", "err0", "_errs0", "valid0", "key0", "i0"],
  ...["schema7", "schema20", "validate10", "accept20", "func0", "pattern0", "formats0", "len0"],
  ...[
    "instancePath",
    "schemaPath",
    "parentData",
    "parentDataProperty",
    "dynamicAnchors",
    "missing0",
  ],
  ...["add", "join", "step", "isObject", "isInteger", "lengthOf", "validators", "Validator"],
  ...["__proto__", "constructor", "toString", "valueOf", "hasOwnProperty", "isPrototypeOf"],
  ...["length", "name", "prototype", "properties", "required", "enum", "type", "$ref_", "pattern"],
];

const properties = Object.fromEntries(
  NAMES.map((name, index): [string, object] => [
    name,
    [
      { type: "string", maxLength: 5 },
      { $ref: "#/components/schemas/constructor" },
      { type: "array", items: { $ref: "#/components/schemas/schema7" } },
      { type: "object", additionalProperties: { type: "integer" } },
    ][index % 4] ?? {},
  ]),
);

/** A value that fits each field. */
const FITTING: readonly unknown[] = ["text", { toString: "text" }, ["a"], { valueOf: 1 }];

const schemas = {
  Strict: { type: "object", additionalProperties: false, properties },
  Demanding: { type: "object", required: NAMES, properties },
  schema7: { type: "string", enum: ["a", "constructor", "__proto__"] },
  constructor: {
    type: "object",
    required: ["toString"],
    properties: { toString: { type: "string", pattern: "^[a-z]+$" } },
  },
  ErrorResponse: { type: "object", properties: { constructor: { type: "string" } } },
};

const operation = (operationId: string, request: string, response: string) => ({
  post: {
    operationId,
    summary: "Does it",
    parameters: NAMES.map((name) => ({ in: "query", name, schema: { type: "integer" } })),
    requestBody: json({ $ref: `#/components/schemas/${request}` }),
    responses: { 200: json({ $ref: `#/components/schemas/${response}` }) },
  },
});

const document = contractOf(
  {},
  {
    paths: {
      "/a": operation("require", "Strict", "Demanding"),
      "/b": operation("validate10", "Demanding", "Strict"),
      "/c": operation("constructor", "constructor", "schema7"),
    },
    components: { schemas },
  },
);

const folder = await mkdtemp(join(tmpdir(), "cycles-generate-"));
afterAll(() => rm(folder, { recursive: true, force: true }));
await writeFile(join(folder, "api.json"), ascii(document));
const { contract } = await readContract(join(folder, "api.json"));
const validators = await validatorsOf(contract);
const checked = schemasOf(contract);
const ajv = oracleOf(checked.schemas, { ownProperties: true });

/** JSON.parse makes `__proto__` a field like any other, as a body has it. */
function body(fields: readonly (readonly [string, unknown])[]): unknown {
  const members = fields.map(([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value)}`);
  return JSON.parse(`{${members.join()}}`);
}

const RUNS = Number(process.env["PROPERTY_RUNS"] ?? 50);

const values = fc.constantFrom<unknown[]>(...FITTING, "a", "A", 1, null, {}, [], ["b"], "123456");
const bodies = fc
  .uniqueArray(
    fc.tuple(fc.oneof(fc.constantFrom(...NAMES), fc.constantFrom("x", "schema8")), values),
    { selector: ([name]) => name, maxLength: NAMES.length },
  )
  .map(body);

describe("fields, schemas and operations with names that code uses", () => {
  it("have validators that accept and refuse the same values as Ajv, for the same reasons", () => {
    for (const [name, ref] of Object.entries(checked.roots)) {
      const [validate, oracle] = [validators[name], ajv.getSchema(ref)];
      fc.assert(
        fc.property(
          fc.oneof(
            bodies,
            bodies.map((query) => ({ query })),
            values,
          ),
          (value) => {
            const fits = validate?.(value);
            expect(fits).toBe(oracle?.(value));
            const [ours, ajvs] = [validate, oracle].map((one) => copiedProblemsOf(one ?? {}));
            // The validators of responses stop early.
            if (name.endsWith("Response"))
              expect(
                ajvs?.filter((one) => ours?.some((other) => isDeepStrictEqual(one, other))),
              ).toEqual(ours);
            else expect(ours).toEqual(ajvs);
          },
        ),
        { numRuns: RUNS },
      );
    }
  });

  it("may be absent, are checked if present, and are reported as missing if required", () => {
    const { requireRequest, requireParameters, validate10Request, requireResponse } = validators;
    expect(requireRequest?.({})).toBe(true);
    expect(requireParameters?.({ path: {}, query: {} })).toBe(true);
    for (const [index, name] of NAMES.entries()) {
      expect(requireRequest?.(body([[name, FITTING[index % 4]]])), name).toBe(true);
      expect(requireRequest?.(body([[name, 1]])), name).toBe(false);
      expect(copiedProblemsOf(requireRequest ?? {})).toMatchObject([
        { instancePath: `/${name}`, keyword: "type" },
      ]);
      expect(requireParameters?.({ path: {}, query: body([[name, 1]]) }), name).toBe(true);
      expect(requireParameters?.({ path: {}, query: body([[name, "1"]]) }), name).toBe(false);
    }
    for (const validate of [validate10Request, requireResponse]) {
      const fields = NAMES.map((name, index) => [name, FITTING[index % 4]] as const);
      expect(validate?.(body(fields))).toBe(true);
      for (const name of NAMES) {
        expect(validate?.(body(fields.filter(([other]) => other !== name))), name).toBe(false);
        expect(copiedProblemsOf(validate ?? {})).toEqual([
          { instancePath: "", keyword: "required", params: { missingProperty: name } },
        ]);
      }
    }
  });
});
