import type { createOpenAI } from "@ai-sdk/openai";
import type * as ai from "ai";
import { meteredFetch } from "cycles-client/llm";
import { meters, type Sdk } from "./suite.js";
import type { Setting } from "./scene.js";

type Ai = Pick<typeof ai, "generateText" | "streamText">;

/**
 * The suite for a version of the AI SDK with its provider for OpenAI. After a `break`, the SDK keeps
 * the response open for the other readers of the result.
 */
export function metersAi(name: string, sdk: Ai, create: typeof createOpenAI): void {
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

function text({ generateText, streamText }: Ai, model: ai.LanguageModel): Sdk {
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
