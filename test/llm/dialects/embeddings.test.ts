import type OpenAI from "openai";
import { describe, expect, it } from "vitest";
import { embeddings } from "../../../src/llm/dialects/embeddings.js";
import { callTo, limitsOf } from "./calls.js";

const OPENAI = "https://api.openai.com/v1/embeddings";
const MODELS = "https://generativelanguage.googleapis.com/v1beta/models";

describe("an embedding", () => {
  it.each([
    ["Blue", "Blue"],
    [["Blue", "sky"], "Blue\nsky"],
    [[1, 22, 333], "[1,22,333]"],
    [[[1, 22], [333]], "[1,22]\n[333]"],
  ])("of %j is read as %j", (input, text) => {
    const request: OpenAI.EmbeddingCreateParams = { model: "text-embedding-3-small", input };
    expect(callTo(OPENAI, request)).toMatchObject({
      dialect: "embeddings",
      provider: "openai",
      model: "text-embedding-3-small",
      input: text,
      maxOutput: 0,
      answers: 1,
      stream: false,
    });
  });

  it("has the model of the deployment at Azure", () => {
    const url =
      "https://x.openai.azure.com/openai/deployments/small/embeddings?api-version=2024-10-21";
    expect(callTo(url, { input: "Blue" })).toMatchObject({ provider: "azure", model: "small" });
  });

  it.each([
    ["embedContent", { content: { parts: [{ text: "Blue" }] } }, "Blue"],
    [
      "batchEmbedContents",
      {
        requests: [
          { model: "models/gemini-embedding-001", content: { parts: [{ text: "Blue" }] } },
          { model: "models/gemini-embedding-001", content: { parts: [{ text: "sky" }] } },
        ],
      },
      "Blue\nsky",
    ],
  ])("of Gemini with %s is read", (verb, request, input) => {
    expect(callTo(`${MODELS}/gemini-embedding-001:${verb}`, request)).toMatchObject({
      dialect: "embeddings",
      provider: "google",
      model: "gemini-embedding-001",
      input,
    });
  });

  it("is never changed", () => {
    const request = { model: "text-embedding-3-small", input: "Blue" };
    const limits = limitsOf({ maxOutput: 9, includeUsage: true });
    expect(embeddings.limit(callTo(OPENAI, request), request, limits)).toBe(request);
  });

  it.each([
    [{ usage: { prompt_tokens: 8, total_tokens: 8 } }],
    [{ usage: { total_tokens: 8 } }],
    [{ usageMetadata: { promptTokenCount: 8 } }],
  ])("reports its input in %j", (response) => {
    expect(embeddings.report({ model: "m", ...response })).toEqual({
      model: "m",
      usage: { inputTokens: 8, outputTokens: 0 },
    });
  });

  it("has no report without usage", () => {
    expect(embeddings.report({ embedding: { values: [0.1] } })).toBeUndefined();
  });
});
