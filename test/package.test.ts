import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { publint } from "publint";
import { formatMessage } from "publint/utils";
import { describe, expect, it, onTestFinished } from "vitest";

const exec = promisify(execFile);
const root = fileURLToPath(new URL("..", import.meta.url));
const manifest = JSON.parse(await readFile(join(root, "package.json"), "utf8")) as {
  readonly dependencies: Readonly<Record<string, string>>;
};

/** The files of the tarball. */
async function packed(): Promise<string[]> {
  const { stdout } = await exec("npm", ["pack", "--dry-run", "--json", "--silent"], { cwd: root });
  const [tarball] = JSON.parse(stdout) as [{ files: { path: string }[] }];
  return tarball.files.map(({ path }) => path);
}

describe("the package", () => {
  it("ships what runs, its types and its sources, and nothing else", async () => {
    const files = await packed();
    const tops = new Set(files.map((file) => file.split("/")[0]));
    expect([...tops].sort()).toEqual([
      "CHANGELOG.md",
      "LICENSE",
      "README.md",
      "dist",
      "generated",
      "openapi",
      "package.json",
      "src",
    ]);
    const strays = files.filter((file) =>
      /(^|\/)(\.|test|coverage)|\.tsbuildinfo$|\.env/.test(file),
    );
    expect(strays).toEqual([]);
  });

  it("has a source for each module of dist, and a map that leads there", async () => {
    const files = new Set(await packed());
    for (const file of files) {
      const module = /^dist\/(.*)\.js$/.exec(file)?.[1];
      if (module === undefined) continue;
      for (const beside of [`${module}.ts`, `dist/${module}.d.ts`, `dist/${module}.js.map`]) {
        expect(files, `${beside} of ${file}`).toContain(beside);
      }
    }
  });

  it("has entry points that publint has nothing against", async () => {
    const { messages, pkg } = await publint({ pkgDir: root, strict: true });
    expect(messages.map((message) => formatMessage(message, pkg))).toEqual([]);
  });

  it("has types that resolve wherever ES modules do", async () => {
    const attw = join(root, "node_modules/.bin/attw");
    await exec(attw, ["--pack", root, "--profile", "esm-only", "--quiet"], { cwd: root });
  });

  it("can be required from CommonJS", async () => {
    const project = await consumer();
    const program = `
      const { CyclesClient, usd } = require("cycles-client");
      const { EmbeddedCycles } = require("cycles-client/embedded");
      const authority = new EmbeddedCycles({ budgets: { "tenant:acme": usd("1.00") } });
      const client = new CyclesClient(authority.clientOptions("acme"));
      const work = (guard) => guard.setActual(usd("0.25"));
      client.run({ action: { kind: "a", name: "b" }, estimate: usd("0.50") }, work).then(() => {
        console.log(authority.balances()[0].spent.amount);
      });`;
    await writeFile(join(project, "program.cjs"), program);
    const { stdout } = await exec(process.execPath, ["program.cjs"], { cwd: project });
    expect(stdout.trim()).toBe("25000000");
  });

  it("lets a process end that has made a client and used it", async () => {
    const project = await consumer();
    const program = `
      import { CyclesClient } from "cycles-client";
      const client = new CyclesClient({ baseUrl: "http://127.0.0.1:9", apiKey: "k", journal: false, subject: { tenant: "acme" } });
      await client.decide({ action: { kind: "a", name: "b" }, estimate: { unit: "TOKENS", amount: 1 } },
        { maxRetries: 0 }).catch((error) => console.log(error.code));`;
    await writeFile(join(project, "program.mjs"), program);
    const { stdout } = await exec(process.execPath, ["program.mjs"], { cwd: project });
    expect(stdout.trim()).toBe("CONNECTION");
  });

  it("names a licence for everything that is installed with it", async () => {
    const security = await readFile(join(root, "SECURITY.md"), "utf8");
    for (const name of await installedWithIt()) {
      const { license } = JSON.parse(
        await readFile(join(root, "node_modules", name, "package.json"), "utf8"),
      ) as { license: string };
      expect(security).toMatch(new RegExp(`^\\| ${name} +\\| ${license} +\\|`, "m"));
    }
  });
});

/** The runtime dependencies, and theirs. */
async function installedWithIt(): Promise<string[]> {
  const all = new Set<string>();
  const queue = Object.keys(manifest.dependencies);
  for (let name = queue.pop(); name !== undefined; name = queue.pop()) {
    if (all.has(name)) continue;
    all.add(name);
    const file = join(root, "node_modules", name, "package.json");
    const { dependencies = {} } = JSON.parse(await readFile(file, "utf8")) as {
      dependencies?: Record<string, string>;
    };
    queue.push(...Object.keys(dependencies));
  }
  return [...all];
}

/** An empty project in which the package is installed. */
async function consumer(): Promise<string> {
  const project = await mkdtemp(join(tmpdir(), "cycles-consumer-"));
  onTestFinished(() => rm(project, { recursive: true, force: true }));
  await mkdir(join(project, "node_modules"));
  await symlink(root, join(project, "node_modules/cycles-client"), "dir");
  return project;
}
