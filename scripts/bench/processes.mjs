import { execFile, fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

/**
 * A canned server in a process of its own, which ends with this one.
 * @param {readonly string[]} [options]
 */
export async function startServer(options = []) {
  const child = fork(fileURLToPath(new URL("server.mjs", import.meta.url)), options);
  const [port] = await once(child, "message");
  const scheme = options.includes("--tls") ? "https" : "http";
  return { url: `${scheme}://127.0.0.1:${port}`, stop: () => child.disconnect() };
}

/**
 * What a fresh process prints as JSON.
 * @param {string} script beside this file
 * @param {readonly string[]} args
 */
export async function measureApart(script, args) {
  const path = fileURLToPath(new URL(script, import.meta.url));
  const { stdout } = await promisify(execFile)(process.execPath, [path, ...args]);
  return JSON.parse(stdout);
}
