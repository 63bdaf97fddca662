import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "agent-"));
});
afterAll(() => rm(folder, { recursive: true }));

function demo(...args: string[]): Promise<{ code: number; out: string; err: string }> {
  return new Promise((resolve) => {
    const child = execFile(
      process.execPath,
      ["examples/agent/main.mjs", ...args],
      (_, out, err) => {
        resolve({ code: child.exitCode ?? -1, out, err });
      },
    );
  });
}

async function file(name: string, content: string | Uint8Array): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, content);
  return path;
}

describe("the demo", () => {
  it("grants, degrades, refuses and balances, on 80 columns and without colour, the same each time", async () => {
    const [first, second] = await Promise.all([demo(), demo()]);
    expect(first).toMatchObject({ code: 0, err: "" });
    expect(first.out).toMatch(/granted[^]*degraded[^]*refused/);
    expect(first.out).toContain("The books balance, to the microcent.");
    expect(first.out).toContain("USD_MICROCENTS");
    expect(first.out.split("\n").filter((line) => line.length > 80)).toEqual([]);
    expect(first.out).not.toContain("\u001b");
    expect(second.out).toBe(first.out);
  });

  it("takes any text: one part, no headings, headings in fences, other scripts, long lines", async () => {
    const text = `# Ünïcödé 🜚\n\n${"слово ".repeat(3_000)}\n\n\`\`\`\n# not a heading\n\`\`\`\n<|endoftext|>`;
    for (const path of [await file("one.txt", "One line."), await file("other.md", text)]) {
      const { code, out } = await demo(path);
      expect(code).toBe(0);
      expect(out.split("\n").filter((line) => Array.from(line).length > 80)).toEqual([]);
    }
  });

  it.each([
    ["missing", () => Promise.resolve(join(folder, "missing.md"))],
    ["a folder", () => Promise.resolve(folder)],
    ["empty", () => file("empty.md", "  \n")],
    ["binary", () => file("binary", new Uint8Array([0, 159, 146, 150]))],
  ])("ends with one line and exit code 2 for a file that is %s", async (_, path) => {
    const { code, out, err } = await demo(await path());
    expect(code).toBe(2);
    expect(out).toBe("");
    expect(err.trim().split("\n")).toHaveLength(1);
  });
});
