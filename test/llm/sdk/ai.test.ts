import { createOpenAI } from "@ai-sdk/openai";
import * as ai6 from "ai";
import * as ai7 from "ai-7";
import { createOpenAI as createOpenAI4 } from "ai-sdk-openai-4";
import { meteredFetch } from "cycles-client/llm";
import type { Setting } from "./scene.js";
import { meters, type Sdk } from "./suite.js";

metersAi("ai 6", ai6, createOpenAI);
// What the suite calls is the same in both versions.
metersAi("ai 7", ai7 as unknown as typeof ai6, createOpenAI4 as unknown as typeof createOpenAI);

type Ai = Pick<typeof ai6, "generateText" | "streamText">;

/**
 * The suite for a version of the AI SDK with its provider for OpenAI. After a `break`, the SDK keeps
 * the response open for the other readers of the result.
 */
function metersAi(name: string, sdk: Ai, create: typeof createOpenAI): void {
  const open = ({ provider, cycles, options }: Setting) =>
    create({
      apiKey: "sk-test",
      baseURL: provider.baseURL,
      fetch: meteredFetch(cycles, options),
    });
  meters(`${name}, responses`, (setting) => text(sdk, open(setting)("gpt-5-mini")), {
    leavesOpen: true,
  });
  meters(`${name}, chat`, (setting) => text(sdk, open(setting).chat("gpt-4o-mini")), {
    leavesOpen: true,
  });
}

function text({ generateText, streamText }: Ai, model: ai6.LanguageModel): Sdk {
  const request = (prompt: string, abortSignal: AbortSignal | undefined) => ({
    model,
    prompt,
    ...(abortSignal && { abortSignal }),
  });
  return {
    async ask(question, signal) {
      return (await generateText(request(question, signal))).text;
    },
    async *stream(question, signal) {
      // An error ends `textStream` and is not thrown by it.
      const failure: { error?: unknown } = {};
      const onError = (event: { error: unknown }) => void (failure.error = event.error);
      yield* streamText({ ...request(question, signal), onError }).textStream;
      if (failure.error !== undefined) throw failure.error;
    },
  };
}
