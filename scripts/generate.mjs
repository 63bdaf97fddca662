#!/usr/bin/env node
// Turns the contract into code: openapi/cycles.yaml → generated/.
//   npm run generate                                   write generated/
//   npm run generate -- --check                        fail if generated/ is stale
//   npm run generate -- --from other.yaml --out dir    another document of the protocol
import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs, promisify } from "node:util";
import { constantsSource } from "./generate/constants.mjs";
import { operationsSource } from "./generate/operations.mjs";
import { typesSource } from "./generate/types.mjs";
import { validatorsSource } from "./generate/validators.mjs";

const root = resolve(dirname(fileURLToPath(import.meta.url)), "..");

const { values: options } = parseArgs({
  options: {
    from: { type: "string", default: join(root, "openapi/cycles.yaml") },
    out: { type: "string", default: join(root, "generated") },
    check: { type: "boolean", default: false },
  },
});

const contract = await bundle(resolve(options.from));
const files = {
  "openapi.json": `${JSON.stringify(contract, null, 2)}\n`,
  "paths.ts": await typesSource(contract),
  "constants.ts": await constantsSource(contract),
  "operations.ts": await operationsSource(contract),
  "validators.ts": await validatorsSource(contract),
};
const out = resolve(options.out);
if (options.check) await check(files);
else await write(files);

/** Lints and bundles a document. Redocly stays offline and prints no update notice. */
async function bundle(source) {
  const folder = await mkdtemp(join(root, "node_modules/.generate-"));
  try {
    await redocly("lint", source, "--format", "stylish");
    const target = join(folder, "openapi.json");
    await redocly("bundle", source, "--ext", "json", "--output", target);
    return JSON.parse(await readFile(target, "utf8"));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function redocly(...args) {
  const cli = join(root, "node_modules/@redocly/cli/bin/cli.js");
  const env = { ...process.env, REDOCLY_TELEMETRY: "off", REDOCLY_SUPPRESS_UPDATE_NOTICE: "true" };
  try {
    await promisify(execFile)(
      process.execPath,
      [cli, ...args, "--config", join(root, "redocly.yaml")],
      { env },
    );
  } catch (error) {
    process.stderr.write(`${error.stdout ?? ""}${error.stderr ?? error}\n`);
    process.exit(1);
  }
}

async function write(sources) {
  await mkdir(out, { recursive: true });
  for (const [name, text] of Object.entries(sources)) await writeFile(join(out, name), text);
  console.log(
    `${Object.keys(sources).length} files written to ${relative(process.cwd(), out) || "."}`,
  );
}

async function check(sources) {
  const stale = [];
  for (const [name, text] of Object.entries(sources)) {
    const present = await readFile(join(out, name), "utf8").catch(() => undefined);
    if (present !== text) stale.push(name);
  }
  if (stale.length) {
    console.error(
      `generated/ is stale (${stale.join(", ")}): run \`npm run generate\` and commit what it writes`,
    );
    process.exit(1);
  }
  console.log("generated/ is up to date");
}
