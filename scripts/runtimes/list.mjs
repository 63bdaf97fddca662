import { join } from "node:path";
import { bun, deno, node, workerd } from "./binaries.mjs";
import { runChromium } from "./chromium.mjs";
import { exec } from "./project.mjs";
import { runWorkerd } from "./workerd.mjs";

/** For each runtime, a function that runs the cases on it. */
export const runtimes = {
  node: async (task) => runProgram(task, process.execPath, ["print.mjs"]),
  "node-20": async (task) => runProgram(task, await node(20), ["print.mjs"]),
  "node-22": async (task) => runProgram(task, await node(22), ["print.mjs"]),
  "node-24": async (task) => runProgram(task, await node(24), ["print.mjs"]),
  "node-26": async (task) => runProgram(task, await node(26), ["print.mjs"]),
  bun: async (task) => runProgram(task, await bun(), ["run", "print.mjs"]),
  deno: async (task) => runProgram(task, await deno(), ["run", "--allow-all", "print.mjs"]),
  workerd: async (task) => runWorkerd(task, await workerd()),
  "workerd-nodejs": async (task) => runWorkerd(task, await workerd(), ["nodejs_compat"]),
  chromium: runChromium,
};

/** Runs the cases on a runtime with processes, in a program that prints its results. */
async function runProgram({ project, fixture }, binary, args) {
  const withFiles = { ...fixture, journalDir: join(project, "journal") };
  const env = { ...process.env, CONFORMANCE_FIXTURE: JSON.stringify(withFiles) };
  const { stdout } = await exec(binary, args, { cwd: project, env, timeout: 120_000 });
  const { stdout: version } = await exec(binary, ["--version"]);
  return { version: version.split("\n")[0].trim(), results: JSON.parse(stdout) };
}
