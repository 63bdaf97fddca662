import { join } from "node:path";
import { build } from "esbuild";

/** One file out of an entry of the project, resolved as the platform's own tools do. */
export async function bundle(project, entry, conditions) {
  const outfile = join(project, `bundled-${entry}`);
  await build({
    entryPoints: [join(project, entry)],
    outfile,
    bundle: true,
    format: "esm",
    // The authority's listener asks for it on runtimes that have it, and only when it is called.
    external: ["node:http"],
    conditions,
    platform: "neutral",
    mainFields: ["module", "main"],
    logLevel: "warning",
  });
  return outfile;
}
