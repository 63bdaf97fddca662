import { microcents } from "cycles-client";
import { budget } from "cycles-client/ai";
import type { PricedCall } from "cycles-client/llm";
import { describe, expect, it } from "vitest";
import { scene } from "../llm/sdk/scene.js";
import { AI_VERSIONS } from "./models.js";
import { openaiOf } from "./support.js";

describe.each(AI_VERSIONS)("what a price is asked for, $name", (version) => {
  const { ai } = version;

  /** Prices a call to a model that has these names, and whose result has these fields in addition. */
  async function priced(providerId: string, modelId: string, fields: object = {}) {
    const { setting } = await scene();
    const calls: PricedCall[] = [];
    const model = ai.wrapLanguageModel({
      model: openaiOf(version, setting).chat("gpt-4o-mini"),
      providerId,
      modelId,
      middleware: {
        specificationVersion: "v3",
        wrapGenerate: async ({ doGenerate }) => ({ ...(await doGenerate()), ...fields }),
      },
    });
    const price = (call: PricedCall) => (calls.push(call), microcents(1));
    const middleware = budget(setting.cycles, { price });
    await ai.generateText({ model: ai.wrapLanguageModel({ model, middleware }), prompt: "ducks" });
    return { reserved: calls[0], spent: calls.at(-1) };
  }

  it.each([
    ["openai.responses", "gpt-5-mini", "openai", "gpt-5-mini"],
    ["google.generative-ai", "gemini-3-pro", "google", "gemini-3-pro"],
    ["google.vertex.chat", "gemini-3-pro", "google", "gemini-3-pro"],
    ["amazon-bedrock", "anthropic.claude-opus-4", "aws", "anthropic.claude-opus-4"],
    ["xai.chat", "grok-4", "x-ai", "grok-4"],
    ["gateway", "xai/grok-4", "x-ai", "grok-4"],
    ["my-proxy.chat", "my-model", "my-proxy", "my-model"],
  ])("names %s %s as %s %s", async (providerId, modelId, provider, model) => {
    const { reserved } = await priced(providerId, modelId);
    expect(reserved).toMatchObject({ provider, model });
  });

  it("has the model that responded", async () => {
    const { reserved, spent } = await priced("openai.chat", "gpt-latest");
    expect([reserved?.model, spent?.model]).toEqual(["gpt-latest", "gpt-4o-mini"]);
  });

  it("has the service tier that the provider reports", async () => {
    const providerMetadata = { openai: { serviceTier: "priority" } };
    const { spent } = await priced("openai.chat", "gpt-5", { providerMetadata });
    expect(spent).toMatchObject({ serviceTier: "priority" });
  });

  it("has the cost that a gateway or a router reports", async () => {
    const ofGateway = { providerMetadata: { gateway: { cost: "0.0000453" } } };
    expect((await priced("gateway", "openai/gpt-5", ofGateway)).spent?.cost).toBe("0.0000453");
    const { spent } = await priced("openrouter.chat", "gpt-5", {
      usage: usage({ input: 10, output: 5, raw: { cost: 0.012 } }),
    });
    expect(spent?.cost).toBe("0.012");
  });

  it("has the kinds of tokens that the SDK has no names for", async () => {
    const raw = {
      cache_creation: { ephemeral_1h_input_tokens: 6 },
      prompt_tokens_details: { audio_tokens: 3 },
      completion_tokens_details: { audio_tokens: 2 },
    };
    const { spent } = await priced("anthropic.messages", "claude-opus-4", {
      usage: usage({ input: 30, written: 8, output: 5, raw }),
    });
    expect(spent?.usage).toEqual({
      inputTokens: 30,
      outputTokens: 5,
      cacheWriteTokens: 8,
      cacheWrite1hTokens: 6,
      audioInputTokens: 3,
      audioOutputTokens: 2,
    });
  });
});

function usage(counts: { input: number; written?: number; output: number; raw: object }) {
  return {
    inputTokens: { total: counts.input, cacheWrite: counts.written },
    outputTokens: { total: counts.output },
    raw: counts.raw,
  };
}
