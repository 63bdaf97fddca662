import { execFile } from "node:child_process";
import { cp, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import ts from "typescript";
import { describe, expect, it, onTestFinished } from "vitest";

const root = fileURLToPath(new URL("..", import.meta.url));
const generated = join(root, "generated");

/** Runs `npm run generate -- …`; returns what it printed and its exit code. */
async function generate(...args: string[]) {
  const command = [join(root, "scripts/generate.mjs"), ...args];
  try {
    const { stdout, stderr } = await promisify(execFile)(process.execPath, command, { cwd: root });
    return { code: 0, output: stdout + stderr };
  } catch (error) {
    const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string };
    return { code, output: stdout + stderr };
  }
}

async function folder() {
  const path = await mkdtemp(join(tmpdir(), "cycles-generate-"));
  onTestFinished(() => rm(path, { recursive: true, force: true }));
  return path;
}

async function contentsOf(path: string): Promise<[name: string, text: string][]> {
  const names = (await readdir(path)).sort();
  return Promise.all(names.map(async (name) => [name, await readFile(join(path, name), "utf8")]));
}

const BARE = {
  openapi: "3.1.0",
  info: { title: "Bare", version: "1", license: { name: "MIT", identifier: "MIT" } },
  servers: [{ url: "https://bare.invalid" }],
  security: [],
  paths: {
    "/things": {
      get: {
        operationId: "getThing",
        summary: "A thing",
        responses: {
          200: response({ type: "object", properties: { name: { type: "string" } } }),
          400: response({ $ref: "#/components/schemas/ErrorResponse" }),
        },
      },
    },
  },
  components: {
    schemas: {
      ErrorResponse: { type: "object", properties: { error: { type: "string" } } },
    },
  },
};

function response(schema: object) {
  return { description: "JSON.", content: { "application/json": { schema } } };
}

/** The errors that the compiler finds in files. */
function typeErrors(files: string[]): string[] {
  const program = ts.createProgram(files, {
    strict: true,
    exactOptionalPropertyTypes: true,
    noEmit: true,
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
    types: [],
  });
  return ts
    .getPreEmitDiagnostics(program)
    .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, "\n"));
}

describe("npm run generate", () => {
  it("writes the committed bytes on every run", async () => {
    const [first, second] = [await folder(), await folder()];
    const runs = await Promise.all([generate("--out", first), generate("--out", second)]);
    for (const { code, output } of runs) {
      expect(output).toContain("files written to");
      expect(code).toBe(0);
    }
    expect(await contentsOf(first)).toEqual(await contentsOf(generated));
    expect(await contentsOf(second)).toEqual(await contentsOf(generated));
  }, 60_000);

  it("accepts another document of the protocol, such as its own bundle", async () => {
    const out = await folder();
    const { code } = await generate("--from", join(generated, "openapi.json"), "--out", out);
    expect(code).toBe(0);
    const names = (await contentsOf(out)).map(([name]) => name);
    expect(names).toEqual((await contentsOf(generated)).map(([name]) => name));
    const operations = await readFile(join(out, "operations.ts"), "utf8");
    expect(operations).toBe(await readFile(join(generated, "operations.ts"), "utf8"));
  });

  it("accepts a document whose operations have no bodies and no parameters", async () => {
    const out = await folder();
    const from = join(out, "bare.json");
    await writeFile(from, JSON.stringify(BARE));
    const { code, output } = await generate("--from", from, "--out", out);
    expect(output).toContain("files written to");
    expect(code).toBe(0);
    const sources = (await readdir(out)).filter((name) => name.endsWith(".ts"));
    expect(typeErrors(sources.map((name) => join(out, name)))).toEqual([]);
  }, 60_000);

  it("refuses an operationId that is not an identifier, and names it", async () => {
    const out = await folder();
    const from = join(out, "hostile.json");
    await writeFile(from, JSON.stringify(BARE).replace("getThing", "get-thing"));
    const { code, output } = await generate("--from", from, "--out", out);
    expect(output).toContain('The operationId of GET /things "get-thing" is not a name');
    expect(code).toBe(1);
    expect(await readdir(out)).toEqual(["hostile.json"]);
  });

  it("fails and writes nothing if the document that --from names does not exist", async () => {
    const out = await folder();
    const { code } = await generate("--from", join(out, "missing.yaml"), "--out", out);
    expect(code).toBe(1);
    expect(await readdir(out)).toEqual([]);
  });
});

describe("npm run generate -- --check", () => {
  it("passes for the committed files", async () => {
    const { code, output } = await generate("--check");
    expect(output).toContain("generated/ is up to date");
    expect(code).toBe(0);
  });

  it("fails for a stale copy, names the stale files and changes nothing", async () => {
    const out = await folder();
    await cp(generated, out, { recursive: true });
    await writeFile(join(out, "paths.ts"), "// edited\n");
    await rm(join(out, "constants.ts"));
    const { code, output } = await generate("--check", "--out", out);
    expect(code).toBe(1);
    expect(output).toContain("stale (paths.ts, constants.ts): run `npm run generate`");
    expect(await readFile(join(out, "paths.ts"), "utf8")).toBe("// edited\n");
  });
});

/** What a module depends on: its imports, and its calls of require, eval and Function. */
function reachesFor(name: string, text: string): string[] {
  const found: string[] = [];
  const visit = (node: ts.Node) => {
    if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) {
      const source = node.moduleSpecifier;
      if (source && ts.isStringLiteral(source)) found.push(source.text);
    }
    if (ts.isCallExpression(node) || ts.isNewExpression(node)) {
      const { expression } = node;
      if (expression.kind === ts.SyntaxKind.ImportKeyword) found.push("import()");
      if (ts.isIdentifier(expression) && /^(require|eval|Function)$/.test(expression.text))
        found.push(`${expression.text}()`);
    }
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile(name, text, ts.ScriptTarget.ES2022));
  return found;
}

describe("the generated code", () => {
  it("needs no package, no require and no eval at run time", async () => {
    const sources = (await contentsOf(generated)).filter(([name]) => name.endsWith(".ts"));
    const reached = sources.map(([name, text]) => [name, reachesFor(name, text)]);
    expect(Object.fromEntries(reached)).toEqual({
      "constants.ts": [],
      "operations.ts": ["./paths.js", "./validators.js"],
      "paths.ts": [],
      "validators.ts": ["./paths.js"],
    });
    expect(
      reachesFor("bad.ts", 'import "ajv"; require("ajv"); eval("1"); new Function("");'),
    ).toEqual(["ajv", "require()", "eval()", "Function()"]);
  });
});

describe("the sources", () => {
  it("contain no path of the contract outside comments", async () => {
    const files = await readdir(join(root, "src"), { recursive: true });
    const sources = files.filter((file) => file.endsWith(".ts"));
    expect(sources.length).toBeGreaterThan(20);
    for (const file of sources) {
      const text = await readFile(join(root, "src", file), "utf8");
      const code = text.replace(/\/\*[\s\S]*?\*\//g, "").replace(/(^|\s)\/\/.*$/gm, "");
      expect(code, file).not.toContain("/v1/");
    }
  });
});
