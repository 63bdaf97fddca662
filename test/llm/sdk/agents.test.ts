import { Agent, run, setDefaultOpenAIClient, setTracingDisabled } from "@openai/agents";
import { metered } from "cycles-client/llm";
import OpenAI from "openai";
import { meters } from "./suite.js";

setTracingDisabled(true);

meters("@openai/agents", ({ provider, cycles, options }) => {
  const client = new OpenAI({ apiKey: "sk-test", baseURL: provider.baseURL });
  setDefaultOpenAIClient(metered(client, cycles, options));
  const agent = new Agent({ name: "duck expert", model: "gpt-5-mini" });
  return {
    async ask(question, signal) {
      return (await run(agent, question, { ...(signal && { signal }) })).finalOutput ?? "";
    },
    async *stream(question, signal) {
      const result = await run(agent, question, { stream: true, ...(signal && { signal }) });
      yield* result.toTextStream();
      await result.completed;
    },
  };
});
