import { meteredFetch } from "cycles-client/llm";
import { AI_VERSIONS, textSdk } from "../../ai/models.js";
import type { Setting } from "./scene.js";
import { meters } from "./suite.js";

for (const { name, ai, createOpenAI } of AI_VERSIONS) {
  const open = ({ provider, cycles, options }: Setting) =>
    createOpenAI({
      apiKey: "sk-test",
      baseURL: provider.baseURL,
      fetch: meteredFetch(cycles, options),
    });
  // After a `break`, the SDK keeps the response open for the other readers of the result.
  const traits = { leavesOpen: true };
  meters(`${name}, responses`, (setting) => textSdk(ai, open(setting)("gpt-5-mini")), traits);
  meters(`${name}, chat`, (setting) => textSdk(ai, open(setting).chat("gpt-4o-mini")), traits);
}
