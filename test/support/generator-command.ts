import { command } from "../../scripts/generate/command.mjs";

/** The files of a contract, and warnings about it. */
export interface GeneratedFiles {
  readonly files: Record<string, string>;
  readonly warnings: string[];
}

/** Runs the generator's command in this process; returns what it printed and its exit code. */
export async function runCommand(
  args: readonly string[],
  generate: (source: string) => Promise<GeneratedFiles>,
): Promise<{ readonly code: number; readonly output: string }> {
  const lines: string[] = [];
  const print = (line: string) => void lines.push(line);
  const code = await command([...args], { generate, output: { log: print, error: print } });
  return { code, output: lines.join("\n") };
}
