import { spawn } from "node:child_process";
import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { bundle } from "./bundle.mjs";
import { exec } from "./project.mjs";

const COMPATIBILITY_DATE = "2026-01-01";

/** As a worker behind a socket; it may reach this machine, where the authority is. */
export async function runWorkerd({ project, place }, binary) {
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
);
`,
  );
  const server = spawn(binary, ["serve", "config.capnp", "--control-fd=3"], {
    cwd: project,
    stdio: ["ignore", "ignore", "inherit", "pipe"],
  });
  try {
    const port = await listening(server);
    const answer = await fetch(`http://127.0.0.1:${port}/`, {
      method: "POST",
      body: JSON.stringify(place),
    });
    const { stdout: version } = await exec(binary, ["--version"]);
    return { version: version.trim(), results: await answer.json() };
  } finally {
    server.kill();
    await once(server, "exit");
  }
}

/** The port, which workerd tells on its control pipe. */
async function listening(server) {
  const [, , , control] = server.stdio;
  let said = "";
  for await (const chunk of control) {
    said += chunk;
    const port = /"port":(\d+)/.exec(said)?.[1];
    if (port !== undefined) return port;
  }
  throw new Error(`workerd ended: ${said}`);
}
