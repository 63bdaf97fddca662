import { usd } from "cycles-client";
import { prices, type Usage } from "cycles-client/prices";
import { describe, expect, it } from "vitest";

const price = prices({ at: Date.UTC(2026, 10, 1) });
const usage = { inputTokens: 1_000_000, outputTokens: 1_000_000 };

describe("where the library has a gap, the price of a model", () => {
  it.each([
    ["openai", "gpt-4o-audio-preview"],
    ["openai", "gpt-4o-audio-preview-2024-12-17"],
    ["openai", "gpt-4o-mini-audio-preview"],
    ["openrouter", "openai/gpt-4o-audio-preview"],
    ["openrouter", "openai/gpt-audio"],
  ])("is unknown if audio would have the price of text: %s %s", (provider, model) => {
    expect(price({ provider, model, usage })).toBeUndefined();
  });

  it.each([
    ["openrouter", "google/gemini-2.5-flash-image"],
    ["openrouter", "openai/gpt-5-image"],
  ])("is unknown if images would have the price of text: %s %s", (provider, model) => {
    expect(price({ provider, model, usage })).toBeUndefined();
  });

  it("is known where audio has its own price", () => {
    const spoken: Usage = { ...usage, audioInputTokens: 500_000, audioOutputTokens: 1_000_000 };
    const cost = price({ provider: "openai", model: "gpt-audio", usage: spoken });
    // $2.50 × 0.5 for text, $32 × 0.5 and $64 for audio.
    expect(cost).toEqual(usd("81.25"));
  });

  it.each([
    ["groq", "whisper-large-v3"],
    ["mistral", "mistral-ocr-latest"],
    ["x-ai", "grok-voice-latest"],
  ])("is unknown if tokens have none: %s %s", (provider, model) => {
    expect(price({ provider, model, usage })).toBeUndefined();
  });

  it("is unknown if none is listed, and zero only for a model that is named free", () => {
    const listed = { provider: "cerebras", model: "qwen-3-coder-480b", usage };
    expect(price(listed)).toBeUndefined();
    const free = { provider: "openrouter", model: "qwen/qwen3-coder:free", usage };
    expect(price(free)).toEqual(usd("0"));
  });

  it("is the dearest if images, video or citations cost more than text", () => {
    // Text costs $2.50 per million, and images $30.
    const drawn = { provider: "google", model: "gemini-2.5-flash-image", usage };
    expect(price(drawn)).toEqual(usd("30.3"));
  });

  it("comes from an override", () => {
    const model = "gpt-4o-audio-preview";
    const rates = { input: "2.50", output: "10", audioInput: "40", audioOutput: "80" };
    const overridden = prices({ overrides: { [model]: rates } });
    const spoken: Usage = { ...usage, audioInputTokens: 1_000_000, audioOutputTokens: 1_000_000 };
    expect(overridden({ provider: "openai", model, usage: spoken })).toEqual(usd("120"));
  });
});
