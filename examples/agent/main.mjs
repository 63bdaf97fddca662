// An agent that summarises a text under a budget that is too small for it.
//   node examples/agent/main.mjs [FILE]
// Exit codes: 0 if the books balance, 1 if they do not or the authority failed, 2 if there is no text
// to read.
import { fileURLToPath } from "node:url";
import { isCyclesError } from "cycles-client";
import { demonstrate } from "./demonstrate.mjs";
import { plain } from "./layout.mjs";
import { SetupError } from "./setup-error.mjs";
import { readText, UnreadableText } from "./text.mjs";

const README = fileURLToPath(new URL("../../README.md", import.meta.url));

process.stdout.on("error", (error) => {
  // If the reader of the output stops early, as `head` does, only the report ends. The work and the
  // audit go on.
  if (!("code" in error) || error.code !== "EPIPE") throw error;
});
process.exitCode = await main(process.argv.slice(2));

/** @param {string[]} files */
async function main([file = README, ...rest]) {
  try {
    if (rest.length > 0) throw new UnreadableText("pass at most one file");
    const balanced = await demonstrate(file, await readText(file));
    return balanced ? 0 : 1;
  } catch (error) {
    const isExpected =
      error instanceof UnreadableText || error instanceof SetupError || isCyclesError(error);
    if (!isExpected) throw error;
    process.stderr.write(`demo: ${plain(error.message)}\n`);
    return error instanceof UnreadableText ? 2 : 1;
  }
}
