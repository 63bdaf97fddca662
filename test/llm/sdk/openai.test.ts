import { metered } from "cycles-client/llm";
import OpenAI from "openai";
import { metersOpenAI } from "./openai.js";

metersOpenAI("openai 6", ({ provider, cycles, options }) =>
  metered(new OpenAI({ apiKey: "sk-test", baseURL: provider.baseURL }), cycles, options),
);
