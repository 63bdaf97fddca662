import { usd } from "cycles-client";
import { prices, rate, type Usage } from "cycles-client/prices";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

const price = rate({ input: "2", output: "4", cached: "1", cacheWrite: "3", audioInput: "8" });
const cost = (usage: Usage) => price({ provider: "openai", model: "any", usage });

describe("the price of a usage that does not add up", () => {
  it("counts parts that exceed their total in addition to it", () => {
    // As if the provider reported the input without what it read from the cache.
    const usage = { inputTokens: 1_000_000, cachedTokens: 2_000_000, outputTokens: 0 };
    expect(cost(usage)).toEqual(usd("4"));
    const priced = rate({ input: "0", output: "1", reasoning: "1" });
    const thought = { inputTokens: 0, outputTokens: 1_000_000, reasoningTokens: 2_000_000 };
    expect(priced({ provider: "x", model: "y", usage: thought })).toEqual(usd("3"));
  });

  it("does so for the length of the context, too", () => {
    const usage = { inputTokens: 100_000, cachedTokens: 150_000, outputTokens: 0 };
    const call = { provider: "anthropic", model: "claude-sonnet-4-5", usage };
    // 250,000 tokens: beyond 200,000, input costs $6 and cached input $0.60 per million.
    expect(prices()(call)).toEqual(usd("0.69"));
  });

  it("takes as little audio as cached as fits, if the usage does not tell", () => {
    const usage = { inputTokens: 3_000_000, cachedTokens: 1_000_000, audioInputTokens: 1_000_000 };
    // $2 for text, $1 for cached text, $8 for audio.
    expect(cost({ ...usage, outputTokens: 0 })).toEqual(usd("11"));
    // Half of the audio must have been cached: $1 × 0.5 for text, $8 for all audio.
    expect(cost({ ...usage, inputTokens: 1_500_000, outputTokens: 0 })).toEqual(usd("8.5"));
  });

  it("takes what was kept for one hour as written, if the usage has no total of it", () => {
    const usage = { inputTokens: 1_000_000, cacheWrite1hTokens: 1_000_000, outputTokens: 0 };
    expect(rate({ input: "1", output: "0", cacheWrite1h: "5" })(call(usage))).toEqual(usd("5"));
  });

  it("leaves a part in its total if the model has no price for the part", () => {
    const usage = { inputTokens: 1_000_000, cachedTokens: 9_000_000, outputTokens: 0 };
    expect(rate({ input: "2", output: "0" })(call(usage))).toEqual(usd("2"));
  });
});

describe("the price of a usage that is not made of counts", () => {
  it("counts a fraction of a token as a token", () => {
    const one = cost({ inputTokens: 1, outputTokens: 1 });
    expect(cost({ inputTokens: 0.1, outputTokens: 0.9 })).toEqual(one);
  });

  it.each([
    { inputTokens: NaN, outputTokens: 1 },
    { inputTokens: 1, outputTokens: -1 },
    { inputTokens: 1, outputTokens: 1, cachedTokens: -1 },
    { inputTokens: 1, outputTokens: 1, audioInputTokens: NaN },
  ])("is unknown: %o", (usage) => {
    expect(cost(usage)).toBeUndefined();
    expect(prices()({ provider: "openai", model: "gpt-4o", usage })).toBeUndefined();
  });

  it("is the largest amount if it is beyond it", () => {
    const largest = { unit: "USD_MICROCENTS", amount: Number.MAX_SAFE_INTEGER };
    expect(cost({ inputTokens: Infinity, outputTokens: 0 })).toEqual(largest);
    expect(cost({ inputTokens: 1e300, outputTokens: 1e300 })).toEqual(largest);
    expect(cost({ inputTokens: Number.MAX_SAFE_INTEGER, outputTokens: 0 })).toEqual(largest);
    const reported = { ...call({ inputTokens: 1, outputTokens: 1 }), cost: "1e30" };
    expect(prices()(reported)).toEqual(largest);
  });

  it("is the exact amount up to the largest", () => {
    const one = rate({ input: "0.01", output: "0" });
    const usage = (inputTokens: number) => call({ inputTokens, outputTokens: 0 });
    expect(one(usage(Number.MAX_SAFE_INTEGER))?.amount).toBe(Number.MAX_SAFE_INTEGER);
    expect(one(usage(Number.MAX_SAFE_INTEGER - 1))?.amount).toBe(Number.MAX_SAFE_INTEGER - 1);
  });

  it("never throws, and is undefined or a whole number of microcents", () => {
    const count = fc.oneof(
      fc.nat(),
      fc.double(),
      fc.constantFrom(NaN, Infinity, -1, 0.5, Number.MAX_SAFE_INTEGER, Number.MAX_VALUE),
    );
    const usages = fc.record(
      {
        ...{ inputTokens: count, outputTokens: count, cachedTokens: count },
        ...{ cacheWriteTokens: count, cacheWrite1hTokens: count, audioInputTokens: count },
        ...{ cachedAudioTokens: count, audioOutputTokens: count, reasoningTokens: count },
      },
      { requiredKeys: ["inputTokens", "outputTokens"] },
    );
    const calls = fc.record({
      provider: fc.oneof(fc.string(), fc.constantFrom("openai", "anthropic", "google")),
      model: fc.oneof(
        fc.string(),
        fc.constantFrom("gpt-realtime", "gemini-2.5-flash", "claude-opus-4-5"),
      ),
      usage: usages,
      serviceTier: fc.option(fc.string(), { nil: undefined }),
      cost: fc.option(fc.oneof(fc.string(), fc.double().map(String)), { nil: undefined }),
    });
    const table = prices();
    fc.assert(
      fc.property(calls, (one) => {
        for (const amount of [table(one), price(one)]) {
          if (amount === undefined) continue;
          expect(amount.unit).toBe("USD_MICROCENTS");
          expect(amount.amount).toSatisfy(Number.isSafeInteger);
          expect(amount.amount).toBeGreaterThanOrEqual(0);
        }
      }),
      { numRuns: 1_000 },
    );
  });

  it("never falls when a count rises", () => {
    const counts = fc.array(fc.nat({ max: 1_000_000 }), { minLength: 4, maxLength: 4 });
    const usageOf = ([text = 0, cached = 0, written = 0, answer = 0]: number[]) => ({
      inputTokens: text + cached + written,
      cachedTokens: cached,
      cacheWriteTokens: written,
      outputTokens: answer,
    });
    const amountOf = (all: number[]) => cost(usageOf(all))?.amount ?? NaN;
    fc.assert(
      fc.property(counts, fc.nat({ max: 3 }), fc.nat({ max: 1_000 }), (all, index, more) => {
        const raised = all.map((count, place) => (place === index ? count + more : count));
        expect(amountOf(raised)).toBeGreaterThanOrEqual(amountOf(all));
      }),
    );
  });
});

function call(usage: Usage) {
  return { provider: "openai", model: "gpt-4o", usage };
}
