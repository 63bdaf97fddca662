import { createOpenAI } from "@ai-sdk/openai";
import * as ai6 from "ai";
import * as ai7 from "ai-7";
import { createOpenAI as createOpenAI4 } from "ai-sdk-openai-4";
import type { Sdk } from "../llm/sdk/suite.js";

/** What the tests call of the SDK, which is the same in both versions. */
export type Ai = Pick<
  typeof ai6,
  | "embed"
  | "embedMany"
  | "generateImage"
  | "generateObject"
  | "generateText"
  | "jsonSchema"
  | "stepCountIs"
  | "streamText"
  | "tool"
  | "wrapEmbeddingModel"
  | "wrapImageModel"
  | "wrapLanguageModel"
  | "wrapProvider"
>;

/** A version of the SDK, with its provider for OpenAI. */
export interface AiVersion {
  readonly name: string;
  readonly ai: Ai;
  readonly createOpenAI: typeof createOpenAI;
}

export const AI_VERSIONS: readonly AiVersion[] = [
  { name: "ai 6", ai: ai6, createOpenAI },
  {
    name: "ai 7",
    // Both versions take the same arguments. `test/ai/types.test.ts` checks the types of each.
    ai: ai7 as unknown as Ai,
    createOpenAI: createOpenAI4 as unknown as typeof createOpenAI,
  },
];

/** How the suite of the SDKs calls a model through the AI SDK. */
export function textSdk({ generateText, streamText }: Ai, model: ai6.LanguageModel): Sdk {
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
