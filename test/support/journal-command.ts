import { PassThrough } from "node:stream";
import { program } from "../../src/cli/program.js";

/** Runs `cycles-client journal …` in this process. Returns its exit code, standard output and standard error. */
export async function journalCommand(...args: string[]) {
  const stdout = new PassThrough({ encoding: "utf8" });
  const stderr = new PassThrough({ encoding: "utf8" });
  const stop = new AbortController();
  const terminal = { stdout, stderr, env: {}, stopRequested: () => stop.signal };
  const code = await program(["journal", ...args], terminal);
  return { code, said: String(stdout.read() ?? ""), complained: String(stderr.read() ?? "") };
}
