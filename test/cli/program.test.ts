import { PassThrough } from "node:stream";
import { describe, expect, it } from "vitest";
import manifest from "../../package.json" with { type: "json" };
import { program } from "../../src/cli/program.js";

function terminal(options: { isTTY?: boolean; env?: Record<string, string> } = {}) {
  const { isTTY = false } = options;
  const stdout = Object.assign(new PassThrough({ encoding: "utf8" }), { isTTY });
  const stderr = new PassThrough({ encoding: "utf8" });
  const stop = new AbortController();
  return {
    stdout,
    stderr,
    env: options.env ?? {},
    stop,
    stopRequested: () => stop.signal,
    said: () => String(stdout.read() ?? ""),
    complained: () => String(stderr.read() ?? ""),
  };
}

/** Starts `dev`, waits for its variables, and sends one request that is refused. */
async function refusedUnder(screen: ReturnType<typeof terminal>): Promise<string> {
  const ended = program(["dev", "--port", "0"], screen);
  let text = "";
  const seen = new Promise<void>((resolve) => {
    screen.stdout.on("data", (chunk: string) => {
      text += chunk;
      if (text.includes("UNAUTHORIZED")) resolve();
      const url = /^export CYCLES_BASE_URL=(.*)$/m.exec(chunk)?.[1];
      if (url !== undefined) void fetch(`${url}/v1/balances?tenant=acme`);
    });
  });
  await seen;
  screen.stop.abort();
  expect(await ended).toBe(0);
  return text;
}

describe("the command line", () => {
  it("prints its version and its help, and exits with 0", async () => {
    const screen = terminal();
    expect(await program(["--version"], screen)).toBe(0);
    expect(screen.said()).toBe(`${manifest.version}\n`);
    for (const args of [["--help"], ["dev", "--help"]]) {
      expect(await program(args, screen)).toBe(0);
      const help = screen.said();
      expect(help).toContain("Usage: cycles-client");
      for (const line of help.split("\n")) expect(line.length).toBeLessThanOrEqual(80);
    }
  });

  it("documents its exit codes", async () => {
    const screen = terminal();
    await program(["--help"], screen);
    expect(screen.said()).toMatch(/Exit codes:\n {2}0 .*\n {2}1 .*\n {2}2 /);
  });

  it("exits with 1 if standard output cannot be written", async () => {
    const screen = terminal();
    const ended = program(["dev", "--port", "0"], screen);
    screen.stdout.once("data", () => screen.stdout.destroy(new Error("ENOSPC: no space left")));
    expect(await ended).toBe(1);
    expect(screen.complained()).toBe(
      "cycles-client: cannot write to standard output: ENOSPC: no space left\n",
    );
  });

  it("prints colours only on a terminal, and not with NO_COLOR", async () => {
    const onTerminal = await refusedUnder(terminal({ isTTY: true }));
    expect(onTerminal).toMatch(/\u001b\[31mUNAUTHORIZED +\u001b\[39m/);
    const plain = [{ isTTY: true, env: { NO_COLOR: "1" } }, {}];
    for (const options of plain) {
      expect(await refusedUnder(terminal(options))).not.toContain("\u001b");
    }
  });
});
