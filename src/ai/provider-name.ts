import type { LlmCall } from "../llm/index.js";
import type { ModelIdentity } from "./middleware.js";

/**
 * The provider and the model by the names that prices have. The SDK's name of a provider has the
 * API after it, as in `openai.responses`. A gateway has the provider in the name of the model.
 */
export function namesOf({ provider, modelId }: ModelIdentity): Pick<LlmCall, "provider" | "model"> {
  const [name = ""] = provider.split(".");
  if (name === "gateway" && modelId.includes("/")) {
    const slash = modelId.indexOf("/");
    return { provider: known(modelId.slice(0, slash)), model: modelId.slice(slash + 1) };
  }
  return { provider: known(name), model: modelId };
}

function known(name: string): string {
  return NAMES.get(name) ?? name;
}

/** The names that differ between the SDK and the prices. */
const NAMES: ReadonlyMap<string, string> = new Map([
  ["amazon-bedrock", "aws"],
  ["bedrock", "aws"],
  ["azure-openai", "azure"],
  ["vertex", "google"],
  ["togetherai", "together"],
  ["xai", "x-ai"],
]);
