// Embeddings of OpenAI and of the servers that speak its format, and those of Gemini.
import { contentOf } from "./content.js";
import type { CallReading, Dialect, JsonObject, Report } from "./dialect.js";
import { costOf, countOf, reportOf, usageOf } from "./usage.js";
import { listOf, objectOf, segmentOf, textOf } from "./values.js";

const PATH = /\/embeddings(?:\?|$)/i;
const GEMINI = /\/([^/:]+):(?:batchEmbedContents|embedContent)(?:\?|$)/i;
const AZURE_DEPLOYMENT = /\/deployments\/([^/?]+)\//i;

export const embeddings: Dialect = {
  name: "embeddings",
  matches: (path) => PATH.test(path) || GEMINI.test(path),
  read,
  limit: (_call, body) => body,
  report,
  text: () => "",
  // Embeddings are never streamed.
  events: () => ({ read: () => ({}) }),
};

function read(path: string, body: JsonObject): CallReading {
  const inPath = (GEMINI.exec(path) ?? AZURE_DEPLOYMENT.exec(path))?.[1];
  const fromPath = inPath === undefined ? undefined : segmentOf(inPath);
  const isGemini = GEMINI.test(path);
  const { input, attachments } = isGemini
    ? contentOf(body["content"], contentsOf(body))
    : contentOf(body["input"], body["messages"]);
  return {
    model: (isGemini ? fromPath : (textOf(body["model"]) ?? fromPath)) ?? "unknown",
    input,
    attachments,
    // A model that embeds writes no tokens.
    maxOutput: 0,
    answers: 1,
    stream: false,
    serviceTier: undefined,
  };
}

/** A batch of Gemini has a request for each embedding. */
function contentsOf(body: JsonObject): readonly unknown[] {
  return listOf(body["requests"]).map((request) => objectOf(request)["content"]);
}

function report(body: JsonObject): Report | undefined {
  const raw = objectOf(body["usage"] ?? body["usageMetadata"]);
  const usage = usageOf({
    // Voyage and others report only the total, all of which is input.
    inputTokens: countOf(raw["prompt_tokens"] ?? raw["promptTokenCount"] ?? raw["total_tokens"]),
    outputTokens: 0,
  });
  return reportOf(usage, body["model"], undefined, costOf(raw));
}
