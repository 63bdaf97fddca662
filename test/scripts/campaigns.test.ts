import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";

/** Runs a campaign with the built package, as a developer does. Rejects if the exit code is not 0. */
async function run(name: string, ...args: string[]): Promise<unknown> {
  const script = fileURLToPath(new URL(`../campaigns/${name}.mjs`, import.meta.url));
  const { stdout } = await promisify(execFile)(process.execPath, [script, "--json", ...args]);
  return JSON.parse(stdout);
}

describe("a known spend is in the ledger exactly once", () => {
  it("when network, disk and clock fail, with ample budget, budgets that refuse, and a log", async () => {
    const results = await run("chaos", "--lifecycles", "300", "--seed", "8");
    expect(results).toMatchObject(
      [
        { refusing: false, log: false },
        { refusing: true, log: false },
        { refusing: false, log: true },
      ].map((world) => ({
        ...world,
        lifecycles: 300,
        counts: { "spends known": expect.toSatisfy((known: number) => known > 50) },
        sums: { difference: 0 },
        problems: [],
      })),
    );
  });

  it("with the same results for the same seed", async () => {
    const again = () => run("chaos", "--lifecycles", "60", "--seed", "3");
    expect(await again()).toEqual(await again());
  });

  it("when processes are killed at any point and later processes recover the journal", async () => {
    const result = await run("kill-test", "--kills", "12", "--seed", "7");
    expect(result).toMatchObject({
      kills: 12,
      known: expect.toSatisfy((known: number) => known > 0),
      problems: [],
    });
  });
});

describe("a hostile server", () => {
  it("causes no crash, no hang, no leaked secret and no report of a commit that it did not accept", async () => {
    const result = await run("hostile", "--responses", "2000", "--sockets", "200", "--seed", "5");
    expect(result).toMatchObject({
      responses: expect.toSatisfy((responses: number) => responses >= 2000),
      problems: [],
    });
  }, 60_000);
});
