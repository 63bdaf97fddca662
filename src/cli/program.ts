import { createRequire } from "node:module";
import { Command, CommanderError } from "commander";
import { isCyclesError } from "../errors.js";
import { addDev } from "./dev/command.js";
import { addEvidence } from "./evidence/command.js";
import { addJournal } from "./journal/command.js";
import { plain } from "../text.js";
import { Output, type Terminal, UsageError } from "./terminal.js";

const NAME = "cycles-client";

const EXIT_CODES = `
Exit codes:
  0  success, also when stopped with Ctrl-C or SIGTERM
  1  failure
  2  an option, a file or a port cannot be used; see standard error
evidence verify has further exit codes: see its help`;

/** Runs one command and returns its exit code. Throws unexpected errors. */
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
  let exitCode = 0;
  const exitWith = (code: number) => {
    exitCode = code;
  };
  addEvidence(commands, { ...terminal, output, exitWith });
  addJournal(commands, { output, env: terminal.env, complain });
  try {
    await commands.parseAsync(args, { from: "user" });
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    if (!(error instanceof UsageError) && !isCyclesError(error)) throw error;
    complain(error.message);
    return 2;
  }
  if (output.failure === undefined) return exitCode;
  complain(`cannot write to standard output: ${output.failure.message}`);
  return 1;
}

/** Reads package.json by the package's name, because src and dist have different depths. */
function version(): string {
  const manifest: unknown = createRequire(import.meta.url)(`${NAME}/package.json`);
  const isVersioned = typeof manifest === "object" && manifest !== null && "version" in manifest;
  return isVersioned ? String(manifest.version) : "unknown";
}
