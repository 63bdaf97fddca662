import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";

/** Runs a campaign as a developer does, over what was built; it is rejected where the exit code is not 0. */
async function run(name: string, ...args: string[]): Promise<unknown> {
  const script = fileURLToPath(new URL(`../campaigns/${name}.mjs`, import.meta.url));
  const { stdout } = await promisify(execFile)(process.execPath, [script, "--json", ...args]);
  return JSON.parse(stdout);
}

describe("a known spend is in the ledger exactly once", () => {
  it("through faults of network, disk and clock, with ample budget and with budgets that refuse", async () => {
    const results = await run("chaos", "--lifecycles", "300", "--seed", "8");
    expect(results).toMatchObject(
      [false, true].map((refusing) => ({
        refusing,
        lifecycles: 300,
        counts: { "spends known": expect.toSatisfy((known: number) => known > 50) },
        sums: { difference: 0 },
        problems: [],
      })),
    );
  });

  it("through the same faults again where the seed is the same", async () => {
    const again = () => run("chaos", "--lifecycles", "60", "--seed", "3");
    expect(await again()).toEqual(await again());
  });

  it("through SIGKILL at any point, with other processes that go on from the journal", async () => {
    const result = await run("kill-test", "--kills", "12", "--seed", "7");
    expect(result).toMatchObject({
      kills: 12,
      known: expect.toSatisfy((known: number) => known > 0),
      problems: [],
    });
  });
});

describe("a hostile server", () => {
  it("crashes nothing, hangs nothing, gets no secret shown, and no commit reported that it has not made", async () => {
    const result = await run("hostile", "--answers", "2000", "--sockets", "200", "--seed", "5");
    expect(result).toMatchObject({
      answers: expect.toSatisfy((answers: number) => answers >= 2000),
      problems: [],
    });
  });
});
