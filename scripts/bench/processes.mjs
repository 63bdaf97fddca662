import { execFile, fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

/**
 * Starts the benchmark's server in another process, which ends with this one.
 * @param {readonly string[]} [options]
 */
export async function startServer(options = []) {
  const child = fork(fileURLToPath(new URL("server.mjs", import.meta.url)), options);
  const [port] = await once(child, "message");
  const scheme = options.includes("--tls") ? "https" : "http";
  return { url: `${scheme}://127.0.0.1:${port}`, stop: () => child.disconnect() };
}

/**
 * Runs a script in a new process and returns what it prints, parsed as JSON.
 * @param {string} script a file in this folder
 * @param {readonly string[]} args
 * @param {readonly string[]} [flags] for Node
 */
export async function measureApart(script, args, flags = []) {
  const path = fileURLToPath(new URL(script, import.meta.url));
  const { stdout } = await promisify(execFile)(process.execPath, [...flags, path, ...args]);
  return JSON.parse(stdout);
}
