import { execFile } from "node:child_process";
import { cp, mkdir, mkdtemp, readdir, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { promisify } from "node:util";

export const exec = promisify(execFile);
export const cache = resolve(".cache/runtimes");

/** Makes an empty project, installs the packed package as a user does, and copies the cases into it. */
export async function packProject() {
  await mkdir(cache, { recursive: true });
  const project = await mkdtemp(join(cache, "project-"));
  await exec("npm", ["pack", "--silent", "--pack-destination", project]);
  const tarball = (await readdir(project)).find((name) => name.endsWith(".tgz"));
  await writeFile(join(project, "package.json"), JSON.stringify({ private: true, type: "module" }));
  await npmInstall(project, `./${tarball}`);
  await cp("test/runtimes", project, { recursive: true });
  return project;
}

/** Installs packages into a folder, without their install scripts. */
export async function npmInstall(folder, ...packages) {
  await mkdir(folder, { recursive: true });
  const quiet = ["--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"];
  await exec("npm", ["install", "--prefix", folder, ...quiet, ...packages], { cwd: folder });
}
