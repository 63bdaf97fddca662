import { access } from "node:fs/promises";
import { join } from "node:path";
import { cache, npmInstall } from "./project.mjs";

// For each runtime, the npm package with its binary for this machine. The runtime's main package installs the same one.
const { arch } = process;
const system = `${process.platform}-${arch}`;
const machine = `linux-${arch === "arm64" ? "arm64" : "64"}`;

export const node = (major) => binary(`node-${system}`, `${major}`, "bin/node");
export const bun = () => binary(`@oven/bun-${system.replace("arm64", "aarch64")}`, "1", "bin/bun");
export const deno = () => binary(`@deno/${system}-glibc`, "2", "deno");
export const workerd = () => binary(`@cloudflare/workerd-${machine}`, "1", "bin/workerd");

/** Returns the path of a binary from the npm registry. Downloads it once. */
async function binary(name, version, path) {
  const folder = join(cache, `${name.replaceAll("/", "-")}@${version}`);
  const file = join(folder, "node_modules", name, path);
  const isInstalled = await access(file).then(
    () => true,
    () => false,
  );
  if (!isInstalled) await npmInstall(folder, `${name}@${version}`);
  return file;
}
