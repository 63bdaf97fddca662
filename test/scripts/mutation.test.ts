import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, it, vi } from "vitest";

const root = fileURLToPath(new URL("../../", import.meta.url));
let paths: { readonly mutated: string[]; readonly tests: string[]; readonly excluded: string[] };

beforeAll(async () => {
  vi.stubEnv("MUTATION_TESTS", undefined);
  // Stryker's configuration sets the tests to run in an environment variable, which Vitest's configuration reads.
  const stryker = await import("../../stryker.config.mjs");
  const vitest = await import("../../vitest.mutation.config.js");
  const { include = [], exclude = [] } = vitest.default["test"] ?? {};
  const mutated = [...stryker.default.mutate, stryker.default.vitest.configFile];
  paths = { mutated, tests: include, excluded: exclude };
});

describe("the configuration of mutation tests", () => {
  it.each(["mutated", "tests", "excluded"] as const)("names only paths that exist: %s", (kind) => {
    expect(paths[kind].length).toBeGreaterThan(3);
    const missing = paths[kind].flatMap(alternatives).filter((path) => !existsSync(root + path));
    expect(missing).toEqual([]);
  });
});

/** Returns the paths that a pattern names: `a/b/` and `a/c/` for `a/{b,c}/**`. */
function alternatives(pattern: string): string[] {
  const [, before = "", list = "", after = ""] = /^(.*)\{(.*)\}(.*)$/.exec(pattern) ?? [];
  const spelt = before === "" ? [pattern] : list.split(",").map((part) => before + part + after);
  return spelt.map((path) => path.replace(/\*.*$/, ""));
}
