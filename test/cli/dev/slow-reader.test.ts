import { PassThrough } from "node:stream";
import { describe, expect, it } from "vitest";
import { program } from "../../../src/cli/program.js";

const SENT = 150;

/** A terminal whose reader can pause. */
function terminal() {
  const stdout = new PassThrough({ encoding: "utf8" });
  const stop = new AbortController();
  const chunks: string[] = [];
  stdout.on("data", (chunk: string) => chunks.push(chunk));
  const text = () => chunks.join("");
  return {
    stdout,
    stderr: new PassThrough(),
    env: {},
    stop,
    stopRequested: () => stop.signal,
    text,
    printed: async (pattern: RegExp) => {
      while (!pattern.test(text())) await new Promise((resolve) => stdout.once("data", resolve));
      return pattern.exec(text())?.[1] ?? "";
    },
  };
}

describe("the output of dev", () => {
  it("is limited if its reader is slow, and says how many exchanges it left out", async () => {
    const screen = terminal();
    const ended = program(["dev", "--port", "0", "--json"], screen);
    const url = await screen.printed(/"CYCLES_BASE_URL":"(.*?)"/);
    const request = async () => {
      await (await fetch(`${url}/v1/balances?tenant=${"a".repeat(12_000)}`)).text();
    };
    screen.stdout.pause();
    for (let sent = 1; sent < SENT; sent += 1) await request();
    expect(screen.stdout.writableLength).toBeLessThan(2 ** 20 + 20_000);
    screen.stdout.resume();
    await screen.printed(/UNAUTHORIZED/);
    await request();
    const skipped = Number(await screen.printed(/"type":"skipped","exchanges":(\d+)/));
    screen.stop.abort();
    expect(await ended).toBe(0);
    const shown = screen.text().split('"type":"exchange"').length - 1;
    expect([skipped > 0, shown + skipped]).toEqual([true, SENT]);
  });
});
