import { execFile } from "node:child_process";
import { cp, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { describe, expect, it, onTestFinished } from "vitest";
import { parse } from "yaml";

interface Manifest {
  readonly repository: { readonly url: string };
  readonly bugs: { readonly url: string };
  readonly engines: { readonly node: string };
  readonly scripts: Readonly<Record<string, string>>;
  readonly dependencies: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
}

interface Step {
  readonly uses?: string;
  readonly run?: string;
  readonly with?: Readonly<Record<string, string>>;
}

interface Job {
  readonly permissions?: Readonly<Record<string, string>>;
  readonly strategy?: { readonly matrix: { readonly os: string[]; readonly node: string[] } };
  readonly steps: readonly Step[];
}

interface Workflow {
  readonly permissions: Readonly<Record<string, string>>;
  readonly concurrency: { readonly group: string };
  readonly jobs: Readonly<Record<string, Job>>;
}

interface Form {
  readonly name: string;
  readonly description: string;
  readonly body: readonly { readonly type: string; readonly id?: string }[];
}

const root = fileURLToPath(new URL("..", import.meta.url));
const read = (path: string) => readFile(join(root, path), "utf8");

const manifest: Manifest = JSON.parse(await read("package.json"));
const makefile = await read("Makefile");
const targets = [...makefile.matchAll(/^([a-z][a-z-]*):/gm)].map(([, name]) => name);
const sources = await textsIn(".github/workflows");
const ci: Workflow = parse(sources["ci.yml"] ?? "");
const release: Workflow = parse(sources["release.yml"] ?? "");
const workflows = [
  ["ci.yml", ci],
  ["release.yml", release],
] as const;

const linked = [
  "package.json",
  ".github/CODEOWNERS",
  ".github/ISSUE_TEMPLATE/config.yml",
  "SECURITY.md",
  "CHANGELOG.md",
];

describe("the links to the repository", () => {
  it("all agree with repository.url in package.json", async () => {
    await expect(repositoryScript(root, "--check")).resolves.toBe("");
  });

  it("follow repository.url when it changes, and keep a team that reviews", async () => {
    const folder = await copyOf(["scripts/repository.mjs", "scripts/release", ...linked]);
    const moved = {
      ...manifest,
      repository: { type: "git", url: "git+https://github.com/acme/b.git" },
    };
    await writeFile(join(folder, "package.json"), JSON.stringify(moved));
    const owners = join(folder, ".github/CODEOWNERS");
    await writeFile(owners, "# Reviewers\n* @OWNER/budgets\n");

    await expect(repositoryScript(folder, "--check")).rejects.toThrow(
      /SECURITY\.md does not agree/,
    );
    await repositoryScript(folder);

    const { homepage, bugs } = JSON.parse(await readFile(join(folder, "package.json"), "utf8"));
    expect({ homepage, bugs }).toEqual({
      homepage: "https://github.com/acme/b#readme",
      bugs: { url: "https://github.com/acme/b/issues" },
    });
    expect(await readFile(owners, "utf8")).toBe("# Reviewers\n* @acme/budgets\n");
    for (const path of linked.slice(2)) {
      const links = (await readFile(join(folder, path), "utf8")).match(/https:\/\/github\.com\S+/g);
      expect(links, path).not.toBeNull();
      for (const link of links ?? []) expect(link).toMatch(/^https:\/\/github\.com\/acme\/b\//);
    }
    await expect(repositoryScript(folder, "--check")).resolves.toBe("");
  });

  it("are in no other file that a reader sees", async () => {
    const page = manifest.bugs.url.replace(/\/issues$/, "");
    for (const path of ["README.md", "CONTRIBUTING.md", ".github/PULL_REQUEST_TEMPLATE.md"]) {
      expect(await read(path), path).not.toContain(page);
    }
  });
});

describe("the Node versions", () => {
  const tested = ci.jobs["test"]?.strategy?.matrix.node ?? [];

  it("begin with the oldest that package.json admits, which is also the one in .nvmrc", async () => {
    const oldest = (await read(".nvmrc")).trim();
    expect(manifest.engines.node).toBe(`>=${oldest}`);
    expect(tested[0]).toBe(oldest);
    expect(manifest.devDependencies["@types/node"]).toMatch(`^${oldest.split(".")[0]}.`);
  });

  it("are tested up to 26 on Linux, macOS and Windows", () => {
    expect(tested.map((version) => Number.parseInt(version))).toEqual([20, 22, 24, 26]);
    const systems = ci.jobs["test"]?.strategy?.matrix.os ?? [];
    expect(systems.map((name) => name.split("-")[0])).toEqual(["ubuntu", "macos", "windows"]);
  });

  it("of a release are among those that are tested", () => {
    const used = Object.values(release.jobs).flatMap(({ steps }) =>
      steps.flatMap((step) => step.with?.["node-version"] ?? []),
    );
    expect(used.length).toBeGreaterThan(0);
    for (const version of used) expect(tested).toContain(version);
  });
});

describe("a workflow", () => {
  it("exists for CI and for releases only", () => {
    expect(Object.keys(sources).sort()).toEqual(["ci.yml", "release.yml"]);
  });

  it.each(workflows)("runs nothing but targets of the Makefile: %s", (_, { jobs }) => {
    for (const [name, { steps }] of Object.entries(jobs)) {
      const commands = steps.flatMap(({ run }) => run ?? []);
      expect(commands, name).not.toEqual([]);
      for (const command of commands) {
        expect(command).toMatch(/^make [a-z-]+( [A-Z_]+=[\w-]+)*$/);
        expect(targets).toContain(command.split(" ")[1]);
      }
    }
  });

  it.each(workflows)("uses actions of GitHub, each at a major version: %s", (_, { jobs }) => {
    const used = Object.values(jobs).flatMap(({ steps }) =>
      steps.flatMap(({ uses }) => uses ?? []),
    );
    for (const action of used) expect(action).toMatch(/^actions\/[\w-]+@v\d+$/);
  });

  it.each(workflows)("has a concurrency group: %s", (_, { concurrency }) => {
    expect(concurrency.group).not.toBe("");
  });

  it("reads no secret and may write nothing, except for the token that signs a release", () => {
    expect(Object.values(sources).join("\n")).not.toMatch(/\bsecrets\b/);
    expect(ci.permissions).toEqual({ contents: "read" });
    for (const job of Object.values(ci.jobs)) expect(job.permissions).toBeUndefined();
    expect(release.permissions).toEqual({});
    expect(release.jobs).toMatchObject({
      pack: { permissions: { contents: "read" } },
      publish: { permissions: { contents: "read", "id-token": "write" } },
    });
  });
});

describe("the Makefile", () => {
  it("lists each of its targets in `make help`", async () => {
    const { stdout } = await promisify(execFile)("make", ["help"], { cwd: root });
    const listed = stdout
      .trim()
      .split("\n")
      .map((line) => line.split(/\s+/)[1]);
    expect(listed.sort()).toEqual([...targets].sort());
  });
});

describe("CONTRIBUTING.md", () => {
  it("names commands that exist", async () => {
    const commands = [...(await read("CONTRIBUTING.md")).matchAll(/`(make|npm run) ([a-z-]+)/g)];
    expect(commands.length).toBeGreaterThan(10);
    const known = { make: targets, "npm run": Object.keys(manifest.scripts) };
    for (const [command, tool, name] of commands) {
      expect(tool === "make" ? known.make : known["npm run"], command).toContain(name);
    }
  });

  it("has a row for each runtime dependency", async () => {
    const sections = (await read("CONTRIBUTING.md")).split(/^## /m);
    const section = sections.find((each) => each.startsWith("Runtime dependencies")) ?? "";
    const rows = [...section.matchAll(/^\| `([\w@/-]+)`/gm)].map(([, name]) => name);
    expect(rows.sort()).toEqual(Object.keys(manifest.dependencies).sort());
  });
});

describe("an issue form", () => {
  it.each(["bug.yml", "feature.yml"])("has what GitHub requires: %s", async (file) => {
    const { name, description, body }: Form = parse(
      (await textsIn(".github/ISSUE_TEMPLATE"))[file] ?? "",
    );
    expect([name, description].every(Boolean)).toBe(true);
    const inputs = body.filter(({ type }) => type !== "markdown");
    for (const { type } of inputs) expect(["input", "textarea", "dropdown"]).toContain(type);
    const ids = inputs.map(({ id }) => id);
    expect(ids).not.toContain(undefined);
    expect(new Set(ids).size).toBe(ids.length);
  });
});

/** The files of a folder, by name. */
async function textsIn(folder: string): Promise<Record<string, string>> {
  const names = await readdir(join(root, folder));
  const texts = names.map(async (name) => [name, await read(join(folder, name))] as const);
  return Object.fromEntries(await Promise.all(texts));
}

async function copyOf(paths: readonly string[]): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "cycles-repository-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  for (const path of paths) await cp(join(root, path), join(folder, path), { recursive: true });
  return folder;
}

async function repositoryScript(folder: string, ...args: string[]): Promise<string> {
  const script = "scripts/repository.mjs";
  const { stderr } = await promisify(execFile)(process.execPath, [script, ...args], {
    cwd: folder,
  });
  return stderr;
}
