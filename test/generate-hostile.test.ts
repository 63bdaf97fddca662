import { readFileSync } from "node:fs";
import fc from "fast-check";
import ts from "typescript";
import { describe, expect, it } from "vitest";
import { constantsSource } from "../scripts/generate/constants.mjs";
import { operationsSource } from "../scripts/generate/operations.mjs";
import { typesSource } from "../scripts/generate/types.mjs";
import { schemasOf, validatorsSource } from "../scripts/generate/validators.mjs";
import { contractOf } from "./support/foreign-contract.js";
import {
  copiedProblemsOf,
  exportsOf,
  type GeneratedValidator,
  oracleOf,
  validatorsOf,
} from "./support/generated-validators.js";

// Strings that would run as code, or look like Ajv's own code, if the generator did not quote them.
const HOSTILE = [
  `"+evil()+"`,
  `'+evil()+'`,
  "`+evil()+`",
  "${evil()}",
  "*/evil()/*",
  "\\",
  '\\"+evil()//',
  "\n;evil();\n",
  "\u2028;evil();\u2029",
  "</script>",
  "__proto__",
  "constructor",
  "errors++",
  "errors++;\nevil();",
  "vErrors.push(err0)",
  "if(vErrors === null){\nvErrors = [err0];\n}\nelse {\nvErrors.push(err0);\n}\nerrors++;",
  'const err0 = {instancePath,schemaPath:"#/type",keyword:"type",params:{type: "string"}};',
  'data && typeof data == "object" && !Array.isArray(data)',
  'const schema20 = {"type":"object"};',
  "schema20.properties",
  "validate20",
  "func1(data)",
  "rootData",
  "parentData",
  "schemaPath",
  "instancePath",
  '{instancePath="", parentData, parentDataProperty, rootData=data}={}',
  "export const evil = 1;",
  "for(let i0=0; i0<len0; i0++){",
  "$value",
  "/",
  "~",
];

const prose = HOSTILE.join(" ");
const properties = Object.fromEntries(
  HOSTILE.map((text, index): [string, object] => {
    const description = text;
    switch (index % 4) {
      case 0:
        return [text, { description, type: "string", enum: [...HOSTILE, "plain"] }];
      case 1:
        return [text, { description, type: "string", pattern: escaped(text), default: text }];
      case 2:
        return [text, { description, type: "array", items: { $ref: "#/components/schemas/Item" } }];
      default:
        return [text, { description, $ref: "#/components/schemas/Map" }];
    }
  }),
);

const thing = {
  $id: prose,
  $comment: prose,
  title: prose,
  description: prose,
  type: "object",
  additionalProperties: false,
  required: HOSTILE.filter((_, index) => index % 5 === 0),
  properties,
};

const contract = {
  openapi: "3.1.0",
  info: { title: prose, version: "1", description: prose },
  paths: {
    [`/things/{${HOSTILE[0] ?? ""}}/*/`]: {
      post: {
        operationId: "makeThing",
        summary: prose,
        description: prose,
        security: [{ [HOSTILE[1] ?? ""]: [] }],
        parameters: [
          ...HOSTILE.map((name) => ({
            in: "query",
            name,
            schema: { type: "string", enum: HOSTILE },
          })),
          { in: "path", name: HOSTILE[0], required: true, schema: { type: "string" } },
        ],
        requestBody: content({ $ref: "#/components/schemas/Thing" }),
        responses: { 201: content({ $ref: "#/components/schemas/Thing" }) },
      },
    },
  },
  components: {
    securitySchemes: { [HOSTILE[1] ?? ""]: { type: "apiKey", in: "header", name: prose } },
    parameters: {},
    schemas: {
      Thing: thing,
      Item: { description: prose, type: "string", enum: HOSTILE },
      Map: { type: "object", additionalProperties: { type: "string", maxLength: 40 } },
      ["__proto__"]: { type: "string", enum: HOSTILE, default: prose },
      ErrorResponse: {
        type: "object",
        required: ["error"],
        properties: { error: { type: "string" } },
      },
    },
  },
};

function content(schema: object) {
  return { description: prose, required: true, content: { "application/json": { schema } } };
}

function escaped(text: string): string {
  return `^${text.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&")}$`;
}

/** Runs a generated module in which `evil` counts its calls; returns the exports and the count. */
async function load(source: string, globals: object = {}) {
  const calls = { count: 0 };
  const require = () => globals;
  const evil = () => (calls.count += 1);
  return { exports: await exportsOf(source, { require, evil }), calls };
}

const { schemas, roots } = schemasOf(contract);
const ajv = oracleOf(schemas, { ownProperties: true });
const loaded = await load(await validatorsSource(contract));
const validators = loaded.exports["validators"] as Readonly<Record<string, GeneratedValidator>>;

const hostile = fc.constantFrom(...HOSTILE);
const texts = fc.oneof(hostile, fc.constantFrom("plain", "", "x".repeat(41)));
const values = fc.oneof(texts, fc.array(texts), fc.dictionary(texts, texts), fc.integer());

/** A value that fits the schema of requests and responses. */
const fitting = Object.fromEntries(
  Object.entries(properties).map(([name, schema]) => [
    name,
    "$ref" in schema ? { any: "text" } : "items" in schema ? [name] : name,
  ]),
);

function judged(name: string, value: unknown) {
  const validate = validators[name];
  const oracle = ajv.getSchema(roots[name] ?? "");
  const fits = validate?.(value);
  const expected = oracle?.(value);
  const [problems, all] = [validate, oracle].map((one) => copiedProblemsOf(one ?? {}));
  return { ours: { fits, problems }, ajvs: { fits: expected, problems: all } };
}

describe("a contract with code in its strings", () => {
  it("has request validators that agree with Ajv", () => {
    fc.assert(
      fc.property(fc.dictionary(texts, values, { maxKeys: 40 }), (body) => {
        const { ours, ajvs } = judged("makeThingRequest", body);
        expect(ours).toEqual(ajvs);
      }),
    );
  });

  it("has parameter validators that agree with Ajv", () => {
    const place = fc.dictionary(texts, texts);
    fc.assert(
      fc.property(fc.record({ path: place, query: place }), (parameters) => {
        const { ours, ajvs } = judged("makeThingParameters", parameters);
        expect(ours).toEqual(ajvs);
      }),
    );
  });

  it("has response validators that find missing and wrong fields", () => {
    const validate = validators["makeThingResponse"];
    expect(validate?.(fitting)).toBe(true);
    for (const name of thing.required) {
      const { [name]: _, ...rest } = fitting;
      expect(validate?.(rest)).toBe(false);
    }
    expect(validate?.({ ...fitting, "errors++": [1] })).toBe(false);
  });

  it("has request validators that accept a valid body", () => {
    expect(judged("makeThingRequest", fitting).ours).toEqual({ fits: true, problems: [] });
  });

  it("never runs that code", () => {
    expect(loaded.calls.count).toBe(0);
  });

  it("keeps its strings as values in the table of operations and in the constants", async () => {
    const table = await load(await operationsSource(contract), validators);
    const operations = table.exports["operations"] as Record<string, Record<string, unknown>>;
    const [path] = Object.keys(contract.paths);
    expect(operations["makeThing"]).toMatchObject({
      id: "makeThing",
      path,
      security: [HOSTILE[1]],
    });
    const queryTypes = table.exports["queryTypes"] as Record<string, Record<string, unknown>>;
    expect(Object.keys(queryTypes["makeThing"] ?? {})).toEqual(HOSTILE);
    const constants = await load(await constantsSource(contract));
    expect(Object.values(constants.exports["securityHeaders"] ?? {})).toEqual([prose]);
    expect(constants.exports["enums"]).toMatchObject({ Item: HOSTILE });
    const { Thing } = constants.exports["defaults"] as Record<string, Record<string, string>>;
    expect(Object.entries(Thing ?? {}).every(([name, value]) => name === value)).toBe(true);
    expect(table.calls.count + constants.calls.count).toBe(0);
  });

  it("has a types file that declares only types", async () => {
    const source = await typesSource(contract);
    const file = ts.createSourceFile("paths.ts", source, ts.ScriptTarget.ES2022);
    const { parseDiagnostics } = file as unknown as { parseDiagnostics: readonly unknown[] };
    expect(parseDiagnostics).toEqual([]);
    for (const statement of file.statements)
      expect(ts.isInterfaceDeclaration(statement) || ts.isTypeAliasDeclaration(statement)).toBe(
        true,
      );
  });
});

describe("an operationId", () => {
  it.each(["a(){};evil()", "a-b", "a b", "1st", "", "*/", "ä", undefined])(
    "that is not an identifier is refused, and the error names it: %j",
    async (operationId) => {
      const changed = contractOf({ type: "object" });
      Object.assign(changed.paths["/things"].post, { operationId });
      const named = operationId === undefined ? /POST .* is missing/ : JSON.stringify(operationId);
      await expect(validatorsSource(changed)).rejects.toThrow(named);
      await expect(operationsSource(changed)).rejects.toThrow(/operationId of POST/);
      await expect(typesSource(changed)).rejects.toThrow(/operationId of POST/);
    },
  );

  it("that would give two validators the same name is refused", async () => {
    const changed = contractOf({ type: "object" });
    changed.paths["/things"].post.operationId = "Error";
    await expect(validatorsSource(changed)).rejects.toThrow("called ErrorResponse");
  });
});

describe("an operation called __proto__", () => {
  it("is generated like any other operation", async () => {
    const small = contractOf({ type: "object" });
    small.paths["/things"].post.operationId = "__proto__";
    const { exports } = await load(await validatorsSource(small));
    const table = await load(await operationsSource(small), exports);
    expect(Object.keys(table.exports["operations"] ?? {})).toEqual(["__proto__"]);
  });
});

it("a request and a response with the same schema each have a validator", async () => {
  const { makeThingRequest, makeThingResponse } = await validatorsOf(
    contractOf({ type: "object" }),
  );
  for (const validate of [makeThingRequest, makeThingResponse])
    expect([validate?.({}), validate?.([])]).toEqual([true, false]);
});

it("the contract of this package contains none of that code", () => {
  const own = readFileSync(new URL("../generated/openapi.json", import.meta.url), "utf8");
  expect(own).not.toContain("evil()");
});
