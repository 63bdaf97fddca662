import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { text } from "node:stream/consumers";

/** Runs a program of this folder in a separate process, with the built package. */
export function startProcess(program: string, env: Readonly<Record<string, string>>) {
  const path = fileURLToPath(new URL(program, import.meta.url));
  const child = spawn(process.execPath, [path], {
    env: { ...process.env, ...env },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const output = text(child.stdout);
  const exited = once(child, "exit");
  return {
    /** Ends it with SIGKILL, as a power failure does. */
    async kill(): Promise<void> {
      child.kill("SIGKILL");
      await exited;
    },
    /** Its output, after it has ended with code 0. */
    async done(): Promise<string> {
      const [code] = (await exited) as [number | null];
      if (code !== 0) throw new Error(`${program} ended with ${String(code)}`);
      return output;
    },
  };
}
