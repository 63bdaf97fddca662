import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";

const root = fileURLToPath(new URL("../..", import.meta.url));

/**
 * An entry point as a browser gets it: bundled, minified, gzipped. A module's gzipped bytes are its share of the whole.
 * @param {string} [entry] a file of dist, from the top of the repository
 * @param {"browser" | "node"} [runtime] whose conditions choose among modules; on Node, undici stays outside
 * @returns {Promise<{
 *   bytes: number,
 *   gzipped: number,
 *   modules: { path: string, bytes: number, gzipped: number }[],
 *   imports: { path: string, kind: string }[],
 * }>} what is left outside is in `imports`
 */
export async function bundleOf(entry = "dist/src/index.js", runtime = "browser") {
  const { outputFiles, metafile } = await build({
    absWorkingDir: root,
    entryPoints: [entry],
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
    .map(([path, { bytesInOutput: bytes }]) => ({
      path,
      bytes,
      gzipped: Math.round((gzipped * bytes) / contents.length),
    }))
    .sort((one, other) => other.bytes - one.bytes);
  return { bytes: contents.length, gzipped, modules, imports };
}
