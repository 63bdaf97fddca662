import { execFile } from "node:child_process";
import { cp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import ts from "typescript";
import { describe, expect, it } from "vitest";
import { readContract } from "../scripts/generate/document.mjs";
import { sourcesFrom } from "../scripts/generate/sources.mjs";
import { contractOf, folderWith, json } from "./support/foreign-contract.js";
import { runCommand } from "./support/generator-command.js";

const root = fileURLToPath(new URL("..", import.meta.url));
const generated = join(root, "generated");

/** Runs `npm run generate -- …` as a process; returns what it printed and its exit code. */
async function generate(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const command = [join(root, "scripts/generate.mjs"), ...args];
  try {
    const { stdout, stderr } = await promisify(execFile)(process.execPath, command, {
      cwd: root,
      env: { ...process.env, ...env },
    });
    return { code: 0, output: stdout + stderr };
  } catch (error) {
    const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string };
    return { code, output: stdout + stderr };
  }
}

/** Runs the command in this process, which is faster. */
function run(args: readonly string[], files?: Readonly<Record<string, string>>) {
  return runCommand(args, async (source) => {
    if (files) return { files, warnings: [] };
    const { contract, warnings } = await readContract(source);
    return { files: await sourcesFrom(contract), warnings };
  });
}

async function contentsOf(path: string): Promise<[name: string, text: string][]> {
  const names = (await readdir(path)).sort();
  return Promise.all(names.map(async (name) => [name, await readFile(join(path, name), "utf8")]));
}

const BARE = contractOf(
  {},
  {
    paths: {
      "/things": {
        get: {
          operationId: "getThing",
          summary: "A thing",
          responses: {
            200: json({ type: "object", properties: { name: { type: "string" } } }),
            400: json({ $ref: "#/components/schemas/ErrorResponse" }),
          },
        },
      },
    },
  },
);

/** The errors that the compiler finds in files. */
function typeErrors(files: string[]): string[] {
  const program = ts.createProgram(files, {
    strict: true,
    exactOptionalPropertyTypes: true,
    noEmit: true,
    skipLibCheck: true,
    target: ts.ScriptTarget.ES2022,
    lib: ["lib.es2022.d.ts"],
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
    types: [],
  });
  return ts
    .getPreEmitDiagnostics(program)
    .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, "\n"));
}

// Loaded before the generator, also in its thread: prints each call that makes a folder, a process or a connection.
const recorder = `data:text/javascript,${encodeURIComponent(`
  import children from "node:child_process";
  import { syncBuiltinESMExports } from "node:module";
  import fs from "node:fs";
  import net from "node:net";
  for (const [module, names] of [
    [fs, ["mkdtemp", "mkdtempSync", "mkdir", "mkdirSync"]],
    [fs.promises, ["mkdtemp", "mkdir"]],
    [children, ["spawn", "spawnSync", "exec", "execSync", "execFile", "execFileSync", "fork"]],
    [net, ["connect", "createConnection"]],
  ])
    for (const name of names) {
      const original = module[name];
      module[name] = (...args) => (fs.writeSync(2, "called " + name + "\\n"), original(...args));
    }
  syncBuiltinESMExports();
`)}`;
const recorded = { NODE_OPTIONS: `--import=${recorder}` };

describe("npm run generate", () => {
  it("writes the committed bytes, and makes no temporary folder, process or connection", async () => {
    const out = await folderWith();
    const proxy = { HTTP_PROXY: "http://127.0.0.1:9", HTTPS_PROXY: "http://127.0.0.1:9", CI: "" };
    const { code, output } = await generate(["--out", out], { ...recorded, ...proxy });
    expect(output).toContain("files written to");
    expect(code).toBe(0);
    const made = await contentsOf(out);
    expect(made).toEqual(await contentsOf(generated));
    expect(output.match(/called \w+/g)).toEqual(["called mkdirSync"]);
    // Compares the new files with the committed ones, as `--check` does.
    expect(await run(["--check"], Object.fromEntries(made))).toEqual({
      code: 0,
      output: "generated/ is up to date",
    });
  }, 60_000);

  it("fails and writes nothing if the document that --from names does not exist", async () => {
    const out = await folderWith();
    const args = ["--from", join(out, "missing.yaml"), "--out", join(out, "made")];
    const { code, output } = await generate(args, recorded);
    expect(code).toBe(1);
    expect(output.trim().split("\n")).toHaveLength(1);
    expect(output).not.toContain("called");
    expect(await readdir(out)).toEqual([]);
  });

  it("accepts another document of the protocol, such as its own bundle", async () => {
    const bundle = join(generated, "openapi.json");
    const { contract } = await readContract(bundle);
    // The files depend only on the contract, so they are the same.
    expect(contract).toEqual(JSON.parse(await readFile(bundle, "utf8")));
  });

  it("accepts a document whose operations have no bodies and no parameters", async () => {
    const out = await folderWith();
    const from = join(out, "bare.json");
    await writeFile(from, JSON.stringify(BARE));
    const { code, output } = await run(["--from", from, "--out", out]);
    expect(output).toContain("files written to");
    expect(code).toBe(0);
    const sources = (await readdir(out)).filter((name) => name.endsWith(".ts"));
    expect(typeErrors(sources.map((name) => join(out, name)))).toEqual([]);
  }, 60_000);

  it("refuses an operationId that is not an identifier, and names it", async () => {
    const out = await folderWith();
    const from = join(out, "hostile.json");
    await writeFile(from, JSON.stringify(BARE).replace("getThing", "get-thing"));
    const { code, output } = await run(["--from", from, "--out", out]);
    expect(output).toContain('The operationId of GET /things "get-thing" is not a name');
    expect(code).toBe(1);
    expect(await readdir(out)).toEqual(["hostile.json"]);
  });
});

describe("npm run generate -- --check", () => {
  it("fails for a stale copy, names the stale files and changes nothing", async () => {
    const out = await folderWith();
    const files = Object.fromEntries(await contentsOf(generated));
    await cp(generated, out, { recursive: true });
    expect((await run(["--check", "--out", out], files)).code).toBe(0);
    await writeFile(join(out, "paths.ts"), "// edited\n");
    await rm(join(out, "constants.ts"));
    const { code, output } = await run(["--check", "--out", out], files);
    expect(code).toBe(1);
    expect(output).toContain("stale (constants.ts, paths.ts): run `npm run generate`");
    expect(await readFile(join(out, "paths.ts"), "utf8")).toBe("// edited\n");
    expect(await readdir(out)).not.toContain("constants.ts");
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
      "evidence.ts": ["./paths.js", "./validators.js"],
      "operations.ts": ["./constants.js", "./paths.js", "./validators.js"],
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
