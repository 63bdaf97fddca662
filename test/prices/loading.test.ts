import { describe, expect, it } from "vitest";
import { bundleOf } from "../../scripts/bench/bundle.mjs";

const LIBRARY = "node_modules/@pydantic/genai-prices";

async function loadedBy(entry: string, names?: readonly string[]) {
  const { gzipped, modules, imports } = await bundleOf(`dist/src/${entry}`, "browser", names);
  const paths = modules.filter(({ bytes }) => bytes > 0).map(({ path }) => path);
  return { gzipped, imports, paths, library: paths.filter((path) => path.startsWith(LIBRARY)) };
}

describe("the table of prices", () => {
  it("is in a bundle that uses `prices`", async () => {
    const { library, imports } = await loadedBy("prices/index.js", ["prices"]);
    expect(library).toHaveLength(1);
    expect(imports).toEqual([]);
  });

  it("is not in a bundle that uses only `rate`, which is small", async () => {
    const { gzipped, library, paths } = await loadedBy("prices/index.js", ["rate"]);
    expect(library).toEqual([]);
    expect(paths).toContain("dist/src/prices/rate.js");
    expect(gzipped).toBeLessThan(2_900);
    expect(gzipped).toBeGreaterThan(1_500);
  });

  it.each(["index.js", "llm/index.js"])("is not loaded by %s", async (entry) => {
    const { paths } = await loadedBy(entry);
    expect(paths.filter((path) => /genai-prices|src\/prices\//.test(path))).toEqual([]);
  });
});
