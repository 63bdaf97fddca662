import { usd } from "cycles-client";
import { describe, expect, it } from "vitest";
import { backoff } from "../../src/settlement/disposition.js";
import { budgeted } from "../support/budgeted.js";
import { request } from "../support/responses.js";

const usual = { maxAttempts: 5, initialDelay: 500, multiplier: 2, maxDelay: 30_000 };
const hasty = { ...usual, initialDelay: 0 };

describe("the delay between two tries", () => {
  it.each([
    ["the first", usual, 1, 1, 500],
    ["the first, with the least luck", usual, 1, 0, 250],
    ["doubled", usual, 4, 1, 4_000],
    ["the longest", usual, 40, 1, 30_000],
    ["the least at first, with initialDelay 0", hasty, 1, 0, 50],
    ["the least later, with initialDelay 0", hasty, 9, 0, 1_000],
    [
      "the least later, with multiplier 1",
      { ...usual, initialDelay: 50, multiplier: 1 },
      9,
      0,
      1_000,
    ],
    ["the least later, with maxDelay 0", { ...usual, maxDelay: 0 }, 9, 0, 1_000],
  ])("is %s", (_, options, failed, random, expected) => {
    expect(backoff(options, failed, random)).toBe(expected);
  });

  it("spares a dead server whatever the options say", async () => {
    const { client, clock, sent, fail } = budgeted({
      retry: { initialDelay: 0, multiplier: 1, maxDelay: 0 },
    });
    const guard = await client.reserve(request, { heartbeat: false });
    fail("commit", ...Array.from({ length: 1_000 }, () => "drop before" as const));
    const settling = guard.commit(usd("0.3"));
    await clock.advance(60_000);
    await settling;
    // Five in the foreground within a second or two; then one in a second, at the most.
    expect(sent("commit").length).toBeGreaterThan(30);
    expect(sent("commit").length).toBeLessThan(70);
  });
});
