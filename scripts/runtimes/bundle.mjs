import { join } from "node:path";
import { build } from "esbuild";

/** Bundles an entry of the project into one file, with the import conditions of the platform. */
export async function bundle(project, entry, conditions) {
  const outfile = join(project, `bundled-${entry}`);
  await build({
    entryPoints: [join(project, entry)],
    outfile,
    bundle: true,
    format: "esm",
    // The authority's `listen` imports it when it is called, on runtimes that have it.
    external: ["node:http"],
    conditions,
    platform: "neutral",
    mainFields: ["module", "main"],
    logLevel: "warning",
  });
  return outfile;
}
