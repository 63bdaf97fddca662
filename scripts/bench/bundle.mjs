import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";

const root = fileURLToPath(new URL("../..", import.meta.url));

/**
 * An entry point as a browser gets it: bundled, minified, gzipped. A module's gzipped bytes are its share of the whole.
 * @param {string} [entry] a file of dist, from the top of the repository
 */
export async function bundleOf(entry = "dist/src/index.js") {
  const { outputFiles, metafile } = await build({
    absWorkingDir: root,
    entryPoints: [entry],
    bundle: true,
    minify: true,
    format: "esm",
    platform: "browser",
    conditions: ["browser"],
    write: false,
    metafile: true,
    outfile: "bundle.js",
    logLevel: "error",
  });
  const [{ contents }] = outputFiles;
  const gzipped = gzipSync(contents, { level: 9 }).length;
  const [{ inputs }] = Object.values(metafile.outputs);
  const modules = Object.entries(inputs)
    .map(([path, { bytesInOutput: bytes }]) => ({
      path,
      bytes,
      gzipped: Math.round((gzipped * bytes) / contents.length),
    }))
    .sort((one, other) => other.bytes - one.bytes);
  return { bytes: contents.length, gzipped, modules };
}
