import { ChatOpenAI } from "@langchain/openai";
import { meteredFetch } from "cycles-client/llm";
import type { Setting } from "./scene.js";
import { meters, type Sdk } from "./suite.js";

const open = ({ provider, cycles, options }: Setting): Sdk => {
  const model = new ChatOpenAI({
    model: "gpt-4o-mini",
    apiKey: "sk-test",
    configuration: { baseURL: provider.baseURL, fetch: meteredFetch(cycles, options) },
  });
  return {
    async ask(question, signal) {
      return (await model.invoke(question, { ...(signal && { signal }) })).text;
    },
    async *stream(question, signal) {
      for await (const chunk of await model.stream(question, { ...(signal && { signal }) }))
        if (chunk.text !== "") yield chunk.text;
    },
  };
};

// A `break` waits for the next event.
meters("@langchain/openai", open, { leavesOpen: true });
