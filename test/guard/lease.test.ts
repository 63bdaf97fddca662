import { describe, expect, it } from "vitest";
import { beatDelay, extendTimeout, observed, repeatDelay } from "../../src/guard/lease.js";

describe("a lease", () => {
  it.each([
    [10_000, undefined, 5_000],
    [10_000, 10_000, 5_000],
    [10_000, 15_000, 10_000],
    [10_000, 4_000, 2_000],
    [10_000, 0, 0],
  ])("of ttl %d with %s ms left is extended in %d ms", (ttl, left, delay) => {
    expect(beatDelay(observed(ttl, left, 0))).toBe(delay);
  });

  it.each([
    [0, 1_000, 2_500],
    [6_000, 1_000, 1_000],
    [8_500, 1_000, 375],
    [8_900, 1_000, 100],
    [9_000, 1_000, undefined],
  ])("of 10 s, %d ms old, with attempts of %d ms, repeats in %s ms", (age, attempt, delay) => {
    expect(repeatDelay(observed(10_000, 10_000, 0), age, attempt)).toBe(delay);
  });

  it.each([
    [7_000, 60_000, 7_000],
    [7_000, 12_000, 2_000],
    [7_000, 1_000, 1_000],
    [500, 60_000, 500],
  ])("bounds an extension: attempts of %d ms, ttl %d → %d ms", (attempt, ttl, bound) => {
    expect(extendTimeout(attempt, ttl)).toBe(bound);
  });
});
