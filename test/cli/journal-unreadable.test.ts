import type * as nodeFs from "node:fs";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, expect, it, onTestFinished, vi } from "vitest";
import { journalCommand as run } from "../support/journal-command.js";

/** The error codes of unreadable paths, by the ends of the paths. */
const kept = vi.hoisted(() => new Map<string, string>());

vi.mock("node:fs", async (importOriginal) => {
  const fs: typeof nodeFs = await importOriginal();
  const names = ["openSync", "readdirSync", "linkSync", "renameSync"] as const;
  const guarded = names.map((name) => {
    const real = fs[name] as (...args: unknown[]) => unknown;
    const call = (...args: unknown[]): unknown => {
      const [ending, code] = [...kept].find(([end]) => String(args[0]).endsWith(end)) ?? [];
      if (ending === undefined) return real(...args);
      throw Object.assign(new Error(`${String(code)}: ${name}`), { code });
    };
    return [name, call] as const;
  });
  return { ...fs, ...Object.fromEntries(guarded) };
});

beforeEach(() => {
  kept.clear();
});

const record = (id: string) =>
  `{"version":1,"reservation_id":"${id}","base_url":"http://x"` +
  `,"commit_body":{"idempotency_key":"k","actual":{"unit":"TOKENS","amount":7}},"recorded_at_ms":1}`;

function place() {
  const dir = mkdtempSync(join(tmpdir(), "cycles-journal-"));
  onTestFinished(() => {
    kept.clear();
    rmSync(dir, { recursive: true });
  });
  mkdirSync(join(dir, "closed"));
  writeFileSync(join(dir, "a.json"), record("res-a"));
  writeFileSync(join(dir, "b.json"), record("res-b"));
  writeFileSync(join(dir, "gone.json"), record("res-gone"));
  kept.set("closed", "EACCES").set("b.json", "EIO").set("gone.json", "ENOENT");
  return dir;
}

it("journal list shows what it can read, and names the other files", async () => {
  const dir = place();
  const { code, said, complained } = await run("list", "--dir", dir);
  expect(code).toBe(0);
  const rows = said.trimEnd().split("\n").slice(1).sort().reverse();
  expect(rows).toHaveLength(2);
  expect(rows[0]).toMatch(/^res-a .*7 TOKENS.* pending +next client$/);
  expect(rows[1]).toMatch(/b\.json .* pending +inspect the file$/);
  expect(complained).toContain(`${join(dir, "b.json")} (EIO)`);
  expect(complained).toContain(`${join(dir, "closed")} (EACCES)`);
  expect(complained).not.toContain("gone");
});

it("journal list names only some of many unreadable files", async () => {
  const dir = place();
  for (let count = 0; count < 9; count += 1) {
    writeFileSync(join(dir, `c${count}.json`), "{}");
    kept.set(`c${count}.json`, "EIO");
  }
  expect((await run("list", "--dir", dir)).complained).toMatch(/, 6 more\n$/);
});

it("journal list does not report an unreadable folder as empty", async () => {
  const { code, said, complained } = await run("list", "--dir", join(place(), "closed"));
  expect([code, said]).toEqual([2, ""]);
  expect(complained).toMatch(/^cycles-client: cannot read .*closed \(EACCES\)\n$/);
});

it("journal show finds a record beside unreadable files, and names those", async () => {
  const dir = place();
  const found = await run("show", "res-a", "--json", "--dir", dir);
  expect(JSON.parse(found.said)).toMatchObject({ reservation_id: "res-a" });
  expect([found.code, found.complained]).toEqual([0, expect.stringContaining("(EIO)")]);
  const missing = await run("show", "res-b", "--dir", dir);
  expect(missing.complained).toMatch(/^cycles-client: No record of reservation res-b in .*\(EIO\)/);
});

it("journal replay settles what it can, and names a refused record that it cannot move", async () => {
  const dir = place();
  vi.stubEnv("CYCLES_BASE_URL", "http://127.0.0.1:9");
  vi.stubEnv("CYCLES_LOG", "off");
  onTestFinished(() => void vi.unstubAllEnvs());
  kept.clear();
  writeFileSync(join(dir, "d.rejected"), record("res-d"));
  kept.set("d.rejected", "EPERM");
  // The file can be read, but not moved.
  const { code, said, complained } = await run("replay", "--rejected", "--json", "--dir", dir);
  expect(JSON.parse(said)).toMatchObject({ found: 0, put_back: 0 });
  expect([code, complained]).toEqual([2, expect.stringContaining("d.rejected (EPERM)")]);
});
