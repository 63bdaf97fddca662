import type { Usage } from "../llm/index.js";
import type { Report } from "../llm/dialects/dialect.js";
import { costOf, countOf, decimalText, reportOf, usageOf } from "../llm/dialects/usage.js";
import { objectOf, textOf } from "../llm/dialects/values.js";
import type { EmbeddingModelResult, ImageModelResult, ModelResult } from "./middleware.js";

/** What the result of a language model says of its cost: the fields of a result, or of a `finish`. */
export interface LanguageModelOutcome extends ModelResult {
  readonly usage?: unknown;
}

/** The report of a language model; undefined if it has no usage. */
export function languageReport(outcome: LanguageModelOutcome): Report | undefined {
  const usage = objectOf(outcome.usage);
  const input = objectOf(usage["inputTokens"]);
  const output = objectOf(usage["outputTokens"]);
  const raw = objectOf(usage["raw"]);
  const counts = usageOf({
    inputTokens: countOf(input["total"]),
    outputTokens: countOf(output["total"]),
    cachedTokens: countOf(input["cacheRead"]),
    cacheWriteTokens: countOf(input["cacheWrite"]),
    reasoningTokens: countOf(output["reasoning"]),
    // The SDK has no names for these.
    cacheWrite1hTokens: countOf(objectOf(raw["cache_creation"])["ephemeral_1h_input_tokens"]),
    audioInputTokens: countOf(objectOf(raw["prompt_tokens_details"])["audio_tokens"]),
    audioOutputTokens: countOf(objectOf(raw["completion_tokens_details"])["audio_tokens"]),
  });
  return reported(counts, outcome, costOf(raw));
}

/** The report of an embedding model; undefined if it has no usage. */
export function embeddingReport(result: EmbeddingModelResult): Report | undefined {
  const counts = usageOf({ inputTokens: countOf(result.usage?.tokens), outputTokens: 0 });
  return reported(counts, result);
}

/** The report of an image model; undefined if it has no usage in tokens. */
export function imageReport(result: ImageModelResult): Report | undefined {
  const { inputTokens, outputTokens } = result.usage ?? {};
  const counts = { inputTokens: countOf(inputTokens), outputTokens: countOf(outputTokens) };
  return reported(usageOf(counts), result);
}

function reported(
  usage: Usage | undefined,
  { providerMetadata, response }: ModelResult,
  cost?: string,
): Report | undefined {
  const metadata = Object.values(providerMetadata ?? {}).map(objectOf);
  const tier = metadata.map(serviceTierOf).find((name) => name !== undefined);
  return reportOf(
    usage,
    objectOf(response)["modelId"],
    tier,
    cost ?? gatewayCost(providerMetadata),
  );
}

/** The service tier in the options or in the metadata of one provider. */
export function serviceTierOf(fields: Readonly<Record<string, unknown>>): string | undefined {
  return textOf(fields["serviceTier"]) ?? textOf(fields["service_tier"]);
}

/** Vercel's gateway reports the cost in dollars, as text. */
function gatewayCost(metadata: ModelResult["providerMetadata"]): string | undefined {
  const cost = textOf(objectOf(metadata?.["gateway"])["cost"]);
  return cost === undefined ? undefined : decimalText(Number(cost));
}
