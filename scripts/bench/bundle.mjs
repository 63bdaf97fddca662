import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";

const root = fileURLToPath(new URL("../..", import.meta.url));

/**
 * Measures an entry point as a browser loads it: bundled, minified and gzipped. `gzipped` of a module is its share of
 * the gzipped bundle.
 * @param {string} [entry] a path from the root of the repository to a file in dist
 * @param {"browser" | "node"} [runtime] whose import conditions apply; a bundle for Node is without undici
 * @param {readonly string[]} [names] the exports that the bundle needs; a bundler leaves out what only others need
 * @returns {Promise<{
 *   bytes: number,
 *   gzipped: number,
 *   modules: { path: string, bytes: number, gzipped: number }[],
 *   imports: { path: string, kind: string }[],
 * }>} `imports` lists what the bundle does not contain
 */
export async function bundleOf(entry = "dist/src/index.js", runtime = "browser", names = []) {
  const imported = names.length === 0 ? "*" : `{ ${names.join(", ")} }`;
  const { outputFiles, metafile } = await build({
    absWorkingDir: root,
    stdin: { contents: `export ${imported} from "./${entry}";`, resolveDir: root },
    bundle: true,
    minify: true,
    format: "esm",
    platform: runtime,
    conditions: [runtime],
    external: runtime === "node" ? ["undici"] : [],
    write: false,
    metafile: true,
    outfile: "bundle.js",
    logLevel: "error",
  });
  const [{ contents }] = outputFiles;
  const gzipped = gzipSync(contents, { level: 9 }).length;
  const [{ inputs, imports }] = Object.values(metafile.outputs);
  const modules = Object.entries(inputs)
    .filter(([path]) => path !== "<stdin>")
    .map(([path, { bytesInOutput: bytes }]) => ({
      path,
      bytes,
      gzipped: Math.round((gzipped * bytes) / contents.length),
    }))
    .sort((one, other) => other.bytes - one.bytes);
  return { bytes: contents.length, gzipped, modules, imports };
}
