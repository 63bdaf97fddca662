import { CyclesClient, microcents, usd } from "cycles-client";
import { budget } from "cycles-client/ai";
import { EmbeddedCycles } from "cycles-client/embedded";
import { estimate, type LlmCall, UnmeteredCallError } from "cycles-client/llm";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { rejection } from "../support/server.js";
import { cost, scene } from "../llm/sdk/scene.js";
import { AI_VERSIONS } from "./models.js";
import { metering, middlewareOptions, openaiOf } from "./support.js";

const QUESTION = "What do ducks eat in the winter?";

describe.each(AI_VERSIONS)("a language model with a budget, $name", (version) => {
  const { ai } = version;
  const weather = ai.tool({
    description: "Returns the weather in a city",
    inputSchema: z.object({ city: z.string() }),
    execute: ({ city }) => `It rains in ${city}`,
  });
  const callsWeather = { tools: [{ name: "weather", arguments: { city: "Oslo" } }] };
  const loop = { tools: { weather }, stopWhen: ai.stepCountIs(5) };

  it("spends what the provider bills, with reads and writes of a cache and reasoning", async () => {
    const { setting, provider, settled, sent } = await scene();
    const model = ai.wrapLanguageModel({
      model: openaiOf(version, setting).responses("gpt-5-mini"),
      middleware: budget(setting.cycles, middlewareOptions(setting)),
    });
    provider.next({ cached: 7, cacheWritten: 3, reasoning: 5 });
    await ai.generateText({ model, prompt: QUESTION });
    provider.next({ cached: 2, cacheWritten: 9, reasoning: 1 });
    await ai.streamText({ model, prompt: QUESTION }).text;
    expect(provider.billed).toMatchObject({ cached: 9, cacheWritten: 12, reasoning: 6 });
    expect(await settled()).toBe(cost(provider.billed));
    expect(JSON.parse(sent("commit")[0]?.body ?? "").metrics).toMatchObject({
      tokens_input: provider.calls[0]?.bill.input,
      tokens_output: provider.calls[0]?.bill.output,
      model_version: "gpt-5-mini",
      custom: { cached_tokens: 7, cache_write_tokens: 3, reasoning_tokens: 5 },
    });
  });

  describe("limits", () => {
    it.each([
      ["writes the default output limit into a call without one", {}, {}, 4_096],
      ["writes an output limit of its own", { maxOutput: 300 }, {}, 300],
      ["keeps the limit of the caller", { maxOutput: 300 }, { maxOutputTokens: 900 }, 900],
    ])("%s", async (_, options, settings, limit) => {
      const { model, body, estimate: reserved } = await metering(version, options);
      await ai.generateText({ model: model(), prompt: QUESTION, ...settings });
      expect(body()).toMatchObject({ max_tokens: limit });
      expect(reserved()).toBeGreaterThanOrEqual(limit * 20);
    });

    it.each([
      ["a higher limit", { maxOutputTokens: 900 }, 50],
      ["the default limit", {}, 50],
      ["no lower limit", { maxOutputTokens: 20 }, 20],
    ])("lowers %s to the caps of the reservation", async (_, settings, limit) => {
      const { model, body } = await capped({ max_tokens: 50 });
      await ai.generateText({ model, prompt: QUESTION, ...settings });
      expect(body()).toMatchObject({ max_tokens: limit });
      await ai.streamText({ model, prompt: QUESTION, ...settings }).text;
      expect(body()).toMatchObject({ max_tokens: limit });
    });

    it("takes out the tools that the caps deny", async () => {
      const { model, body } = await capped({ tool_denylist: ["shell"] });
      const tools = { weather, shell: weather };
      await ai.generateText({ model, prompt: QUESTION, tools });
      expect(body()).toMatchObject({ tools: [{ function: { name: "weather" } }] });
      const toolChoice = { type: "tool", toolName: "shell" } as const;
      // The SDK then rejects an answer without a call of that tool.
      await rejection(ai.generateText({ model, prompt: QUESTION, tools, toolChoice }));
      expect(body()).toMatchObject({ tool_choice: "none" });
      await ai.generateText({ model, prompt: QUESTION, tools: { shell: weather } });
      expect(body()).not.toHaveProperty("tools");
      expect(body()).not.toHaveProperty("tool_choice");
    });

    async function capped(caps: { max_tokens?: number; tool_denylist?: string[] }) {
      const { setting, provider } = await scene();
      const authority = new EmbeddedCycles({
        budgets: { "tenant:acme": { allocated: usd("1.00"), caps } },
      });
      const cycles = new CyclesClient(authority.clientOptions("acme"));
      const model = ai.wrapLanguageModel({
        model: openaiOf(version, setting).chat("gpt-4o-mini"),
        middleware: budget(cycles, middlewareOptions(setting)),
      });
      return { model, body: (): unknown => provider.calls.at(-1)?.body };
    }
  });

  describe("a loop with tools", () => {
    it("reserves for each step", async () => {
      const { model, provider, settled, requests } = await metering(version);
      provider.next(callsWeather);
      const { text } = await ai.generateText({ model: model(), prompt: QUESTION, ...loop });
      expect(text).toContain("It rains in Oslo");
      expect(await settled()).toBe(cost(provider.billed));
      expect(requests()).toEqual({ reserves: 2, commits: 2, releases: 0 });
    });

    it("reserves for each step of a stream", async () => {
      const { model, provider, settled, requests } = await metering(version);
      provider.next(callsWeather);
      const { text } = ai.streamText({ model: model(), prompt: QUESTION, ...loop });
      expect(await text).toContain("It rains in Oslo");
      expect(await settled()).toBe(cost(provider.billed));
      expect(requests()).toEqual({ reserves: 2, commits: 2, releases: 0 });
    });

    it.each(["in its context", "as its budget"])(
      "draws all steps on an allowance %s, which takes two requests",
      async (how) => {
        const { model, cycles, provider, settled, requests } = await metering(version);
        provider.next(callsWeather);
        const request = { action: { kind: "agent.run", name: "weather" }, estimate: usd("0.10") };
        await cycles.allowance(request, (allowance) => {
          const under = model(how === "as its budget" ? allowance : cycles);
          return ai.generateText({ model: under, prompt: QUESTION, ...loop });
        });
        expect(provider.calls).toHaveLength(2);
        expect(await settled()).toBe(cost(provider.billed));
        expect(requests()).toEqual({ reserves: 1, commits: 1, releases: 0 });
      },
    );
  });

  describe("errors", () => {
    it("releases a call that the provider refused for good", async () => {
      const { model, provider, settled, requests } = await metering(version);
      provider.next({ status: 400 }, { status: 401 });
      await rejection(ai.generateText({ model: model(), prompt: QUESTION }));
      const onError = () => {};
      await rejection(ai.streamText({ model: model(), prompt: QUESTION, onError }).usage);
      expect(provider.calls).toHaveLength(2);
      expect(await settled()).toBe(0);
      expect(requests()).toEqual({ reserves: 2, commits: 0, releases: 2 });
    });

    it("releases a call that no connection was made for", async () => {
      const { model, provider, settled, requests } = await metering(version);
      provider.close();
      await rejection(ai.generateText({ model: model(), prompt: QUESTION, maxRetries: 0 }));
      expect(await settled()).toBe(0);
      expect(requests()).toEqual({ reserves: 1, commits: 0, releases: 1 });
    });

    it("releases a call that was not sent because a setting is missing", async () => {
      const { setting, provider, settled, requests } = await scene();
      const { baseURL } = provider;
      const model = ai.wrapLanguageModel({
        model: version.createOpenAI({ baseURL })("gpt-4o-mini"),
        middleware: budget(setting.cycles, middlewareOptions(setting)),
      });
      const error = await rejection(ai.generateText({ model, prompt: QUESTION }));
      expect(error).toMatchObject({ name: "AI_LoadAPIKeyError" });
      expect(await settled()).toBe(0);
      expect(requests()).toEqual({ reserves: 1, commits: 0, releases: 1 });
    });

    it("never releases a stream that ends with an error of the provider", async () => {
      const { model, provider, settled, requests, marks } = await metering(version);
      provider.next({ cutAfter: 2 });
      const onError = () => {};
      await ai
        .streamText({ model: model(), prompt: QUESTION, onError, maxRetries: 0 })
        .consumeStream();
      expect(await settled()).toBeGreaterThanOrEqual(cost(provider.billed));
      expect(marks()).toEqual({ actual_source: "estimate", estimated_from: "text" });
      expect(requests()).toEqual({ reserves: 1, commits: 1, releases: 0 });
    });

    it("does not reserve for a caller who has given up before", async () => {
      const { model, provider, requests } = await metering(version);
      const abortSignal = AbortSignal.abort(new Error("changed my mind"));
      await rejection(ai.generateText({ model: model(), prompt: QUESTION, abortSignal }));
      expect(provider.calls).toEqual([]);
      expect(requests().commits).toBe(0);
    });
  });

  describe("a price that is unknown", () => {
    const price = () => undefined;

    it("keeps the call from being sent", async () => {
      const { model, provider, requests } = await metering(version, { price });
      const error = await rejection(ai.generateText({ model: model(), prompt: QUESTION }));
      expect(error).toBeInstanceOf(UnmeteredCallError);
      expect(error).toMatchObject({ message: expect.stringContaining("gpt-4o-mini (openai)") });
      expect(provider.calls).toEqual([]);
      expect(requests().reserves).toBe(0);
    });

    it("costs the amount of `unpriced`", async () => {
      const options = { price, unpriced: microcents(77) };
      const { model, settled, marks } = await metering(version, options);
      await ai.generateText({ model: model(), prompt: QUESTION });
      expect(await settled()).toBe(77);
      expect(marks()).toEqual({ actual_source: "estimate", estimated_from: "unpriced" });
    });

    it("is no price of zero, which passes without a reservation", async () => {
      const { model, provider, requests } = await metering(version, { price: () => microcents(0) });
      await ai.generateText({ model: model(), prompt: QUESTION });
      expect(provider.calls).toHaveLength(1);
      expect(requests().reserves).toBe(0);
    });
  });

  it("describes the call to the functions of the options", async () => {
    const calls: LlmCall[] = [];
    const { model, setting, sent } = await metering(version, {
      estimate: (call) => (calls.push(call), estimate(call, { price: setting.options.price })),
      subject: ({ provider }) => ({ agent: provider }),
      action: ({ model: name }) => ({ kind: "llm.chat", name }),
    });
    const image = "data:image/png;base64,iVBORw0KGgo=";
    await ai.generateText({
      model: model(),
      system: "You know birds.",
      messages: [
        {
          role: "user",
          content: [
            { type: "text", text: QUESTION },
            { type: "file", mediaType: "image/png", data: image },
          ],
        },
      ],
      tools: { weather },
      maxOutputTokens: 12,
      providerOptions: { openai: { serviceTier: "default" } },
    });
    expect(calls[0]).toMatchObject({
      dialect: "language-model",
      provider: "openai",
      model: "gpt-4o-mini",
      url: "",
      attachments: 1,
      maxOutput: 12,
      answers: 1,
      stream: false,
      serviceTier: "default",
    });
    for (const text of ["You know birds.", QUESTION, "Returns the weather in a city", '"city"'])
      expect(calls[0]?.input).toContain(text);
    expect(calls[0]?.input).not.toContain("iVBORw0KGgo");
    const request = JSON.parse(sent("reservations")[0]?.body ?? "");
    expect(request.action).toEqual({ kind: "llm.chat", name: "gpt-4o-mini" });
    expect(request.subject).toMatchObject({ tenant: "acme", agent: "openai" });
  });

  it("fits all models of a provider", async () => {
    const { openai, setting, provider, settled } = await metering(version);
    const languageModelMiddleware = budget(setting.cycles, middlewareOptions(setting));
    const metered = ai.wrapProvider({ provider: openai, languageModelMiddleware });
    await ai.generateText({ model: metered.languageModel("gpt-5-mini"), prompt: QUESTION });
    expect(await settled()).toBe(cost(provider.billed));
  });

  it("spends what structured output is billed", async () => {
    const { model, provider, settled } = await metering(version);
    provider.next({ say: '{"city":"Oslo"}' });
    const schema = z.object({ city: z.string() });
    const { object } = await ai.generateObject({ model: model(), prompt: QUESTION, schema });
    expect(object).toEqual({ city: "Oslo" });
    expect(await settled()).toBe(cost(provider.billed));
  });
});
