import type Anthropic from "@anthropic-ai/sdk";
import { describe, expect, it } from "vitest";
import type { JsonObject, CallLimits } from "../../../src/llm/dialects/dialect.js";
import { messages } from "../../../src/llm/dialects/messages.js";
import { recognise } from "../../../src/llm/recognise.js";
import { callTo, limitsOf, readEvents } from "./calls.js";

type Params = Anthropic.MessageCreateParams;

const ANTHROPIC = "https://api.anthropic.com/v1/messages";
const body = {
  model: "claude-sonnet-4-5",
  max_tokens: 2_000,
  messages: [{ role: "user", content: "Why is the sky blue?" }],
} satisfies Params;

describe("a message", () => {
  it("is read with its system prompt, blocks and tools as input", () => {
    const params = {
      model: "claude-sonnet-4-5",
      max_tokens: 2_000,
      stream: true,
      service_tier: "auto",
      system: [{ type: "text", text: "Be brief.", cache_control: { type: "ephemeral" } }],
      messages: [
        {
          role: "user",
          content: [
            { type: "text", text: "Why?" },
            {
              type: "image",
              source: { type: "base64", media_type: "image/png", data: "AAAAAAAA" },
            },
            {
              type: "document",
              title: "Light",
              source: { type: "url", url: "https://example.com" },
            },
            {
              type: "document",
              source: { type: "text", media_type: "text/plain", data: "Blue scatters." },
            },
          ],
        },
        {
          role: "assistant",
          content: [{ type: "tool_use", id: "toolu_1", name: "sky", input: { at: ["noon", 12] } }],
        },
        {
          role: "user",
          content: [{ type: "tool_result", tool_use_id: "toolu_1", content: "It is blue." }],
        },
      ],
      tools: [{ name: "sky", input_schema: { type: "object", title: "Sky" } }],
    } satisfies Params;
    const call = callTo(ANTHROPIC, params);
    expect(call).toMatchObject({
      dialect: "messages",
      provider: "anthropic",
      model: "claude-sonnet-4-5",
      attachments: 2,
      maxOutput: 2_000,
      answers: 1,
      stream: true,
      serviceTier: "auto",
    });
    for (const text of [
      "Be brief.",
      "Why?",
      "Light",
      "Blue scatters.",
      '["noon",12]',
      "It is blue.",
    ])
      expect(call.input).toContain(text);
    expect(call.input).not.toContain("AAAA");
    expect(call.input).not.toContain("example.com");
  });

  it("has fast as its tier if it asks for speed", () => {
    expect(callTo(ANTHROPIC, { ...body, speed: "fast" }).serviceTier).toBe("fast");
  });

  it.each([
    ["https://api.anthropic.com/v1/messages?beta=true", "anthropic", "claude-sonnet-4-5"],
    [
      "https://us-east5-aiplatform.googleapis.com/v1/projects/p/locations/us-east5/publishers/anthropic/models/claude-sonnet-4-5@20250929:streamRawPredict",
      "google",
      "claude-sonnet-4-5@20250929",
    ],
    ["https://x.services.ai.azure.com/anthropic/v1/messages", "azure", "claude-sonnet-4-5"],
  ])("is recognised at %s", (url, provider, model) => {
    const request = url.includes("Predict") ? { ...body, model: undefined } : body;
    expect(callTo(url, request)).toMatchObject({ dialect: "messages", provider, model });
  });

  it("of a thread of the Assistants API costs nothing by itself", () => {
    const url = "https://api.openai.com/v1/threads/thread_1/messages";
    expect(recognise("POST", url, { role: "user", content: "Hi" })).toEqual({ kind: "free" });
  });
});

describe("the limits of a message", () => {
  const limited = (request: JsonObject, limits: Partial<CallLimits>) =>
    messages.limit(callTo(ANTHROPIC, request), request, limitsOf(limits));

  it.each([
    [{ max_tokens: 2_000 }, { max_tokens: 1_500 }],
    [{ max_tokens: 1_500 }, { max_tokens: 1_500 }],
    [{ max_tokens: undefined }, { max_tokens: 1_500 }],
    [
      {
        max_tokens: 9_000,
        thinking: { type: "enabled", budget_tokens: 8_000, display: "omitted" },
      },
      {
        max_tokens: 1_500,
        thinking: { type: "enabled", budget_tokens: 1_499, display: "omitted" },
      },
    ],
    [
      { max_tokens: 9_000, thinking: { type: "enabled", budget_tokens: 1_024 } },
      { max_tokens: 1_500, thinking: { type: "enabled", budget_tokens: 1_024 } },
    ],
    [
      { max_tokens: 9_000, thinking: { type: "adaptive" } },
      { max_tokens: 1_500, thinking: { type: "adaptive" } },
    ],
  ])("of 1,500 tokens make %j %j", (before, after) => {
    expect(limited({ ...body, ...before }, { maxOutput: 1_500 })).toEqual({ ...body, ...after });
  });

  it("turn thinking off if the output is too short for it", () => {
    const request = { ...body, thinking: { type: "enabled", budget_tokens: 1_024 } };
    expect(limited(request, { maxOutput: 1_024 })).toEqual({
      ...body,
      max_tokens: 1_024,
      thinking: { type: "disabled" },
    });
  });

  it("take denied tools out, with the servers that provide them", () => {
    const request = {
      ...body,
      tools: [
        { name: "sky", input_schema: {} },
        { name: "web_search", type: "web_search_20250305" },
        { type: "mcp_toolset", mcp_server_name: "mail" },
        { type: "browser_toolset_20260801" },
      ],
      mcp_servers: [{ type: "url", name: "mail", url: "https://example.com" }],
      tool_choice: { type: "tool", name: "web_search" },
    };
    expect(limited(request, { allowsTool: (name) => name === "sky" })).toEqual({
      ...body,
      tools: [{ name: "sky", input_schema: {} }],
      tool_choice: { type: "none" },
    });
    expect(limited(request, { allowsTool: () => false })).toEqual(body);
  });

  it("change nothing if there is nothing to limit", () => {
    const request = { ...body, tools: [{ name: "sky" }], tool_choice: { type: "auto" } };
    expect(limited(request, { maxOutput: 2_000, includeUsage: true })).toBe(request);
  });
});

const usage = {
  input_tokens: 100,
  cache_creation_input_tokens: 30,
  cache_read_input_tokens: 20,
  cache_creation: { ephemeral_5m_input_tokens: 18, ephemeral_1h_input_tokens: 12 },
  output_tokens: 50,
  output_tokens_details: { thinking_tokens: 40 },
  service_tier: "standard",
  inference_geo: null,
  server_tool_use: null,
  speed: null,
} satisfies Anthropic.Usage;

const parts = {
  inputTokens: 150,
  cachedTokens: 20,
  cacheWriteTokens: 30,
  cacheWrite1hTokens: 12,
};

describe("the report of a message", () => {
  it("adds the tokens of the cache to the input", () => {
    expect(messages.report({ model: "claude-sonnet-4-5-20250929", usage })).toEqual({
      model: "claude-sonnet-4-5-20250929",
      serviceTier: "standard",
      usage: { ...parts, outputTokens: 50, reasoningTokens: 40 },
    });
  });

  it("adds what a compaction has used", () => {
    const iterations = [
      { type: "message", input_tokens: 100, output_tokens: 50 },
      { type: "compaction", input_tokens: 1_000, output_tokens: 200, cache_read_input_tokens: 5 },
    ];
    const report = messages.report({ usage: { input_tokens: 100, output_tokens: 50, iterations } });
    expect(report?.usage).toEqual({ inputTokens: 1_105, outputTokens: 250, cachedTokens: 5 });
  });

  it("has fast as its tier if the message was", () => {
    expect(messages.report({ usage: { ...usage, speed: "fast" } })?.serviceTier).toBe("fast");
  });

  it.each([
    [{}],
    [{ output_tokens: 1 }],
    [{ ...usage, input_tokens: -1 }],
    [{ ...usage, cache_read_input_tokens: "20" }],
    [{ ...usage, output_tokens: 1e300 }],
  ])("is none for %j", (invalid) => {
    expect(messages.report({ usage: invalid })).toBeUndefined();
  });

  it("has the text that the model wrote apart", () => {
    const content = [
      { type: "thinking", thinking: "Hm. ", signature: "c2ln" },
      { type: "text", text: "Because." },
      { type: "tool_use", id: "toolu_1", name: "sky", input: { at: 12 } },
      { type: "web_search_tool_result", content: [{ title: "Not the model's" }] },
    ];
    expect(messages.text({ content })).toBe('Hm. Because.sky{"at":12}');
  });
});

describe("the events of a message", () => {
  const start = {
    type: "message_start",
    message: {
      id: "msg_1",
      type: "message",
      role: "assistant",
      model: "claude-sonnet-4-5-20250929",
      content: [],
      usage: { ...usage, output_tokens: 1, output_tokens_details: null },
    },
  };
  const model = "claude-sonnet-4-5-20250929";
  const serviceTier = "standard";

  it("have the input first, the output later, and an end", () => {
    const events = [
      start,
      { type: "content_block_start", index: 0, content_block: { type: "text", text: "" } },
      { type: "ping" },
      { type: "content_block_delta", index: 0, delta: { type: "text_delta", text: "Because" } },
      { type: "content_block_delta", index: 0, delta: { type: "signature_delta", signature: "s" } },
      { type: "content_block_start", index: 1, content_block: { type: "tool_use", name: "sky" } },
      {
        type: "content_block_delta",
        index: 1,
        delta: { type: "input_json_delta", partial_json: '{"a"' },
      },
      { type: "content_block_stop", index: 1 },
      {
        type: "message_delta",
        delta: { stop_reason: "tool_use", stop_sequence: null },
        usage: { output_tokens: 15, input_tokens: null, cache_read_input_tokens: null },
      },
      {
        type: "message_delta",
        delta: { stop_reason: "tool_use", stop_sequence: null },
        usage: { output_tokens: 25, output_tokens_details: { thinking_tokens: 4 } },
      },
      { type: "message_stop" },
    ];
    expect(readEvents(messages, callTo(ANTHROPIC, body), body, events)).toEqual([
      { report: { model, serviceTier, usage: { ...parts, outputTokens: 1 } } },
      {},
      {},
      { text: "Because" },
      {},
      { text: "sky" },
      { text: '{"a"' },
      {},
      { report: { model, serviceTier, usage: { ...parts, outputTokens: 15 } } },
      {
        report: { model, serviceTier, usage: { ...parts, outputTokens: 25, reasoningTokens: 4 } },
      },
      { isLast: true },
    ]);
  });

  it("have no end if there is an error, because their usage is not final", () => {
    const events = [{ type: "error", error: { type: "overloaded_error" } }];
    expect(readEvents(messages, callTo(ANTHROPIC, body), body, events)).toEqual([{}]);
  });
});
