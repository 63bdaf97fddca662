import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { onTestFinished } from "vitest";

const main = fileURLToPath(new URL("../../dist/src/cli/main.js", import.meta.url));

export interface Running {
  /** The first line that matches, printed already or later. Each line is returned once. */
  readonly line: (pattern: RegExp) => Promise<string>;
  /** The variables that the printed `export` lines set. */
  readonly exports: () => Promise<Record<string, string>>;
  readonly kill: (signal: NodeJS.Signals) => void;
  /** Stops reading, as `head` does when it has enough. */
  readonly stopReading: () => void;
  readonly ended: Promise<{
    readonly code: number | null;
    readonly stdout: readonly string[];
    readonly stderr: string;
  }>;
}

/** Runs the built command line in a separate process, as users do. */
export function cli(args: readonly string[]): Running {
  return running(process.execPath, [main, ...args], bareEnv());
}

/** The same under npx, whose shell ends on a signal and does not pass it on. */
export function cliUnderNpx(args: readonly string[]): Running {
  const env = { ...bareEnv(), npm_lifecycle_event: "npx" };
  return running("sh", ["-c", '"$0" "$@"; exit $?', process.execPath, main, ...args], env);
}

function running(command: string, args: readonly string[], env: NodeJS.ProcessEnv): Running {
  const child = spawn(command, args, { env, stdio: ["ignore", "pipe", "pipe"] });
  onTestFinished(() => void child.kill("SIGKILL"));
  const stdout: string[] = [];
  const waiting = new Set<() => void>();
  const wake = () => {
    for (const look of waiting) look();
  };
  createInterface({ input: child.stdout }).on("line", (line) => {
    stdout.push(line);
    wake();
  });
  let stderr = "";
  let isOver = false;
  child.stderr.setEncoding("utf8").on("data", (chunk: string) => (stderr += chunk));
  const ended = new Promise<Awaited<Running["ended"]>>((resolve, reject) => {
    child.on("error", reject).on("close", (code) => {
      isOver = true;
      resolve({ code, stdout, stderr });
      wake();
    });
  });
  const given = new Set<number>();
  const line = (pattern: RegExp) =>
    new Promise<string>((resolve, reject) => {
      const look = () => {
        const at = stdout.findIndex((text, index) => !given.has(index) && pattern.test(text));
        if (at < 0 && !isOver) return;
        waiting.delete(look);
        given.add(at);
        if (at >= 0) resolve(stdout[at] ?? "");
        else
          reject(
            new Error(
              `the process ended without a line that matches ${String(pattern)}: ${stderr}`,
            ),
          );
      };
      waiting.add(look);
      look();
    });
  return {
    line,
    exports: async () => {
      const names = ["CYCLES_BASE_URL", "CYCLES_API_KEY", "CYCLES_TENANT"];
      const lines = await Promise.all(names.map((name) => line(new RegExp(`^export ${name}=`))));
      return Object.fromEntries(
        lines.map((text) => {
          const [, name = "", value = ""] = /^export (\w+)=(.*)$/.exec(text) ?? [];
          return [name, value];
        }),
      );
    },
    kill: (signal) => void child.kill(signal),
    stopReading: () => void child.stdout.destroy(),
    ended,
  };
}

/**
 * The environment without variables that configure a client or describe the npm that runs the tests. The journal is off,
 * because it would be in the user's home directory.
 */
export function bareEnv(): NodeJS.ProcessEnv {
  const bare = Object.entries(process.env).filter(([name]) => !/^(CYCLES|NODE|npm)_/.test(name));
  return { ...Object.fromEntries(bare), CYCLES_JOURNAL_ENABLED: "false" };
}
