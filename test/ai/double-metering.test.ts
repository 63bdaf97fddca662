import { budget, embeddingBudget } from "cycles-client/ai";
import { meteredFetch } from "cycles-client/llm";
import { describe, expect, it } from "vitest";
import { cost, scene } from "../llm/sdk/scene.js";
import { AI_VERSIONS } from "./models.js";
import { middlewareOptions } from "./support.js";

describe.each(AI_VERSIONS)(
  "a metered fetch under the middleware, $name",
  ({ ai, createOpenAI }) => {
    async function layered() {
      const parts = await scene();
      const { provider, cycles, options } = parts.setting;
      const openai = createOpenAI({
        apiKey: "sk-test",
        baseURL: provider.baseURL,
        fetch: meteredFetch(cycles, options),
      });
      return { ...parts, cycles, options: middlewareOptions(parts.setting), openai };
    }

    it.each(["chat", "responses"] as const)("reserves a call once: %s", async (api) => {
      const { openai, cycles, options, provider, settled, requests } = await layered();
      const model = ai.wrapLanguageModel({
        model: openai[api]("gpt-4o-mini"),
        middleware: budget(cycles, options),
      });
      await ai.generateText({ model, prompt: "What do ducks eat?" });
      expect(await settled()).toBe(cost(provider.billed));
      expect(requests()).toEqual({ reserves: 1, commits: 1, releases: 0 });
    });

    it("reserves a stream once", async () => {
      const { openai, cycles, options, provider, settled, requests } = await layered();
      const model = ai.wrapLanguageModel({
        model: openai("gpt-4o-mini"),
        middleware: budget(cycles, options),
      });
      await ai.streamText({ model, prompt: "What do ducks eat?" }).text;
      expect(await settled()).toBe(cost(provider.billed));
      expect(requests()).toEqual({ reserves: 1, commits: 1, releases: 0 });
    });

    it("reserves an embedding once", async () => {
      const { openai, cycles, options, provider, settled, requests } = await layered();
      const model = ai.wrapEmbeddingModel({
        model: openai.embedding("text-embedding-3-small"),
        middleware: embeddingBudget(cycles, options),
      });
      await ai.embed({ model, value: "duck" });
      expect(await settled()).toBe(cost(provider.billed));
      expect(requests()).toEqual({ reserves: 1, commits: 1, releases: 0 });
    });

    it("reserves a call once under two middlewares, by the outer one", async () => {
      const { openai, cycles, options, provider, settled, requests } = await layered();
      const model = ai.wrapLanguageModel({
        model: openai("gpt-4o-mini"),
        middleware: [budget(cycles, options), budget(cycles, options)],
      });
      await ai.generateText({ model, prompt: "What do ducks eat?" });
      expect(await settled()).toBe(cost(provider.billed));
      expect(requests()).toEqual({ reserves: 1, commits: 1, releases: 0 });
    });

    it("still reserves the calls that do not pass the middleware", async () => {
      const { openai, settled, provider, requests } = await layered();
      const abortSignal = new AbortController().signal;
      await ai.generateText({ model: openai("gpt-4o-mini"), prompt: "ducks", abortSignal });
      expect(await settled()).toBe(cost(provider.billed));
      expect(requests().reserves).toBe(1);
    });
  },
);
