import { spawn } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { microcents, usd } from "cycles-client";
import { EmbeddedCycles } from "cycles-client/embedded";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { bareEnv } from "../support/cli.js";

const main = fileURLToPath(new URL("../../examples/agent/main.mjs", import.meta.url));

/** With the other generated files, so that tests write nothing outside the repository. */
const cache = fileURLToPath(new URL("../../.cache", import.meta.url));
let folder = "";
beforeAll(async () => {
  await mkdir(cache, { recursive: true });
  folder = await mkdtemp(join(cache, "agent-"));
});
afterAll(() => rm(folder, { recursive: true }));

describe("the demo", () => {
  it("summarises the README until its budget runs out, and balances the books", async () => {
    const { code, stdout, stderr } = await demo([]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toContain("README.md");
    expect(decisions(stdout)).toEqual(new Set(["granted", "degraded", "refused"]));
    expect(stdout).toContain("The books balance.");
  });

  it("does the same with another text of several parts", async () => {
    const text = ["Ducks", "Geese", "Swans", "Herons"]
      .map((bird, size) => `## ${bird}\n\n${`${bird} swim in the pond. `.repeat(9 * (4 - size))}\n`)
      .join("\n");
    const { code, stdout } = await demo([await file("birds.md", text)]);
    expect(code).toBe(0);
    expect(decisions(stdout)).toEqual(new Set(["granted", "degraded", "refused"]));
    expect(stdout).toContain("The books balance.");
  });

  it("commits less than it estimates, and adds up to what the ledger has spent", async () => {
    const { stdout } = await demo([]);
    const actuals = stdout
      .split("\n")
      .filter((line) => /(granted|degraded) {2,}\$/.test(line))
      .map((line) => {
        const [estimate = "", actual = ""] = line.match(/(?<=\$)[\d.]+/g) ?? [];
        expect(usd(actual).amount).toBeLessThanOrEqual(usd(estimate).amount);
        return usd(actual).amount;
      });
    const [, spent = ""] = /\[ok] spent = sum of \d+ actuals\n +\$([\d.]+) =/.exec(stdout) ?? [];
    expect(microcents(actuals.reduce((sum, actual) => sum + actual, 0))).toEqual(usd(spent));
  });

  it("degrades if the text is a single part", async () => {
    const { code, stdout } = await demo([await file("one.txt", "A pond. It has ducks in it.")]);
    expect(code).toBe(0);
    expect(decisions(stdout)).toEqual(new Set(["degraded"]));
  });

  it("shows the hint for a reservation in the wrong unit", async () => {
    const { stdout } = await demo([]);
    expect(stdout).toContain("UnitMismatchError (UNIT_MISMATCH)");
    expect(stdout).toContain("hint: asked for TOKENS, at tenant:demo, kept in USD_MICROCENTS");
  });

  it("fits 80 columns, and prints no escape codes into a pipe", async () => {
    const wild = `# \u001b[31m${"很长的标题".repeat(30)}\n\n${"x".repeat(20_000)}\n\n# <|endoftext|>\n\n🦆 <|endoftext|>\n`;
    for (const files of [[], [await file("wild.md", wild)]]) {
      const { code, stdout } = await demo(files);
      expect(code).toBe(0);
      expect(stdout).not.toContain("\u001b");
      for (const line of stdout.split("\n")) expect(columns(line)).toBeLessThanOrEqual(80);
    }
  });

  it("prints the same output twice, except for ids", async () => {
    const [first, second] = await Promise.all([demo([]), demo([])]);
    expect(withoutIds(first.stdout)).toBe(withoutIds(second.stdout));
  });

  it("ignores headings in fenced code, and makes a part of each underlined heading", async () => {
    const text = "# One\n\n~~~sh\n# not a part\n```\n# nor this\n~~~\n\nTwo\n---\n\nIt ends.\n";
    const { stdout } = await demo([await file("fences.md", text)]);
    expect(stdout).toContain("2 parts");
    expect(stdout).toMatch(/░ {2}One /);
    expect(stdout).toMatch(/[█░] {2}Two /);
  });

  it("splits a part that is too long for one call", async () => {
    const text = `# Long\n\n${"A paragraph about ponds and ducks.\n\n".repeat(400)}`;
    const { code, stdout } = await demo([await file("long.md", text)]);
    expect(code).toBe(0);
    expect(stdout).toContain("(1/3) Long");
  });

  it("runs against the server at CYCLES_BASE_URL", async () => {
    await using authority = new EmbeddedCycles({ budgets: { "tenant:acme": usd("0.005") } });
    await using server = await authority.listen(0);
    const { apiKey } = server.clientOptions("acme");
    const { code, stdout } = await demo([], {
      CYCLES_BASE_URL: server.url,
      CYCLES_API_KEY: apiKey,
      CYCLES_TENANT: "acme",
    });
    expect(code).toBe(0);
    expect(stdout).toContain("The books balance.");
    expect(authority.balances("tenant:acme")[0]?.spent.amount).toBeGreaterThan(0);
  });

  it("continues quietly if its output is closed, and still balances the books", async () => {
    const child = spawn(process.execPath, [main], { env: bareEnv() });
    child.stdout.once("data", () => child.stdout.destroy());
    let stderr = "";
    child.stderr.setEncoding("utf8").on("data", (chunk: string) => (stderr += chunk));
    const code = await new Promise((resolve) => child.on("close", resolve));
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  });

  it("reports an unreachable server in one line", async () => {
    const { code, stderr } = await demo([], {
      CYCLES_BASE_URL: "http://127.0.0.1:1",
      CYCLES_API_KEY: "key",
      CYCLES_TENANT: "acme",
    });
    expect(code).toBe(1);
    expect(stderr.trim().split("\n")).toHaveLength(1);
  });
});

describe("without a usable text, the demo says why in one line and exits with 2", () => {
  it.each([
    ["a missing file", () => join(folder, "missing.md"), "there is no such file"],
    ["an empty file", () => file("empty.md", ""), "is empty"],
    ["a file of white space", () => file("blank.md", " \n\t\n"), "is empty"],
    ["a file with zero bytes", () => file("zero.bin", Uint8Array.of(65, 0, 66)), "binary"],
    ["a file that is not UTF-8", () => file("latin1.txt", Uint8Array.of(65, 0xe9, 66)), "UTF-8"],
    ["a folder", () => aFolder("folder"), "is a folder"],
  ])("%s", async (_what, path, message) => {
    const { code, stdout, stderr } = await demo([await path()]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toContain(message);
    expect(stderr).toMatch(/^[^\n]+\n$/);
  });

  it("two files", async () => {
    const { code, stderr } = await demo(["one.md", "two.md"]);
    expect(code).toBe(2);
    expect(stderr).toMatch(/^[^\n]+\n$/);
  });
});

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the demo as its users do: in its own process, with the build in dist. */
async function demo(args: readonly string[], variables: NodeJS.ProcessEnv = {}): Promise<Ended> {
  const child = spawn(process.execPath, [main, ...args], { env: { ...bareEnv(), ...variables } });
  let stdout = "";
  let stderr = "";
  child.stdout.setEncoding("utf8").on("data", (chunk: string) => (stdout += chunk));
  child.stderr.setEncoding("utf8").on("data", (chunk: string) => (stderr += chunk));
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on("error", reject).on("close", resolve);
  });
  return { code, stdout, stderr };
}

async function file(name: string, content: string | Uint8Array): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, content);
  return path;
}

async function aFolder(name: string): Promise<string> {
  const path = join(folder, name);
  await mkdir(path, { recursive: true });
  return path;
}

function decisions(stdout: string): Set<string> {
  const lines = stdout.matchAll(/^[█░]{10} .* (granted|degraded|refused) /gm);
  return new Set([...lines].map(([, decision = ""]) => decision));
}

/** Counts columns as a terminal does: Chinese characters and emoji take two. */
function columns(line: string): number {
  return line.length + (line.match(/\p{Script=Han}/gu)?.length ?? 0);
}

/** Ids differ in each run, but they all have the same length, so lines break at the same places. */
function withoutIds(stdout: string): string {
  return stdout.replace(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, "id");
}
