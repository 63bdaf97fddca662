import { spawn } from "node:child_process";
import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { bundle } from "./bundle.mjs";
import { exec } from "./project.mjs";

const COMPATIBILITY_DATE = "2026-01-01";

/** Runs the cases in a worker behind a socket. The worker may connect to this machine, where the authority listens. */
export async function runWorkerd({ project, fixture }, binary, flags = []) {
  await bundle(project, "worker.mjs", ["workerd", "worker"]);
  await writeFile(
    join(project, "config.capnp"),
    `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [
    (name = "main", worker = .cases),
    (name = "internet", network = (allow = ["public", "private", "local"])),
  ],
  sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "main")],
);
const cases :Workerd.Worker = (
  modules = [(name = "worker", esModule = embed "bundled-worker.mjs")],
  compatibilityDate = "${COMPATIBILITY_DATE}",
  compatibilityFlags = ${JSON.stringify(flags)},
);
`,
  );
  const server = spawn(binary, ["serve", "config.capnp", "--control-fd=3"], {
    cwd: project,
    stdio: ["ignore", "ignore", "inherit", "pipe"],
  });
  try {
    const port = await listening(server);
    const response = await fetch(`http://127.0.0.1:${port}/`, {
      method: "POST",
      body: JSON.stringify(fixture),
    });
    const { stdout: version } = await exec(binary, ["--version"]);
    return { version: version.trim(), results: await response.json() };
  } finally {
    server.kill();
    await once(server, "exit");
  }
}

/** Reads the port from workerd's control pipe. */
async function listening(server) {
  const [, , , control] = server.stdio;
  let output = "";
  for await (const chunk of control) {
    output += chunk;
    const port = /"port":(\d+)/.exec(output)?.[1];
    if (port !== undefined) return port;
  }
  throw new Error(`workerd exited before it listened: ${output}`);
}
