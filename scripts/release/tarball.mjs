import { exec } from "node:child_process";
import { mkdir, rm } from "node:fs/promises";
import { promisify } from "node:util";

const folder = ".cache/release";

/** Where `npm pack` puts this version. */
export function tarballOf({ name, version }) {
  return `./${folder}/${name}-${version}.tgz`;
}

/** Packs the package into an empty folder. */
export async function pack(manifest) {
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  // Through a shell, because npm is a script on Windows.
  const command = `npm pack --json --silent --pack-destination ${folder}`;
  const { stdout } = await promisify(exec)(command);
  const [{ files, size, integrity }] = JSON.parse(stdout);
  const packed = new Set(files.map(({ path }) => path));
  const missing = declaredFiles(manifest).filter((path) => !packed.has(path));
  return { files: packed.size, size, integrity, missing };
}

/** The files that package.json promises: entry points, their types, runtime conditions and commands. */
function declaredFiles({ exports, imports, bin }) {
  return [exports, imports, bin].flatMap(leaves).map((path) => path.replace(/^\.\//, ""));
}

function leaves(value) {
  return typeof value === "string" ? [value] : Object.values(value).flatMap(leaves);
}
