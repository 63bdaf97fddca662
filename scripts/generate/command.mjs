// The command line of the generator.
import { dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { filesWithinBounds } from "./bounded.mjs";
import { staleFiles, writeFiles } from "./output.mjs";

const root = join(dirname(fileURLToPath(import.meta.url)), "../..");

/**
 * @param {string[]} args
 * @param {object} [parts]
 * @param {(source: string) => Promise<{ files: Record<string, string>, warnings: string[] }>} [parts.generate]
 * @param {{ log(line: string): void, error(line: string): void }} [parts.output]
 * @returns {Promise<number>} the exit code
 */
export async function command(args, { generate = filesWithinBounds, output = console } = {}) {
  try {
    const options = optionsFrom(args);
    const { files, warnings } = await generate(options.from);
    for (const warning of warnings) output.error(plain(warning));
    output.log(options.check ? await check(files, options.out) : write(files, options.out));
    return 0;
  } catch (error) {
    output.error(plain(error.message));
    return 1;
  }
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

function write(files, out) {
  writeFiles(files, out);
  return `${Object.keys(files).length} files written to ${relative(process.cwd(), out) || "."}`;
}

async function check(files, out) {
  const stale = await staleFiles(files, out);
  if (stale.length)
    throw new Error(
      `generated/ is stale (${stale.join(", ")}): run \`npm run generate\` and commit what it writes`,
    );
  return "generated/ is up to date";
}

/** Escapes control characters, because text of a contract must not move the cursor of a terminal. */
function plain(message) {
  return message.replace(
    /[^\P{C}\n]/gu,
    (character) => `\\u${character.codePointAt(0).toString(16).padStart(4, "0")}`,
  );
}
