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

export function languageCall(
  model: ModelIdentity,
  params: LanguageModelParams,
  stream: boolean,
): LlmCall {
  const format = objectOf(params["responseFormat"])["schema"];
  return {
    ...common("language-model", model, params),
    ...contentOf(params.prompt, jsonText(params.tools), jsonText(format)),
    maxOutput: limitOf(params.maxOutputTokens),
    answers: 1,
    stream,
  };
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
