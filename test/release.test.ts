import { exec, execFile } from "node:child_process";
import { cp, mkdtemp, readFile, rm, stat, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";

const root = fileURLToPath(new URL("..", import.meta.url));
const notCloned = ["node_modules", "dist", "coverage", ".cache", ".git"].map((name) =>
  join(root, name),
);

let clone: string;

/** A fresh clone with its dependencies installed, in which nothing was built. */
beforeAll(async () => {
  clone = await mkdtemp(join(tmpdir(), "cycles-release-"));
  await cp(root, clone, { recursive: true, filter: (path) => !notCloned.includes(path) });
  await symlink(join(root, "node_modules"), join(clone, "node_modules"), "junction");
});

afterAll(() => rm(clone, { recursive: true, force: true }));

const shell = (command: string, cwd = clone) => promisify(exec)(command, { cwd });
const inClone = (path: string) => readFile(join(clone, path), "utf8");

describe("a package that is packed from a fresh clone", () => {
  let stdout: string;
  let unpacked: string;

  beforeAll(async () => {
    ({ stdout } = await shell("node scripts/release.mjs"));
    const tarball = /^Packed (\S+\.tgz):/.exec(stdout)?.[1] ?? "";
    await shell(`tar -xzf ${tarball} -C .cache`);
    unpacked = join(clone, ".cache/package");
  }, 120_000);

  it("has each entry point that it declares, with types, and each can be imported", async () => {
    const { exports } = JSON.parse(await readFile(join(unpacked, "package.json"), "utf8"));
    const names = Object.keys(exports).filter((name) => name !== "./package.json");
    expect(names).toContain("./embedded");
    for (const name of names) {
      expect(await readFile(join(unpacked, exports[name].types), "utf8")).toContain("export");
    }
    // A package resolves its own name through its exports.
    const program = names
      .map(
        (name) => `console.log(Object.keys(await import("cycles-client${name.slice(1)}")).length);`,
      )
      .join("\n");
    await writeFile(join(unpacked, "program.mjs"), program);
    const ran = await promisify(execFile)(process.execPath, ["program.mjs"], { cwd: unpacked });
    const counts = ran.stdout.trim().split("\n").map(Number);
    expect(counts).toHaveLength(names.length);
    for (const count of counts) expect(count).toBeGreaterThan(0);
  });

  it("has the command that it declares", async () => {
    const { bin, version } = JSON.parse(await readFile(join(unpacked, "package.json"), "utf8"));
    const args = [bin["cycles-client"], "--version"];
    const ran = await promisify(execFile)(process.execPath, args, { cwd: unpacked });
    expect(ran.stdout.trim()).toBe(version);
  });

  it("is not published: the command is printed, with what must be done before", async () => {
    const { version } = JSON.parse(await inClone("package.json"));
    expect(stdout).toContain("Nothing was published.");
    expect(stdout).toContain(
      `npm publish ./.cache/release/cycles-client-${version}.tgz --provenance --access public`,
    );
    expect(stdout).toContain(`git tag v${version}`);
  });

  it("cannot be published before that", async () => {
    await expect(shell("node scripts/release.mjs --publish")).rejects.toThrow(
      /Nothing was published:\n- [^]*- Tag the merged commit/,
    );
  });

  it("is not built a second time when nothing has changed", async () => {
    const built = join(clone, "dist/src/index.js");
    const before = await stat(built);
    await shell("npm pack --dry-run --silent");
    expect((await stat(built)).mtimeMs).toBe(before.mtimeMs);
  });
});

describe("`npm version`", () => {
  const links = [
    "[Unreleased]: https://github.com/acme/b/compare/v0.1.0...HEAD",
    "[0.1.0]: https://github.com/acme/b/releases/tag/v0.1.0",
  ];
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "cycles-version-"));
    for (const path of ["scripts/release", ".npmrc"]) {
      await cp(join(root, path), join(folder, path), { recursive: true });
    }
    const { scripts } = JSON.parse(await readFile(join(root, "package.json"), "utf8"));
    const repository = { type: "git", url: "git+https://github.com/acme/b.git" };
    const manifest = { name: "b", version: "0.1.0", repository, scripts };
    await writeFile(join(folder, "package.json"), JSON.stringify(manifest));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  /** Writes a changelog with these entries under Unreleased, and returns it after `npm version`. */
  async function changelogAfter(kind: string, ...entries: string[]): Promise<string> {
    const file = join(folder, "CHANGELOG.md");
    const lines = ["# Changelog", "## [Unreleased]", ...entries, "## [0.1.0]", "The first."];
    await writeFile(file, `${lines.join("\n\n")}\n\n${links.join("\n")}\n`);
    await shell(`npm version ${kind}`, folder);
    return readFile(file, "utf8");
  }

  it("moves the unreleased changes to the new version, and links it", async () => {
    const changelog = await changelogAfter("minor", "### Added", "- A thing.");
    expect(changelog.replace(/\d{4}-\d\d-\d\d/, "DATE")).toBe(
      [
        "# Changelog",
        "## [Unreleased]",
        "## [0.2.0] - DATE",
        "### Added",
        "- A thing.",
        "## [0.1.0]",
        "The first.",
        "[Unreleased]: https://github.com/acme/b/compare/v0.2.0...HEAD\n" +
          "[0.2.0]: https://github.com/acme/b/compare/v0.1.0...v0.2.0\n" +
          `${links[1] ?? ""}\n`,
      ].join("\n\n"),
    );
  });

  it("makes a patch of fixes", async () => {
    const changelog = await changelogAfter("patch", "### Fixed", "- A bug.");
    expect(changelog).toContain("## [0.1.1] - ");
  });

  it("refuses a patch that contains more than fixes", async () => {
    const entries = ["### Fixed", "- A bug.", "### Changed", "- A default."];
    await expect(changelogAfter("patch", ...entries)).rejects.toThrow(
      /0\.1\.1 must be a minor or a major version/,
    );
  });

  it("refuses a version without changes", async () => {
    await expect(changelogAfter("minor")).rejects.toThrow(/lists no changes under Unreleased/);
  });
});
