import { spawnSync } from "node:child_process";

/**
 * Runs Vitest on some test files, and exits with its code.
 * @param {readonly string[]} args
 * @param {Readonly<Record<string, string>>} env variables that say how much the tests do
 */
export function runVitest(args, env) {
  const { status } = spawnSync("npx", ["vitest", "run", ...args], {
    stdio: "inherit",
    env: { ...process.env, ...env },
  });
  process.exitCode = status ?? 1;
}
