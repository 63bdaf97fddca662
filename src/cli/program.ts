import { createRequire } from "node:module";
import { Command, CommanderError } from "commander";
import { isCyclesError } from "../errors.js";
import { addDev } from "./dev/command.js";
import { addJournal } from "./journal/command.js";
import { plain } from "../text.js";
import { Output, type Terminal } from "./terminal.js";
import { UsageError } from "./usage-error.js";

const NAME = "cycles-client";

const EXIT_CODES = `
Exit codes:
  0  it ended well, also when it was stopped by Ctrl-C or SIGTERM
  1  it failed
  2  an option, a file or a port cannot be used: standard error says why`;

/** Runs one command and answers its exit code. What nobody foresaw is thrown. */
export async function program(args: readonly string[], terminal: Terminal): Promise<number> {
  const output = new Output(terminal);
  const complain = (message: string) => {
    terminal.stderr.write(`${NAME}: ${plain(message.replace(/\s+/g, " ").trim())}\n`);
  };
  const commands = new Command(NAME)
    .description("Tools for the Cycles budget protocol.")
    .version(version(), "-V, --version", "print the version")
    .helpOption("-h, --help", "print this help")
    .helpCommand(false)
    .addHelpText("after", EXIT_CODES)
    .configureOutput({
      writeOut: (text) => {
        output.write(text);
      },
      writeErr: (text) => terminal.stderr.write(text),
      outputError: (message) => {
        complain(message.replace(/^error: /, ""));
      },
    })
    .exitOverride();
  addDev(commands, { output, stopRequested: terminal.stopRequested });
  addJournal(commands, { output, env: terminal.env, complain });
  try {
    await commands.parseAsync(args, { from: "user" });
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    if (!(error instanceof UsageError) && !isCyclesError(error)) throw error;
    complain(error.message);
    return 2;
  }
  if (output.failure === undefined) return 0;
  complain(`cannot write to standard output: ${output.failure.message}`);
  return 1;
}

/** From the package itself, by name: the sources and what is built of them lie at different depths. */
function version(): string {
  const manifest: unknown = createRequire(import.meta.url)(`${NAME}/package.json`);
  const isVersioned = typeof manifest === "object" && manifest !== null && "version" in manifest;
  return isVersioned ? String(manifest.version) : "unknown";
}
