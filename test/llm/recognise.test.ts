import { describe, expect, it } from "vitest";
import { providerOf } from "../../src/llm/providers.js";
import { recognise } from "../../src/llm/recognise.js";

const OPENAI = "https://api.openai.com/v1";
const ANTHROPIC = "https://api.anthropic.com/v1";
const GEMINI = "https://generativelanguage.googleapis.com/v1beta";
const VERTEX = "https://aiplatform.googleapis.com/v1/projects/p/locations/l/publishers";

describe("a request that costs money, but cannot be metered, is refused:", () => {
  it.each([
    [`${OPENAI}/batches`, { input_file_id: "file_1" }],
    [`${ANTHROPIC}/messages/batches`, { requests: [] }],
    ["https://api.groq.com/openai/v1/batches", {}],
    [`${GEMINI}/models/gemini-2.5-flash:batchGenerateContent`, { batch: {} }],
    [`${GEMINI}/models/gemini-embedding-001:asyncBatchEmbedContent`, { batch: {} }],
    [`${OPENAI}/realtime/client_secrets`, {}],
    [`${OPENAI}/realtime/sessions`, { model: "gpt-realtime" }],
    [`${GEMINI}/auth_tokens`, {}],
    [`${OPENAI}/fine_tuning/jobs`, { model: "gpt-4o-mini" }],
    [`${OPENAI}/audio/speech`, { model: "tts-1", input: "Hi" }],
    [`${OPENAI}/audio/transcriptions`, undefined],
    [`${OPENAI}/images/generations`, { prompt: "A cat" }],
    [`${OPENAI}/images/edits`, undefined],
    [`${OPENAI}/videos`, undefined],
    [`${OPENAI}/videos/video_1/remix`, { prompt: "Longer" }],
    [`${GEMINI}/models/imagen-4:predict`, { instances: [] }],
    [`${GEMINI}/models/veo-3:predictLongRunning`, { instances: [] }],
    [`${GEMINI}/interactions`, { agent: "deep-research" }],
    [`${GEMINI}/cachedContents`, { model: "models/gemini-2.5-flash" }],
    [`${VERTEX}/mistralai/models/codestral:rawPredict`, { messages: [] }],
    [`${OPENAI}/threads/thread_1/runs`, { assistant_id: "asst_1" }],
    [`${OPENAI}/threads/runs`, { assistant_id: "asst_1" }],
    [`${OPENAI}/responses/compact`, { model: "gpt-5.1" }],
    [`${OPENAI}/containers`, { name: "box" }],
    ["https://bedrock-runtime.us-east-1.amazonaws.com/model/claude/invoke", { max_tokens: 1 }],
    ["https://bedrock-runtime.us-east-1.amazonaws.com/model/claude/converse-stream", {}],
    ["wss://api.openai.com/v1/responses", undefined],
    // Endpoints that are not known, with something for a model.
    ["http://localhost:11434/api/chat", { model: "llama3.2", messages: [] }],
    ["https://api.cohere.com/v2/rerank", { model: "rerank-v3.5", query: "Blue" }],
    ["https://api.cloudflare.com/client/v4/accounts/a/ai/run/@cf/llama", { prompt: "Hi" }],
    // Formats that are known, with a body that cannot be read.
    [`${OPENAI}/chat/completions`, undefined],
    [`${ANTHROPIC}/messages`, undefined],
    [`${OPENAI}/responses`, [1]],
    [`${OPENAI}/completions`, { model: "gpt-3.5-turbo-instruct", prompt: "Once" }],
  ])("%s with %j", (url, body) => {
    const found = recognise("POST", url, body);
    expect(found).toMatchObject({
      kind: "refused",
      reason: expect.stringMatching(/^[A-Z].*\. Send it with a client that is not metered, or set/),
    });
  });

  it("a request whose body is nested too deeply to be read", () => {
    let content: unknown = "Hi";
    for (let depth = 0; depth < 100_000; depth += 1) content = [content];
    const found = recognise("POST", `${OPENAI}/chat/completions`, { messages: [{ content }] });
    expect(found).toMatchObject({ kind: "refused" });
  });
});

describe("a request that costs nothing by itself is free:", () => {
  it.each([
    ["GET", `${OPENAI}/models`, undefined],
    ["GET", `${OPENAI}/chat/completions`, undefined],
    ["GET", `${OPENAI}/responses/resp_1?stream=true`, undefined],
    ["DELETE", `${OPENAI}/responses/resp_1`, undefined],
    ["POST", `${OPENAI}/responses/resp_1/cancel`, undefined],
    ["POST", `${OPENAI}/batches/batch_1/cancel`, undefined],
    ["POST", `${OPENAI}/responses/input_tokens`, { model: "gpt-5.1", input: "Hi" }],
    ["POST", `${OPENAI}/moderations`, { model: "omni-moderation-latest", input: "Hi" }],
    ["POST", `${OPENAI}/files`, undefined],
    ["POST", `${OPENAI}/uploads`, { filename: "a", bytes: 1 }],
    ["POST", `${OPENAI}/vector_stores`, { name: "docs" }],
    ["POST", `${OPENAI}/conversations`, { items: [] }],
    ["POST", `${OPENAI}/assistants`, { model: "gpt-4o" }],
    ["POST", `${OPENAI}/threads`, { messages: [] }],
    ["POST", `${OPENAI}/chat/completions/chatcmpl_1`, { metadata: {} }],
    ["POST", `${OPENAI}/traces/ingest`, { data: [] }],
    ["POST", `${ANTHROPIC}/messages/count_tokens`, { model: "claude-sonnet-4-5", messages: [] }],
    ["POST", `${GEMINI}/models/gemini-2.5-flash:countTokens`, { contents: [] }],
    ["POST", "https://generativelanguage.googleapis.com/upload/v1beta/files", undefined],
    ["POST", "/v1/chat/completions", { messages: [] }],
  ])("%s %s", (method, url, body) => {
    expect(recognise(method, url, body)).toEqual({ kind: "free" });
  });
});

it.each([
  "https://llm.example.com/proxy/openai/v1/chat/completions",
  "https://llm.example.com//v1//chat/completions//?beta=true",
  "HTTPS://LLM.EXAMPLE.COM/V1/Chat/Completions",
])("a call is recognised at any server: %s", (url) => {
  expect(recognise("post", url, { model: "m", messages: [] })).toMatchObject({
    kind: "call",
    dialect: { name: "chat" },
    call: { provider: "llm.example.com", url },
  });
});

describe("the provider", () => {
  it.each([
    ["https://api.openai.com/v1", "openai"],
    ["https://eu.api.openai.com/v1", "openai"],
    ["https://api.anthropic.com", "anthropic"],
    ["https://generativelanguage.googleapis.com", "google"],
    ["https://us-east5-aiplatform.googleapis.com", "google"],
    ["https://my-resource.openai.azure.com", "azure"],
    ["https://api.x.ai/v1", "x-ai"],
    ["https://router.huggingface.co/groq/openai/v1", "huggingface_groq"],
    ["https://router.huggingface.co/v1", "router.huggingface.co"],
    ["https://notapi.openai.com.example.com/v1", "notapi.openai.com.example.com"],
    ["http://localhost:8080/v1", "localhost"],
    ["http://[::1]:8080/v1", "[::1]"],
    ["no URL", "unknown"],
  ])("of %s is %s", (url, provider) => {
    expect(providerOf(url)).toBe(provider);
  });

  it("has the name that the price list uses", async () => {
    const { findProvider } = await import("@pydantic/genai-prices");
    for (const host of [
      ...["api.openai.com", "api.anthropic.com", "us-central1-aiplatform.googleapis.com"],
      ...[
        "x.openai.azure.com",
        "x.services.ai.azure.com",
        "bedrock-runtime.eu-west-1.amazonaws.com",
      ],
      ...["api.groq.com", "openrouter.ai", "api.x.ai", "api.deepseek.com", "api.mistral.ai"],
      ...["api.together.xyz", "api.fireworks.ai", "api.perplexity.ai", "api.cerebras.ai"],
      ...["api.cohere.com", "api.moonshot.ai", "api.minimax.io", "api.novita.ai", "api.z.ai"],
      ...["api.voyageai.com", "open.bigmodel.cn", "api.githubcopilot.com"],
      ...["router.huggingface.co/together", "api.cloudflare.com/client/v4/accounts/a/ai/v1"],
    ]) {
      const url = `https://${host}/v1`;
      expect([host, providerOf(url)]).toEqual([host, findProvider({ providerApiUrl: url })?.id]);
    }
  });
});
