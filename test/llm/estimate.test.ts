import { type Amount, CyclesConfigError, microcents, tokens } from "cycles-client";
import { estimate, type PricedCall } from "cycles-client/llm";
import fc from "fast-check";
import { countTokens } from "gpt-tokenizer";
import { describe, expect, it } from "vitest";
import { boundOf, usageSeen } from "../../src/llm/estimate.js";
import { callTo } from "./dialects/calls.js";

const OPENAI = "https://api.openai.com/v1/chat/completions";
const ANTHROPIC = "https://api.anthropic.com/v1/messages";
const EMBEDDINGS = "https://api.openai.com/v1/embeddings";

const said = (content: unknown, more: object = {}) =>
  callTo(OPENAI, { model: "gpt-4o", messages: [{ role: "user", content }], ...more });
/** The tokens of the input apart from those that the format of one message adds. */
const inputOf = (text: string, input?: "likely" | "bytes" | ((text: string) => number)) =>
  estimate(callTo(EMBEDDINGS, { model: "m", input: text }), { input }).amount;

describe("the estimate of a call", () => {
  it("is in tokens without a price", () => {
    // 12 bytes of text, 3 × 8 for the format of one message and of the call, 100 of output.
    const call = said("Blue sky, no", { max_tokens: 100 });
    expect(estimate(call)).toEqual(tokens(6 + 24 + 100));
    expect(estimate(call, { input: "bytes" })).toEqual(tokens(12 + 24 + 100));
    expect(estimate(call, { input: () => 3 })).toEqual(tokens(3 + 24 + 100));
  });

  it.each([
    ["the limit of the request", { max_tokens: 100 }, {}, 100],
    ["the limit of the request for each answer", { max_tokens: 100, n: 3 }, {}, 300],
    ["4,096 tokens without a limit", {}, {}, 4_096],
    ["the default that is given", {}, { maxOutput: 500 }, 500],
    ["the limit of the request before the default", { max_tokens: 900 }, { maxOutput: 500 }, 900],
  ])("has as output %s", (_, request, options, output) => {
    expect(estimate(said("Blue", request), options)).toEqual(tokens(2 + 24 + output));
  });

  it("has an allowance for each attachment", () => {
    const image = { type: "image_url", image_url: { url: "https://example.com/cat.png" } };
    const call = said([{ type: "text", text: "Blue" }, image, image], { max_tokens: 0 });
    expect(estimate(call)).toEqual(tokens(2 + 24 + 2 * 4_096));
    expect(estimate(call, { attachment: 85 })).toEqual(tokens(2 + 24 + 2 * 85));
    // It reads an image as up to 48,169 tokens.
    expect(estimate({ ...call, model: "gpt-4o-mini" }).amount).toBeGreaterThan(2 * 48_169);
  });

  it("has an allowance for the prompt that explains tools", () => {
    const request = { model: "m", max_tokens: 0, messages: [], tools: [{ name: "sky" }] };
    const withTools = estimate(callTo(ANTHROPIC, request)).amount;
    const without = estimate(callTo(ANTHROPIC, { ...request, tools: [] })).amount;
    expect(withTools - without).toBeGreaterThan(800);
  });

  it("has no output for an embedding", () => {
    expect(estimate(callTo(EMBEDDINGS, { model: "m", input: "Blue sky" }))).toEqual(tokens(4));
  });

  it("stays in the range of amounts, whatever the request asks for", () => {
    const call = said("Blue", { max_tokens: Number.MAX_VALUE, n: 1e9 });
    expect(estimate(call).amount).toBeLessThan(2_000_000_000);
  });
});

describe("the estimate in money", () => {
  const asked: PricedCall[] = [];
  const price = (call: PricedCall): Amount => {
    asked.push(call);
    const { inputTokens, outputTokens, cacheWriteTokens = 0, cacheWrite1hTokens = 0 } = call.usage;
    const { audioInputTokens = 0 } = call.usage;
    const extra = cacheWriteTokens + 2 * cacheWrite1hTokens + 9 * audioInputTokens;
    return microcents(4 * inputTokens + extra + 10 * outputTokens);
  };

  it("is the price of the most that the call may use, none of it cached", () => {
    const call = said("Blue", { max_tokens: 100, service_tier: "flex", model: "llama" });
    const elsewhere = { ...call, provider: "groq" };
    asked.length = 0;
    expect(estimate(elsewhere, { price })).toEqual(microcents(4 * 26 + 10 * 100));
    expect(asked).toEqual([
      {
        provider: "groq",
        model: "llama",
        serviceTier: "flex",
        usage: { inputTokens: 26, outputTokens: 100 },
      },
    ]);
  });

  const message = (system: unknown) =>
    callTo(ANTHROPIC, { model: "claude", max_tokens: 0, system, messages: [] });
  it.each([
    ["not at all", undefined, 4],
    ["for five minutes", { type: "ephemeral" }, 5],
    ["for an hour", { type: "ephemeral", ttl: "1h" }, 7],
  ])("is that of input written to the cache %s if the request asks for it", (_, control, each) => {
    const call = message([{ type: "text", text: "Blue", cache_control: control }]);
    const plain = message([{ type: "text", text: "Blue" }]);
    const input = estimate(plain).amount;
    const cost = estimate(control === undefined ? plain : call, { price });
    expect(cost).toEqual(microcents(each * input));
  });

  it("counts attachments as audio if the request has audio", () => {
    const audio = { type: "input_audio", input_audio: { data: "AAAA", format: "wav" } };
    const call = { ...said([audio], { max_tokens: 0 }), provider: "groq" };
    const input = 24 + 4_096;
    expect(estimate(call, { price })).toEqual(microcents(4 * input + 9 * 4_096));
  });

  it("is not known if the price of the model is not", () => {
    const call = said("Blue");
    expect(boundOf(call, { price: () => undefined })).toBeUndefined();
    expect(() => estimate(call, { price: () => undefined })).toThrow(CyclesConfigError);
    expect(() => estimate(call, { price: () => undefined })).toThrow(/gpt-4o.*unpriced/);
  });
});

describe("the number of tokens of a text", () => {
  it.each([
    ["", 0, 0],
    ["a", 1, 1],
    ["abc", 2, 3],
    ["ü", 1, 2],
    ["天空", 3, 6],
    ["👋🏽", 4, 8],
    ["\ud800", 2, 3],
    ["\udc00a\ud800", 4, 7],
  ])("is a half of the UTF-8 bytes of %j, or all of them", (text, likely, bytes) => {
    expect(inputOf(text)).toBe(likely);
    expect(inputOf(text, "bytes")).toBe(bytes);
    expect(new TextEncoder().encode(text).length).toBe(bytes);
  });

  it("is never more than its bytes", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 60 }), (text) => {
        const bytes = inputOf(text, "bytes");
        expect(bytes).toBe(new TextEncoder().encode(text).length);
        expect(countTokens(text)).toBeLessThanOrEqual(bytes);
      }),
    );
  });

  it.each([
    ["throws", () => expect.fail("no tokenizer here")],
    ["returns no number", () => NaN],
    ["returns a negative number", () => -1],
  ])("is the likely one if a function %s", (_, input) => {
    expect(inputOf("Blue sky", input)).toBe(4);
  });

  it("is rounded up if a function returns a fraction", () => {
    expect(inputOf("Blue sky", () => 2.1)).toBe(3);
  });
});

it("what an interrupted stream has used is its input and the text that was seen", () => {
  const call = said("Blue", { max_tokens: 100 });
  expect(usageSeen("Because", call, {})).toEqual({ inputTokens: 26, outputTokens: 4 });
});
