import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { text } from "node:stream/consumers";

/** A program beside this file in an operating-system process of its own; it runs the built package. */
export function startProcess(program: string, env: Readonly<Record<string, string>>) {
  const path = fileURLToPath(new URL(program, import.meta.url));
  const child = spawn(process.execPath, [path], {
    env: { ...process.env, ...env },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const output = text(child.stdout);
  const exited = once(child, "exit");
  return {
    /** Ends it as a power switch does. */
    async kill(): Promise<void> {
      child.kill("SIGKILL");
      await exited;
    },
    /** What it printed, once it has ended well. */
    async done(): Promise<string> {
      const [code] = (await exited) as [number | null];
      if (code !== 0) throw new Error(`${program} ended with ${String(code)}`);
      return output;
    },
  };
}
