import { join } from "node:path";
import { runInNewContext } from "node:vm";
import { transform } from "esbuild";
import fc from "fast-check";
import ts from "typescript";
import { describe, expect, it } from "vitest";
import { readContract } from "../scripts/generate/document.mjs";
import { sourcesFrom } from "../scripts/generate/sources.mjs";
import { contractOf, folderWith, json } from "./support/foreign-contract.js";

// Strings that would be code if the generator did not quote them, or that are names in the code that Ajv writes.
const CODE = [
  `"+process.exit()+"`,
  `'+evil()+'`,
  "`+evil()+`",
  "${evil()}",
  "*/evil();/*",
  "*\\/evil();/*",
  "//evil()",
  "\\",
  '\\"+evil()//',
  "\n;evil();\n",
  "\r\nevil()",
  "\u2028;evil();\u2029",
  "</script><script>evil()</script>",
  "<!--",
  "#!evil",
  "@ts-ignore",
  "schema25.properties.kind.default",
  'schema25.properties["kind"].default',
  "schema25",
  "func0(data)",
  'require("child_process").exec("evil")',
  'require("ajv/dist/runtime/equal").default',
  'data && typeof data == "object" && !Array.isArray(data)',
  "vErrors = [err0];",
  'instancePath+"/"+key0.replace(/~/g, "~0").replace(/\\//g, "~1")',
  "export const evil = 1;",
  "$value",
  "$names.includes($key)",
  "~1/~0",
  "ä😀",
];

const SLOTS = 24;

/** Different strings, because a document could not hold the same one as two names. */
const texts = fc.uniqueArray(
  fc
    .oneof(
      { arbitrary: fc.constantFrom(...CODE), weight: 6 },
      { arbitrary: fc.tuple(fc.constantFrom(...CODE), fc.constantFrom(...CODE)), weight: 2 },
      { arbitrary: fc.string({ unit: "binary-ascii", minLength: 1, maxLength: 12 }), weight: 1 },
    )
    .map((text) => [text].flat().join(""))
    // JavaScript sorts names that are integers, an empty text is no text, and a percent sign in a name is refused.
    .filter((text) => text.trim() !== "" && !/^\d+$|%/.test(text) && !(text in {})),
  { minLength: SLOTS, maxLength: SLOTS },
);

/** Each text is in at least one of these documents. */
const EXAMPLES: [string[]][] = [[CODE.slice(0, SLOTS)], [CODE.slice(-SLOTS)]];

const RUNS = Math.ceil(Number(process.env["PROPERTY_RUNS"] ?? 300) / 100);

/** A document with a text in every place that may hold any text. */
function documentWith(text: readonly string[]) {
  let used = 0;
  const next = () => text[used++ % text.length] ?? "";
  const [first, second, third, fourth, ...rest] = text;
  const properties = {
    [String(first)]: { type: "string", default: next(), enum: text, description: next() },
    [String(second)]: { const: next(), title: next(), examples: [next()], description: next() },
    [String(third)]: { type: "string", pattern: `^${escaped(next())}$`, default: next() },
    [String(fourth)]: { type: "array", items: { type: "string", enum: text }, default: [next()] },
    kind: { type: "string", enum: text, default: next(), $comment: next() },
    map: {
      type: "object",
      additionalProperties: { type: "string", default: next(), description: next() },
    },
    nested: {
      type: "object",
      title: next(),
      default: { [String(first)]: next() },
      required: rest.slice(0, 3),
      properties: Object.fromEntries(rest.map((name) => [name, { type: "integer" }])),
      additionalProperties: false,
    },
  };
  const thing = {
    $id: next(),
    title: next(),
    description: text.join("\n"),
    type: "object",
    required: [first, "kind"],
    properties,
    example: { [String(first)]: next() },
    [`x-${next()}`]: next(),
    "x-more": { [next()]: [next()] },
  };
  const made = contractOf({ $ref: "#/components/schemas/Thing" });
  const { post } = made.paths["/things"];
  return {
    ...made,
    info: { ...made.info, title: next(), description: next(), version: next() },
    tags: [{ name: String(first), description: next() }],
    [`x-${next()}`]: { [next()]: next() },
    paths: {
      [`/things/${encodeURIComponent(first?.replace(/[\ud800-\udfff]/g, "") ?? "")}`]: {
        post: {
          ...post,
          tags: [first],
          summary: next(),
          description: text.join(" "),
          parameters: [
            ...text.map((name) => ({
              in: "query",
              name,
              description: next(),
              schema: { type: "string", enum: text, default: next() },
            })),
            { in: "header", name: next(), schema: { type: "string" }, example: next() },
          ],
          responses: {
            200: {
              ...json({ $ref: "#/components/schemas/Thing" }, { example: next() }),
              description: next(),
              headers: { [String(second)]: { description: next(), schema: { type: "string" } } },
            },
          },
        },
      },
    },
    components: {
      schemas: { ...made.components.schemas, Thing: thing, Kind: { type: "string", enum: text } },
      securitySchemes: { Key: { type: "apiKey", in: "header", name: next() } },
      parameters: {
        Some: { in: "query", name: next(), schema: { type: "string", default: next() } },
      },
    },
  };
}

function escaped(text: string): string {
  return text
    .replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&")
    .slice(0, 40)
    .replace(/\\$/, "");
}

async function generated(document: unknown): Promise<Readonly<Record<string, string>>> {
  const folder = await folderWith({ "api.json": document });
  const { contract } = await readContract(join(folder, "api.json"));
  return sourcesFrom(contract);
}

/** The syntax tree of a module as text, with every string, comment and property name left out. */
function skeletonOf(name: string, source: string): string {
  const file = ts.createSourceFile(name, source, ts.ScriptTarget.ES2022, true);
  const { parseDiagnostics } = file as unknown as { parseDiagnostics: readonly unknown[] };
  expect(parseDiagnostics).toEqual([]);
  const draw = (node: ts.Node): string => {
    if (ts.isStringLiteralLike(node)) return "text";
    if (ts.isComputedPropertyName(node) && ts.isStringLiteralLike(node.expression)) return "text";
    if (ts.isIdentifier(node)) return isMember(node) ? "text" : node.text;
    if (ts.isNumericLiteral(node)) return node.text;
    const isAccess = ts.isPropertyAccessExpression(node) || isNamedAccess(node);
    const kind = isAccess ? "Member" : ts.SyntaxKind[node.kind];
    const parts: string[] = [];
    ts.forEachChild(node, (child) => void parts.push(draw(child)));
    return `${kind}(${parts.join()})`;
  };
  return draw(file);
}

/** Whether a name stands for text: Prettier and the compiler write a quoted name without quotes where they can. */
function isMember(name: ts.Identifier): boolean {
  const { parent } = name;
  return (
    (ts.isPropertyAccessExpression(parent) && parent.name === name) ||
    ((ts.isPropertyAssignment(parent) || ts.isPropertySignature(parent)) && parent.name === name)
  );
}

function isNamedAccess(node: ts.Node): boolean {
  return ts.isElementAccessExpression(node) && ts.isStringLiteralLike(node.argumentExpression);
}

type Validate = (value: unknown) => boolean;

/** Runs a generated module without access to anything but the language; returns its exports. */
async function load(source: string, validators: object = {}) {
  const { code } = await transform(source, { loader: "ts", format: "cjs", target: "es2022" });
  const module = { exports: {} as Readonly<Record<string, unknown>> };
  const calls: string[] = [];
  const trap = (name: string) => () => void calls.push(name);
  runInNewContext(code, {
    module,
    evil: trap("evil"),
    process: { exit: trap("exit") },
    require: (name: string) =>
      name === "./validators.js" ? validators : (calls.push(name), { exec: trap("exec") }),
  });
  return { exports: module.exports, calls };
}

describe("text of a foreign contract", () => {
  it("stays text in every generated file, and none of it runs", async () => {
    const plain = Array.from({ length: SLOTS }, (_, index) => `text ${String(index)}`);
    const skeletons = new Map(
      Object.entries(await generated(documentWith(plain)))
        .filter(([name]) => name.endsWith(".ts"))
        .map(([name, source]) => [name, skeletonOf(name, source)]),
    );
    await fc.assert(
      fc.asyncProperty(texts, async (text) => {
        const files = await generated(documentWith(text));
        for (const [name, skeleton] of skeletons)
          expect(skeletonOf(name, files[name] ?? "") === skeleton, name).toBe(true);

        const validating = await load(files["validators.ts"] ?? "");
        const validators = validating.exports["validators"] as Readonly<Record<string, Validate>>;
        const [first, second] = text;
        const fitting = { [String(first)]: text[3], kind: text[5] };
        expect(validators["makeThingRequest"]?.(fitting)).toBe(true);
        expect(validators["makeThingRequest"]?.({ ...fitting, kind: `${String(text[5])}-` })).toBe(
          false,
        );
        expect(validators["makeThingRequest"]?.({ ...fitting, [String(second)]: 1 })).toBe(false);
        for (const validate of Object.values(validators)) {
          for (const value of [{}, null, [], { path: {}, query: { [String(first)]: text[1] } }]) {
            validate(value);
          }
        }

        const constants = await load(files["constants.ts"] ?? "");
        expect(constants.exports["enums"]).toMatchObject({ Kind: text });
        const operations = await load(files["operations.ts"] ?? "", validators);
        const { makeThing } = operations.exports["queryTypes"] as { makeThing: object };
        expect(Object.keys(makeThing)).toEqual(text);
        for (const { calls } of [validating, constants, operations]) expect(calls).toEqual([]);
      }),
      { numRuns: RUNS, endOnFailure: true, examples: EXAMPLES },
    );
  }, 600_000);

  it("is detected if it does not stay text", async () => {
    const [harmless, broken] = ['const a = "text";', 'const a = ""+evil()+"";'];
    expect(skeletonOf("a.ts", harmless)).not.toBe(skeletonOf("a.ts", broken));
    expect(skeletonOf("a.ts", "a.b")).toBe(skeletonOf("a.ts", 'a["*/"]'));
    expect((await load(broken, {})).calls).toEqual(["evil"]);
  });
});
