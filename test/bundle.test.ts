import { describe, expect, it } from "vitest";
import { bundleOf } from "../scripts/bench/bundle.mjs";

/** What an entry point loads: our modules, packages, and the imports that the bundle leaves out. */
async function loadedBy(entry: string, runtime?: "browser" | "node", names?: readonly string[]) {
  const { gzipped, modules, imports } = await bundleOf(`dist/src/${entry}`, runtime, names);
  const paths = modules.filter(({ bytes }) => bytes > 0).map(({ path }) => path);
  const packages = paths.flatMap((path) => /node_modules\/([^/]+)/.exec(path)?.[1] ?? []);
  const outside = imports
    .filter(({ path }) => !path.startsWith("node:"))
    .map(({ path, kind }) => `${path}: ${kind}`);
  return {
    gzipped,
    ours: paths.filter((path) => path.startsWith("dist/")),
    packages: [...new Set(packages)],
    outside,
    imports,
  };
}

describe("the client in a browser", () => {
  it("stays below its size limit, gzipped and with everything that it needs", async () => {
    const { gzipped } = await loadedBy("index.js");
    expect(gzipped).toBeLessThan(51_500);
    // A much smaller bundle would lack a part.
    expect(gzipped).toBeGreaterThan(15_000);
  });

  it("loads no package except openapi-fetch, and no module of Node", async () => {
    const { packages, imports, ours } = await loadedBy("index.js");
    expect(packages).toEqual(["openapi-fetch"]);
    expect(imports).toEqual([]);
    expect(ours).toContain("dist/src/wire/transport/platform.js");
    expect(ours.filter((path) => /pooled|file-journal|embedded|\/cli\//.test(path))).toEqual([]);
  });
});

describe("a bundle of a part of the client in a browser", () => {
  it("has no calls, guards, validators and notices about them if it needs only amounts", async () => {
    const names = ["usd", "microcents", "tokens", "credits", "riskPoints", "perMillion"];
    const all = [...names, "add", "format"];
    const { gzipped, ours, packages } = await loadedBy("index.js", "browser", all);
    expect(packages).toEqual([]);
    expect(ours.sort()).toEqual(
      ["generated/constants", "src/amount", "src/errors", "src/protocol/issues", "src/text"].map(
        (name) => `dist/${name}.js`,
      ),
    );
    expect(gzipped).toBeLessThan(1_500);
    expect(gzipped).toBeGreaterThan(1_000);
  });

  it("has no validators, operations and guards if it needs only the raw client", async () => {
    const { gzipped, ours, packages } = await loadedBy("index.js", "browser", ["createRawClient"]);
    expect(packages).toEqual(["openapi-fetch"]);
    expect(ours).toContain("dist/src/wire/raw.js");
    expect(ours.filter((path) => /operations|validators|guard|settlement/.test(path))).toEqual([]);
    expect(gzipped).toBeLessThan(13_800);
    expect(gzipped).toBeGreaterThan(8_000);
  });
});

describe("on Node", () => {
  it("the client loads openapi-fetch, and undici on demand", async () => {
    const { packages, outside, ours } = await loadedBy("index.js", "node");
    expect(packages).toEqual(["openapi-fetch"]);
    expect(outside).toEqual(["undici: dynamic-import"]);
    expect(ours).toContain("dist/src/wire/transport/pooled.js");
    expect(ours).toContain("dist/src/settlement/journal/file-journal.js");
    expect(ours.filter((path) => /embedded|\/cli\//.test(path))).toEqual([]);
  });

  it("the embedded authority loads only canonicalize, and none of the client's modules for calls and guards", async () => {
    const { packages, outside, ours } = await loadedBy("embedded/index.js", "node");
    expect([...packages, ...outside]).toEqual(["canonicalize"]);
    expect(ours).toContain("dist/src/embedded/authority.js");
    expect(ours.filter((path) => /src\/(wire|guard|settlement|client|cli)\b/.test(path))).toEqual(
      [],
    );
  });
});

describe("a small entry point", () => {
  const CLIENT = /src\/(wire|settlement|guard\/reserve|allowance|client)\b/;
  const WIRE_FORMATS =
    /llm\/(dialects\/(chat|responses|messages|generate|embed)|recognise|metered-fetch)/;

  it.each([
    ["ai", 8_700, [], [CLIENT, WIRE_FORMATS]],
    ["tools", 6_400, [], [CLIENT, /src\/llm/]],
    ["otel", 9_800, ["@opentelemetry"], [CLIENT, /src\/llm/]],
    ["evidence", 11_500, ["canonicalize"], [CLIENT, /src\/llm/]],
  ] as const)(
    "%s loads only what it needs, in less than %i bytes",
    async (name, most, needed, not) => {
      const { gzipped, packages, ours, outside } = await loadedBy(`${name}/index.js`);
      expect(gzipped).toBeLessThan(most);
      expect(gzipped).toBeGreaterThan(most / 2);
      expect(packages).toEqual(needed);
      expect(outside).toEqual([]);
      expect(ours.filter((path) => not.some((pattern) => pattern.test(path)))).toEqual([]);
    },
  );
});
