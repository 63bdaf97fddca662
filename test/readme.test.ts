import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { usd } from "cycles-client";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { bareEnv, cli } from "./support/cli.js";

const root = fileURLToPath(new URL("..", import.meta.url));
let project = "";

beforeAll(async () => {
  await mkdir(join(root, ".cache"), { recursive: true });
  project = await mkdtemp(join(root, ".cache/readme-"));
  await mkdir(join(project, "node_modules"));
  await symlink(root, join(project, "node_modules/cycles-client"), "dir");
});
afterAll(() => rm(project, { recursive: true }));

describe("the first program of the README", () => {
  it("runs as it stands, with the variables that cycles-client dev prints", async () => {
    const readme = await readFile(join(root, "README.md"), "utf8");
    const program = /^```js\n(.*?)^```$/ms.exec(readme)?.[1] ?? "";
    await writeFile(join(project, "first.mjs"), program);

    const dev = cli(["dev", "--port", "0", "--json"]);
    const { env } = JSON.parse(await dev.line(/"ready"/));
    const ran = await promisify(execFile)(process.execPath, ["first.mjs"], {
      cwd: project,
      env: { ...bareEnv(), ...env },
    });
    expect(ran).toEqual({ stdout: "what the model said\n", stderr: "" });

    dev.kill("SIGTERM");
    const { stdout } = await dev.ended;
    expect(stdout.map((line) => JSON.parse(line) as unknown)).toMatchObject([
      { type: "ready" },
      { operation: "createReservation", response: { reserved: usd("0.02") } },
      { operation: "commitReservation", response: { charged: usd("0.0132") } },
      { type: "closed", balances: [{ spent: usd("0.0132"), reserved: usd("0") }] },
    ]);
  });
});
