import { CyclesConfigError, usd } from "cycles-client";
import { type Price, prices, type PricesOptions, rate } from "cycles-client/prices";
import { afterEach, describe, expect, it, vi } from "vitest";

/** A million tokens of input, so that the cost is the price per million. */
const million = { inputTokens: 1_000_000, outputTokens: 0 };

const inputPrice = (price: Price, provider: string, model: string) =>
  price({ provider, model, usage: million });

afterEach(() => void vi.useRealTimers());

describe("the price of a model", () => {
  it.each([
    ["openai", "gpt-4o"],
    ["openai", "GPT-4o"],
    ["openai", "gpt-4o-2024-08-06"],
    ["openai", "openai/gpt-4o"],
    ["api.openai.com", "gpt-4o"],
    ["azure", "gpt-4o"],
    ["my-company.openai.azure.com", "gpt-4o"],
    ["openrouter", "openai/gpt-4o"],
    ["ai-gateway.vercel.sh", "openai/gpt-4o"],
    ["localhost:4000", "gpt-4o"],
  ])("is known for the provider %s and the name %s", (provider, model) => {
    expect(inputPrice(prices(), provider, model)).toEqual(usd("2.5"));
  });

  it.each([
    ["google", "gemini-2.5-flash"],
    ["google", "models/gemini-2.5-flash"],
    ["google", "publishers/google/models/gemini-2.5-flash"],
    ["us-central1-aiplatform.googleapis.com", "gemini-2.5-flash"],
  ])("is known for the provider %s and the path %s", (provider, model) => {
    expect(inputPrice(prices(), provider, model)).toEqual(usd("0.3"));
  });

  it("is that of the provider, which may differ from that of the maker", () => {
    const groq = inputPrice(prices(), "groq", "openai/gpt-oss-120b");
    const cerebras = inputPrice(prices(), "cerebras", "gpt-oss-120b");
    expect(groq).toEqual(usd("0.15"));
    expect(cerebras).toEqual(usd("0.35"));
  });

  it.each([
    ["openai", "gpt-unheard-of"],
    ["openai", "claude-sonnet-4-5"],
    ["localhost:11434", "my-model"],
    ["", ""],
    ["openai", "g".repeat(100_000)],
  ])("is undefined if %s has no model %.20s", (provider, model) => {
    expect(inputPrice(prices(), provider, model)).toBeUndefined();
  });

  it("depends on the length of the context, which includes what is cached", () => {
    const price = prices({ at: Date.UTC(2026, 10, 1) });
    const cost = (inputTokens: number) =>
      price({
        provider: "anthropic",
        model: "claude-sonnet-4-5",
        usage: { inputTokens, cachedTokens: 100_000, outputTokens: 10_000 },
      });
    // Up to 200,000 tokens: $3 per million, cached $0.30, output $15. Beyond: $6, $0.60, $22.50.
    expect(cost(200_000)).toEqual(usd("0.48"));
    expect(cost(200_001)).toEqual(usd("0.885006"));
  });

  it("includes what some providers charge for each request", () => {
    const usage = { inputTokens: 0, outputTokens: 0 };
    const cost = prices()({ provider: "perplexity", model: "sonar", usage });
    expect(cost?.amount).toBeGreaterThan(0);
  });
});

describe("the time of a price", () => {
  const day = Date.UTC(2026, 7, 20, 12);
  const model = "deepseek-v4-flash";

  it("is fixed by `at`, as milliseconds or a date", () => {
    expect(inputPrice(prices({ at: day }), "deepseek", model)).toEqual(usd("0.22"));
    expect(inputPrice(prices({ at: new Date(day) }), "deepseek", model)).toEqual(usd("0.22"));
    const before = prices({ at: Date.UTC(2026, 7, 16) });
    expect(inputPrice(before, "deepseek", model)).toEqual(usd("0.14"));
    const busyHours = prices({ at: Date.UTC(2026, 7, 20, 3) });
    expect(inputPrice(busyHours, "deepseek", model)).toEqual(usd("0.44"));
  });

  it("is the time of the call without `at`", () => {
    vi.useFakeTimers({ now: Date.UTC(2026, 7, 20, 0, 59, 59, 999) });
    const price = prices();
    expect(inputPrice(price, "deepseek", model)).toEqual(usd("0.22"));
    vi.setSystemTime(Date.UTC(2026, 7, 20, 1));
    expect(inputPrice(price, "deepseek", model)).toEqual(usd("0.44"));
  });

  it("does not change if the given date is changed later", () => {
    const at = new Date(day);
    const price = prices({ at });
    at.setUTCHours(3);
    expect(inputPrice(price, "deepseek", model)).toEqual(usd("0.22"));
  });
});

describe("the cost that a provider reports", () => {
  it.each([
    ["0.00123", usd("0.00123")],
    ["1e-7", usd("0.0000001")],
    ["0.000000001", usd("0.00000001")],
    ["0", usd("0")],
  ])("%s comes first, rounded up to a microcent", (cost, amount) => {
    const price = prices({ overrides: { "gpt-4o": { input: "1", output: "1" } } });
    expect(price({ provider: "openai", model: "gpt-4o", usage: million, cost })).toEqual(amount);
    expect(price({ provider: "x", model: "unheard-of", usage: million, cost })).toEqual(amount);
  });

  it.each(["-1", "", "free", "NaN", "1e400", "0x10", "9".repeat(1_000)])(
    "%.10s is ignored, because it is no cost",
    (cost) => {
      const call = { provider: "openai", model: "gpt-4o", usage: million, cost };
      expect(prices()(call)).toEqual(usd("2.5"));
    },
  );
});

describe("an override", () => {
  const mine = { input: "1", output: "2" };
  const known = (overrides: PricesOptions["overrides"], provider: string, model: string) =>
    inputPrice(prices({ overrides: overrides ?? {} }), provider, model);

  it.each([
    ["gpt-4o", "openai", "gpt-4o"],
    ["GPT-4O", "OpenAI", "gpt-4o"],
    ["openai/gpt-4o", "openai", "gpt-4o"],
    ["openai/gpt-4o", "openrouter", "openai/gpt-4o"],
    ["openrouter/openai/gpt-4o", "openrouter", "openai/gpt-4o"],
    ["gpt-4o", "openai", "gpt-4o-2024-08-06"],
    ["gpt-4", "openai", "gpt-4-0613"],
    ["claude-sonnet-4-5", "anthropic", "claude-sonnet-4-5-20250929"],
    ["claude-sonnet-4", "google", "claude-sonnet-4@20250514"],
    ["gemini-2.5-flash", "google", "models/gemini-2.5-flash"],
    ["ft:*", "openai", "ft:gpt-4o-mini:acme::1"],
    ["openai/*", "openai", "gpt-4o"],
    ["localhost:11434/*", "localhost:11434", "llama3"],
    ["*", "anything", "at all"],
  ])("for %s is the price at %s of %s", (name, provider, model) => {
    expect(known({ [name]: mine }, provider, model)).toEqual(usd("1"));
  });

  it.each([
    ["gpt-4o", "openai", "gpt-4o-mini"],
    ["anthropic/gpt-4o", "openai", "gpt-4o"],
    ["gpt-4o-2024-08-06", "openai", "gpt-4o"],
    ["anthropic/*", "openai", "gpt-4o"],
  ])("for %s is not the price at %s of %s", (name, provider, model) => {
    const price = known({ [name]: { input: "77", output: "0" } }, provider, model);
    expect(price).not.toEqual(usd("77"));
    expect(price).toBeDefined();
  });

  it("is chosen by the exact name, then by the alias, then by the longest beginning", () => {
    const overrides = {
      "*": { input: "1", output: "0" },
      "gpt-*": { input: "2", output: "0" },
      "gpt-4o*": { input: "3", output: "0" },
      "gpt-4o": { input: "4", output: "0" },
      "gpt-4o-2024-08-06": { input: "5", output: "0" },
      "openai/gpt-4o": { input: "6", output: "0" },
    };
    const at = (provider: string, model: string) => known(overrides, provider, model);
    expect(at("openai", "o3")).toEqual(usd("1"));
    expect(at("openai", "gpt-5")).toEqual(usd("2"));
    expect(at("openai", "gpt-4o-mini")).toEqual(usd("3"));
    expect(at("azure", "gpt-4o")).toEqual(usd("4"));
    expect(at("azure", "gpt-4o-2024-05-13")).toEqual(usd("4"));
    expect(at("azure", "gpt-4o-2024-08-06")).toEqual(usd("5"));
    expect(at("openai", "gpt-4o")).toEqual(usd("6"));
  });

  it("can be a rate, or any function of the call", () => {
    const long = rate({ input: "4", output: "0" });
    const short = rate({ input: "2", output: "0" });
    const price = prices({
      overrides: {
        fixed: rate({ input: "3", output: "0" }),
        stepped: (call) => (call.usage.inputTokens > 100_000 ? long : short)(call),
        withheld: () => undefined,
      },
    });
    expect(inputPrice(price, "x", "fixed")).toEqual(usd("3"));
    expect(inputPrice(price, "x", "stepped")).toEqual(usd("4"));
    expect(inputPrice(price, "x", "withheld")).toBeUndefined();
  });

  it("has the multipliers of `tiers`, unless it has its own", () => {
    const price = prices({
      tiers: { flex: "0.5" },
      overrides: {
        one: mine,
        two: { ...mine, tiers: { flex: "0.25" } },
        three: { ...mine, tiers: { priority: "3" } },
      },
    });
    const flex = (model: string) =>
      price({ provider: "x", model, usage: million, serviceTier: "flex" });
    expect([flex("one"), flex("two"), flex("three")]).toEqual([
      usd("0.5"),
      usd("0.25"),
      usd("0.5"),
    ]);
  });
});

describe("a service tier", () => {
  const cost = (serviceTier: string | undefined, options?: PricesOptions, provider = "openai") =>
    prices(options)({ provider, model: "gpt-4o", usage: million, serviceTier });

  it.each([undefined, "", "auto", "default", "standard", "flex", "batch", "FLEX", "scale"])(
    "%s costs the standard price by default",
    (tier) => {
      expect(cost(tier)).toEqual(usd("2.5"));
    },
  );

  it.each([
    ["priority", "6.25"],
    ["fast", "6.25"],
    ["ultrafast", "15"],
  ])("%s costs the most that a provider asks for it by default", (tier, dollars) => {
    expect(cost(tier)).toEqual(usd(dollars));
  });

  it("named fast costs more at Anthropic than at OpenAI", () => {
    const call = { provider: "anthropic", model: "claude-opus-4-5", usage: million };
    expect(prices()(call)).toEqual(usd("5"));
    expect(prices()({ ...call, serviceTier: "fast" })).toEqual(usd("30"));
    const both = { tiers: { fast: "2" } };
    expect(prices(both)({ ...call, serviceTier: "fast" })).toEqual(usd("10"));
    expect(cost("fast", both)).toEqual(usd("5"));
  });

  it("that is not known costs as much as the dearest", () => {
    expect(cost("unheard-of")).toEqual(usd("15"));
    expect(cost("unheard-of", { tiers: { turbo: "10" } })).toEqual(usd("25"));
    expect(cost("unheard-of", { tiers: { ultrafast: "1", priority: "2", fast: "2" } })).toEqual(
      usd("5"),
    );
  });

  it("has the multiplier that is set, for all providers or for one", () => {
    const options = { tiers: { Flex: "0.5", "azure/flex": "0.75" } };
    expect(cost("flex", options)).toEqual(usd("1.25"));
    expect(cost("flex", options, "azure")).toEqual(usd("1.875"));
  });

  it("is multiplied before the cost is rounded up", () => {
    const price = prices({ tiers: { flex: "0.5" } });
    const usage = { inputTokens: 1, outputTokens: 0 };
    const call = { provider: "openai", model: "gpt-4o-mini", usage, serviceTier: "flex" };
    // 15 microcents, halved.
    expect(price(call)?.amount).toBe(8);
  });
});

describe("options that cannot be used", () => {
  it.each([
    ["a misspelt option", { override: {} }, '"override"'],
    ["a time that is no time", { at: "yesterday" }, "at"],
    ["a date that is not valid", { at: new Date(NaN) }, "at"],
    ["an override that is a number", { overrides: { "gpt-4o": 3 } }, "gpt-4o"],
    ["an override without a price", { overrides: { "gpt-4o": undefined } }, "gpt-4o"],
    ["a price that is a number", { overrides: { "gpt-4o": { input: 3, output: "1" } } }, "input"],
    [
      "a star in the middle",
      { overrides: { "gpt-*-mini": rate({ input: "1", output: "1" }) } },
      "*",
    ],
    ["an empty name", { overrides: { "": rate({ input: "1", output: "1" }) } }, "name"],
    ["overrides that are a list", { overrides: [] }, "overrides"],
    ["a multiplier that is a number", { tiers: { flex: 0.5 } }, "flex"],
    ["what is no object", "openai", "options"],
  ])("are refused: %s", (_, options, name) => {
    // @ts-expect-error -- These are mistakes that JavaScript lets through.
    const make = () => prices(options);
    expect(make).toThrow(CyclesConfigError);
    expect(make).toThrow(name);
  });
});
