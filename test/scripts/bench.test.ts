import { once } from "node:events";
import { readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Pool } from "undici";
import { describe, expect, it, onTestFinished } from "vitest";
import { change } from "../../scripts/bench/against.mjs";
import { median, percentile } from "../../scripts/bench/figures.mjs";
import { diskFloor, durableFloor, openToAppend, shared } from "../../scripts/bench/floors.mjs";
import { markdown } from "../../scripts/bench/markdown.mjs";
import { report } from "../../scripts/bench/report.mjs";
import { middleHalf, ratio } from "../../scripts/bench/rounds.mjs";
import { figureText, meets, TARGETS } from "../../scripts/bench/targets.mjs";

const run = (rate: number) => ({ rate, cpu: 1, p50: 1, p99: 1 });

describe("the figures of the benchmark", () => {
  it.each([
    [[3], 3],
    [[3, 1, 2], 2],
    [[4, 1, 3, 2], 2.5],
  ])("the median of %j is %d", (values, middle) => {
    expect(median(values)).toBe(middle);
  });

  it.each([
    [0, 1],
    [0.5, 3],
    [0.99, 4],
    [1, 4],
  ])("the percentile %d of 1, 2, 3, 4 is %d", (share, value) => {
    expect(percentile([1, 2, 3, 4], share)).toBe(value);
  });

  it("a ratio is the median of the ratios in each round, not the ratio of the medians", () => {
    const runs = new Map([
      ["guard", [run(8), run(80), run(9)]],
      ["floor", [run(10), run(100), run(90)]],
    ]);
    expect(ratio(runs, "guard", "floor")).toBe(0.8);
  });

  it.each([
    [{ least: 0.8 }, 0.8, true],
    [{ least: 0.8 }, 0.79, false],
    [{ most: 30 }, 30, true],
    [{ most: 30 }, 31, false],
  ])("the target %j is met by %d: %s", (target, value, met) => {
    expect(meets(target, value)).toBe(met);
  });

  it("the middle half of the ratios leaves out the lowest and the highest quarter", () => {
    const runs = new Map([
      ["guard", [1, 9, 5, 6, 7].map(run)],
      ["floor", [10, 10, 10, 10, 10].map(run)],
    ]);
    expect(middleHalf(runs, "guard", "floor")).toEqual([0.5, 0.7]);
  });

  it("a change is the median of the differences between two shares of the floor", () => {
    const runs = new Map([
      ["floor", [10, 20, 10].map(run)],
      ["guard", [8, 16, 4].map(run)],
      ["guard there", [7, 12, 9].map(run)],
    ]);
    expect(change(runs, "guard", "guard there")).toBeCloseTo(0.1);
  });

  it.each([
    [0.654, "0.65"],
    [9.996, "10.00"],
    [-0.02, "-0.02"],
    [42.56, "42.6"],
  ])("the figure %d is shown as %s", (value, text) => {
    expect(figureText(value)).toBe(text);
  });
});

describe("the report of the benchmark", () => {
  const runs = new Map(
    ["floor", "floor again", "guard"].map((name) => [name, [run(100), run(110)]]),
  );
  const modules = [{ path: "dist/src/client.js", bytes: 9_000, gzipped: 3_000 }];
  const result = {
    date: "2026-01-31",
    machine: { cpu: "a processor", cores: 2, platform: "linux" as const },
    versions: { node: "20.19.0" },
    left: [],
    levels: [1, 32, 256].map((inFlight) => ({ inFlight, runs })),
    scale: new Map([
      ["32", [run(100)]],
      ["1024", [run(80)]],
    ]),
    roomy: 0.9,
    distance: runs,
    heap: { guards: 10_000, bytesPerGuard: 1_500, bytesPerBody: 800, idleCpuShare: 0.001 },
    first: ["nothing", "files", "log"].map((left) => ({ left, reserveMs: 30, blockedMs: 2 })),
    imports: { empty: 5, client: 25, embedded: 20 },
    bundle: { bytes: 90_000, gzipped: 29_000, modules, imports: [] },
    ratios: {
      ...Object.fromEntries(
        Object.entries(TARGETS).map(([name, target]) => [
          name,
          "least" in target ? target.least : target.most,
        ]),
      ),
      journal_32: 0.64,
    },
  };

  it("shows each target as met or missed, and counts them", () => {
    const text = report(result);
    expect(text).toMatch(/journal_32 +0\.64 +at least 0\.65 +MISSED/);
    expect(text).toMatch(/journal_1 +0\.75 +at least 0\.75 +met/);
    const count = Object.keys(TARGETS).length;
    expect(text).toContain(`${count - 1} of ${count} targets met; missed: journal_32`);
  });

  it("shows the noise of each level", () => {
    expect(report(result)).toMatch(/Noise.*\n.*\n +1 +1\.000 +1\.00–1\.00\n +32 .*\n +256 /);
  });

  it("shows missed targets in bold in the tables of the guide", () => {
    const text = markdown(result);
    expect(text).toMatch(/`journal_32` .*\| \*\*0\.64\*\* \|/);
    expect(text).toMatch(/`journal_1` .*\| 0\.75 \|/);
  });
});

describe("the floors with a file", () => {
  it.each([
    ["durable", durableFloor],
    ["disk", diskFloor],
  ])("the %s floor: a spend is in the file when its commit arrives", async (_name, floor) => {
    const folder = await mkdtemp(join(tmpdir(), "cycles-floors-"));
    onTestFinished(() => rm(folder, { recursive: true }));
    const path = join(folder, "spends.log");
    const file = openToAppend(path);
    let kept = "";
    const server = createServer((request, response) => {
      const isCommit = request.url?.endsWith("/commit");
      if (isCommit) kept = readFileSync(path, "utf8");
      const body = isCommit ? { charged: { amount: 5 } } : { reservation_id: "r1" };
      response.end(JSON.stringify(body));
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    onTestFinished(() => void server.close());
    const { port } = server.address() as AddressInfo;
    const pool = new Pool(`http://127.0.0.1:${port}`);
    expect(await floor(pool, file)()).toBe(5);
    await pool.close();
    file.close();
    expect(JSON.parse(kept)).toMatchObject({ reservation_id: "r1", commit: {}, reserved: {} });
  });

  it("callers that arrive during a sync share the next one", async () => {
    const endings: (() => void)[] = [];
    const sync = shared(() => new Promise<void>((resolve) => endings.push(resolve)));
    const settled: string[] = [];
    const waits = ["first", "second", "third"].map((name) => sync().then(() => settled.push(name)));
    expect(endings).toHaveLength(1);
    endings[0]?.();
    await waits[0];
    expect(settled).toEqual(["first"]);
    await expect.poll(() => endings.length).toBe(2);
    endings[1]?.();
    await Promise.all(waits);
    expect(endings).toHaveLength(2);
  });

  it("a sync that fails rejects its callers, and the next one is still made", async () => {
    let calls = 0;
    const sync = shared(() => {
      calls += 1;
      return calls === 1 ? Promise.reject(new Error("disk")) : Promise.resolve();
    });
    const first = sync();
    const second = sync();
    await expect(first).rejects.toThrow("disk");
    await expect(second).resolves.toBeUndefined();
  });
});
