import { describe, expect, it } from "vitest";
import { median, percentile } from "../../scripts/bench/figures.mjs";
import { ratio } from "../../scripts/bench/rounds.mjs";
import { meets } from "../../scripts/bench/targets.mjs";

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
    const run = (rate: number) => ({ rate, cpu: 1, p50: 1, p99: 1 });
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
});
