import {
  Agent,
  OpenAIProvider,
  run,
  Runner,
  setDefaultOpenAIClient,
  setTracingDisabled,
} from "@openai/agents";
import { metered } from "cycles-client/llm";
import { OpenAI } from "openai-7";
import { expect, it } from "vitest";
import { cost, scene, type Setting } from "./scene.js";
import { meters, type Sdk } from "./suite.js";

setTracingDisabled(true);

const agent = new Agent({ name: "duck expert", model: "gpt-5-mini" });

type Client = Parameters<typeof setDefaultOpenAIClient>[0];

function client({ provider, cycles, options }: Setting): Client {
  const openai = new OpenAI({ apiKey: "sk-test", baseURL: provider.baseURL });
  // The SDK has its own copy of this version, whose private fields make the types differ.
  return metered(openai, cycles, options) as unknown as Client;
}

it("@openai/agents: meters the default client", async () => {
  const { setting, provider, settled } = await scene();
  setDefaultOpenAIClient(client(setting));
  await run(agent, "What do ducks eat?");
  expect(provider.calls).toHaveLength(1);
  expect(await settled()).toBe(cost(provider.billed));
});

meters("@openai/agents", (setting) => {
  // The SDK keeps the first default client. A provider of its own gives each test another client.
  const runner = new Runner({
    modelProvider: new OpenAIProvider({ openAIClient: client(setting) }),
  });
  return runs(runner);
});

function runs(runner: Runner): Sdk {
  return {
    async ask(question, signal) {
      const result = await runner.run(agent, question, { ...(signal && { signal }) });
      return result.finalOutput ?? "";
    },
    async *stream(question, signal) {
      const options = { stream: true as const, ...(signal && { signal }) };
      const result = await runner.run(agent, question, options);
      yield* result.toTextStream();
      await result.completed;
    },
  };
}
