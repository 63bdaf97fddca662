// What a call is, by the parameters that the SDK has made of what its caller gave.
import type { AiSdkFormat, LlmCall } from "../llm/index.js";
import { contentOf } from "../llm/dialects/content.js";
import { jsonText, limitOf, objectOf } from "../llm/dialects/values.js";
import type {
  EmbeddingModelParams,
  ImageModelParams,
  LanguageModelParams,
  ModelIdentity,
  ModelParams,
} from "./middleware.js";
import { namesOf } from "./provider-name.js";
import { serviceTierOf } from "./report.js";

/** @param maxOutput the limit of output tokens that is written into calls without one */
export function languageCall(
  model: ModelIdentity,
  params: LanguageModelParams,
  { stream, maxOutput }: { readonly stream: boolean; readonly maxOutput: number },
): LlmCall {
  const format = objectOf(params["responseFormat"])["schema"];
  return {
    ...common("language-model", model, params),
    ...contentOf(params.prompt, jsonText(params.tools), jsonText(format)),
    maxOutput: (limitOf(params.maxOutputTokens) ?? maxOutput) + thinkingTokens(params),
    answers: 1,
    stream,
  };
}

/**
 * The tokens for thinking that the SDK's providers for Anthropic and Bedrock add to
 * `maxOutputTokens`. Other providers count thinking as a part of it.
 */
export function thinkingTokens({ providerOptions }: LanguageModelParams): number {
  const options = Object.values(providerOptions ?? {}).map(objectOf);
  const settings = options.flatMap((one) => [one["thinking"], one["reasoningConfig"]]);
  return Math.max(0, ...settings.map((one) => limitOf(objectOf(one)["budgetTokens"]) ?? 0));
}

export function embeddingCall(model: ModelIdentity, params: EmbeddingModelParams): LlmCall {
  return {
    ...common("embedding-model", model, params),
    input: params.values.join("\n"),
    attachments: 0,
    maxOutput: 0,
    answers: 1,
    stream: false,
  };
}

export function imageCall(model: ModelIdentity, params: ImageModelParams): LlmCall {
  const { prompt, n, files, mask } = params;
  return {
    ...common("image-model", model, params),
    input: prompt ?? "",
    attachments: (files?.length ?? 0) + (mask === undefined ? 0 : 1),
    maxOutput: undefined,
    answers: n,
    stream: false,
  };
}

function common(dialect: AiSdkFormat, model: ModelIdentity, params: ModelParams) {
  const options = Object.values(params.providerOptions ?? {}).map(objectOf);
  const serviceTier = options.map(serviceTierOf).find((name) => name !== undefined);
  return { dialect, ...namesOf(model), url: "", body: params, serviceTier };
}
