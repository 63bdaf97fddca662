import { metered } from "cycles-client/llm";
import type OpenAI from "openai";
import { OpenAI as OpenAI7 } from "openai-7";
import { metersOpenAI } from "./openai.js";

metersOpenAI("openai 7", ({ provider, cycles, options }) => {
  const client = new OpenAI7({ apiKey: "sk-test", baseURL: provider.baseURL });
  const typed: OpenAI7 = metered(client, cycles, options);
  // What the suite calls is the same in both versions. Their private fields make the types differ.
  return typed as unknown as OpenAI;
});
