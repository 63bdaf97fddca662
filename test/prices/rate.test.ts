import { CyclesConfigError, usd } from "cycles-client";
import { rate, type Rates, type Usage } from "cycles-client/prices";
import { describe, expect, it } from "vitest";

/** Each rate is another power of ten, so that the digits of a cost count the tokens of each part. */
const RATES = {
  input: "1",
  cached: "10",
  cacheWrite: "100",
  cacheWrite1h: "1000",
  audioInput: "10000",
  cachedAudio: "100000",
  output: "1000000",
  audioOutput: "10000000",
  reasoning: "100000000",
} satisfies Rates;

/** The cost in millionths of a dollar, which is a hundred microcents. */
function millionths(rates: Rates, usage: Usage): number {
  const amount = rate(rates)({ provider: "openai", model: "any", usage })?.amount ?? NaN;
  return amount / 100;
}

describe("a rate", () => {
  it("charges each kind of token at its own price", () => {
    const usage = {
      inputTokens: 2 + 3 + 4 + 5 + 6 + 7,
      cachedTokens: 3 + 7,
      cacheWriteTokens: 4 + 5,
      cacheWrite1hTokens: 5,
      audioInputTokens: 6 + 7,
      cachedAudioTokens: 7,
      outputTokens: 8 + 9 + 1,
      audioOutputTokens: 9,
      reasoningTokens: 1,
    };
    expect(millionths(RATES, usage)).toBe(198_765_432);
  });

  it("charges a part without a price as what contains it", () => {
    const usage = {
      inputTokens: 100,
      cachedTokens: 20,
      cacheWriteTokens: 30,
      cacheWrite1hTokens: 10,
      audioInputTokens: 40,
      cachedAudioTokens: 5,
      outputTokens: 50,
      audioOutputTokens: 5,
      reasoningTokens: 10,
    };
    expect(millionths({ input: "1", output: "2" }, usage)).toBe(200);
    expect(millionths({ input: "1", output: "0", cacheWrite: "2" }, usage)).toBe(130);
    expect(millionths({ input: "1", output: "0", cacheWrite1h: "3" }, usage)).toBe(120);
    expect(millionths({ input: "3", output: "0", cached: "1" }, usage)).toBe(260);
    expect(millionths({ input: "1", output: "0", audioInput: "9" }, usage)).toBe(420);
  });

  it("gives cached audio no discount that is not set", () => {
    const usage = {
      inputTokens: 10,
      cachedTokens: 10,
      audioInputTokens: 10,
      cachedAudioTokens: 10,
      outputTokens: 0,
    };
    expect(millionths({ input: "2", cached: "1", audioInput: "9", output: "0" }, usage)).toBe(90);
  });

  it("rounds the cost of the whole call up to a microcent, once", () => {
    const price = rate({ input: "0.001", output: "0.001" });
    const call = { provider: "openai", model: "any" };
    const cost = (inputTokens: number, outputTokens: number) =>
      price({ ...call, usage: { inputTokens, outputTokens } })?.amount;
    // A token costs a tenth of a microcent.
    expect([cost(0, 0), cost(1, 0), cost(1, 1), cost(5, 5), cost(5, 6)]).toEqual([0, 1, 1, 1, 2]);
  });

  it("is exact where floating-point numbers are not", () => {
    // 0.07 × 100 is 7.000000000000001 in floating point, which rounds up to 8.
    const price = rate({ input: "0.07", output: "0" });
    const usage = { inputTokens: 1, outputTokens: 0 };
    expect(price({ provider: "openai", model: "any", usage })?.amount).toBe(7);
  });

  it("adds what a request costs", () => {
    const price = rate({ input: "0", output: "0", request: "0.005" });
    const usage = { inputTokens: 1, outputTokens: 1 };
    expect(price({ provider: "perplexity", model: "any", usage })).toEqual(usd("0.005"));
  });

  it("is the same for every model, and does not depend on what the provider reports", () => {
    const price = rate({ input: "1", output: "1" });
    const usage = { inputTokens: 500_000, outputTokens: 500_000 };
    expect(price({ provider: "", model: "", usage, cost: "7" })).toEqual(usd("1"));
  });

  it("takes a price of zero, which costs nothing", () => {
    const price = rate({ input: "0", output: "0" });
    const usage = { inputTokens: 1_000_000, outputTokens: 1_000_000 };
    expect(price({ provider: "localhost", model: "any", usage })).toEqual(usd("0"));
  });

  it("has multipliers of its own for service tiers", () => {
    const price = rate({ input: "1", output: "0", tiers: { flex: "0.5" } });
    const usage = { inputTokens: 1_000_000, outputTokens: 0 };
    const call = { provider: "openai", model: "any", usage };
    expect(price({ ...call, serviceTier: "flex" })).toEqual(usd("0.5"));
    expect(price(call)).toEqual(usd("1"));
  });
});

describe("a rate refuses", () => {
  it.each([
    ["a number", { input: 3, output: "1" }, "rate.input"],
    ["a price that is missing", { input: "3" }, "rate.output"],
    ["a negative price", { input: "-3", output: "1" }, "rate.input"],
    ["a sign", { input: "$3", output: "1" }, "rate.input"],
    ["an exponent that is out of range", { input: "1e999999999", output: "1" }, "rate.input"],
    ["a misspelt name", { input: "3", output: "1", cache: "0.3" }, '"cache"'],
    ["a multiplier that is a number", { input: "3", output: "1", tiers: { flex: 0.5 } }, "flex"],
    [
      "cached audio without the price of audio",
      { input: "3", output: "1", cachedAudio: "1" },
      "audioInput",
    ],
    ["what is no object", "3.00", "object"],
    ["nothing", undefined, "rate.input"],
  ])("%s, and names it", (_, rates, name) => {
    // @ts-expect-error -- These are mistakes that JavaScript lets through.
    const make = () => rate(rates);
    expect(make).toThrow(CyclesConfigError);
    expect(make).toThrow(name);
  });
});
