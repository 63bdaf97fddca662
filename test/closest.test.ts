import { describe, expect, it } from "vitest";
import { closest } from "../src/closest.js";

describe("the closest known name", () => {
  it.each([
    ["budget", "budgets"],
    ["Budgets", "budgets"],
    ["apikeys", "apiKeys"],
    ["max_ttl_ms", "maxTtlMs"],
    ["b", undefined],
    ["timeout", undefined],
  ])("to %s is %s", (given, meant) => {
    expect(closest(given, ["budgets", "apiKeys", "maxTtlMs"])).toBe(meant);
  });
});
