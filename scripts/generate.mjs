#!/usr/bin/env node
// Turns the contract into code: openapi/cycles.yaml → generated/.
//   npm run generate                                   write generated/
//   npm run generate -- --check                        fail if generated/ is stale
//   npm run generate -- --from other.yaml --out dir    another document of the protocol
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { filesWithinBounds } from "./generate/bounded.mjs";

const root = resolve(dirname(fileURLToPath(import.meta.url)), "..");

try {
  const options = optionsFrom(process.argv.slice(2));
  const { files, warnings } = await filesWithinBounds(options.from);
  for (const warning of warnings) console.error(plain(warning));
  if (options.check) await check(files, options.out);
  else await write(files, options.out);
} catch (error) {
  console.error(plain(error.message));
  process.exitCode = 1;
}

function optionsFrom(args) {
  const { values } = parseArgs({
    args,
    options: {
      from: { type: "string", default: join(root, "openapi/cycles.yaml") },
      out: { type: "string", default: join(root, "generated") },
      check: { type: "boolean", default: false },
    },
  });
  if (/^[a-z][a-z\d+.-]+:/i.test(values.from))
    throw new Error(
      `--from ${values.from}: the generator works offline, so download the file first`,
    );
  return { ...values, from: resolve(values.from), out: resolve(values.out) };
}

async function write(sources, out) {
  await mkdir(out, { recursive: true });
  for (const [name, text] of Object.entries(sources)) await writeFile(join(out, name), text);
  console.log(
    `${Object.keys(sources).length} files written to ${relative(process.cwd(), out) || "."}`,
  );
}

async function check(sources, out) {
  const stale = [];
  for (const [name, text] of Object.entries(sources)) {
    const present = await readFile(join(out, name), "utf8").catch(() => undefined);
    if (present !== text) stale.push(name);
  }
  if (stale.length)
    throw new Error(
      `generated/ is stale (${stale.join(", ")}): run \`npm run generate\` and commit what it writes`,
    );
  console.log("generated/ is up to date");
}

/** A message without control characters: text of a contract must not move the cursor of a terminal. */
function plain(message) {
  return message.replace(
    /[^\P{C}\n]/gu,
    (character) => `\\u${character.codePointAt(0).toString(16).padStart(4, "0")}`,
  );
}
