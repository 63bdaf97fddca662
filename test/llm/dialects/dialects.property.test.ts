import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { DialectName, LlmCall, Usage } from "../../../src/llm/call.js";
import type { JsonObject } from "../../../src/llm/dialects/dialect.js";
import { recognise } from "../../../src/llm/recognise.js";
import { limitsOf } from "./calls.js";

const GEMINI = "https://generativelanguage.googleapis.com/v1beta/models/gemini-2.5-flash";
const URLS: Readonly<Record<DialectName, string>> = {
  chat: "https://api.openai.com/v1/chat/completions",
  responses: "https://api.openai.com/v1/responses",
  embeddings: "https://api.openai.com/v1/embeddings",
  messages: "https://api.anthropic.com/v1/messages",
  "generate-content": `${GEMINI}:streamGenerateContent?alt=sse`,
};

/** Names that dialects read, so that random objects are close to real ones. */
const NAMES = [
  ...["model", "messages", "input", "contents", "content", "parts", "text", "role", "type", "name"],
  ...["tools", "function", "functions", "functionDeclarations", "tool_choice", "function_call"],
  ...[
    "allowed_tools",
    "toolConfig",
    "functionCallingConfig",
    "allowedFunctionNames",
    "mcp_servers",
  ],
  ...["max_tokens", "max_completion_tokens", "max_output_tokens", "generationConfig"],
  ...["maxOutputTokens", "candidateCount", "n", "stream", "stream_options", "include_usage"],
  ...["thinking", "budget_tokens", "usage", "usageMetadata", "promptTokenCount", "x_groq"],
  ...["prompt_tokens", "completion_tokens", "total_tokens", "prompt_tokens_details", "cost"],
  ...["input_tokens", "output_tokens", "cache_creation", "cache_read_input_tokens", "iterations"],
  ...["choices", "delta", "message", "candidates", "functionCall", "args", "response", "item"],
  ...["content_block", "partial_json", "output", "summary", "source", "inlineData", "audio"],
];
const WORDS = [
  "message_start",
  "message_delta",
  "response.completed",
  "error",
  "document",
  "AUDIO",
];

const { value } = fc.letrec((tie) => ({
  leaf: fc.oneof(
    fc.constantFrom(...WORDS, null, true, false, "", "data:,", -1, 0.5, 1e300),
    fc.integer({ min: 0, max: 2_000 }),
    fc.string(),
  ),
  object: fc.dictionary(fc.constantFrom(...NAMES), tie("value"), { maxKeys: 6 }),
  value: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    tie("leaf"),
    tie("object"),
    fc.array(tie("value"), { maxLength: 4 }),
  ),
}));
const object = fc.dictionary(fc.constantFrom(...NAMES), value, { maxKeys: 8 });
const garbage = fc.oneof(object, fc.dictionary(fc.string(), fc.jsonValue()));
const event = fc.record({
  event: fc.constantFrom(undefined, ...WORDS),
  data: fc.oneof(
    garbage.map((body) => JSON.stringify(body)),
    fc.json(),
    fc.string(),
  ),
});

/** What each dialect may change in a request. */
const LIMITED: Readonly<Record<DialectName, readonly string[]>> = {
  chat: [
    ...["max_tokens", "max_completion_tokens", "stream_options", "tools", "tool_choice"],
    ...["parallel_tool_calls", "functions", "function_call"],
  ],
  responses: [
    ...["max_output_tokens", "tools", "tool_choice", "parallel_tool_calls"],
    ...["functions", "function_call"],
  ],
  embeddings: [],
  messages: ["max_tokens", "thinking", "tools", "tool_choice", "mcp_servers"],
  "generate-content": [
    ...["generationConfig", "generation_config", "tools", "toolConfig", "tool_config"],
  ],
};

const names = Object.keys(URLS) as readonly DialectName[];

describe.each(names)("the dialect %s", (name) => {
  const url = URLS[name];
  const found = recognise("POST", url, {});
  if (found.kind !== "call") throw new Error(`${url} is ${found.kind}`);
  const { dialect } = found;
  const callOf = (body: JsonObject): LlmCall => {
    const one = recognise("POST", url, body);
    return (one.kind === "free" ? undefined : one.call) ?? { ...found.call, body };
  };

  it("reads any request", () => {
    fc.assert(
      fc.property(garbage, (body) => {
        const { input, attachments, answers, maxOutput, model } = callOf(body);
        expect(typeof input).toBe("string");
        expect(model).not.toBe("");
        expect(Number.isSafeInteger(attachments) && attachments >= 0).toBe(true);
        expect(answers).toBeGreaterThanOrEqual(1);
        expect(maxOutput ?? 0).toBeGreaterThanOrEqual(0);
      }),
    );
  });

  it("returns the same request if there is nothing to limit", () => {
    fc.assert(
      fc.property(garbage, (body) => {
        expect(dialect.limit(callOf(body), body, limitsOf({}))).toBe(body);
      }),
    );
  });

  it("limits what it must, changes nothing else, and nothing twice", () => {
    fc.assert(
      fc.property(
        garbage,
        fc.integer({ min: 1, max: 3_000 }),
        fc.boolean(),
        (body, most, tools) => {
          const before = structuredClone(body);
          const call = callOf(body);
          const limits = limitsOf({
            maxOutput: most,
            includeUsage: true,
            allowsTool: (tool) => tools && tool.length % 2 === 0,
          });
          const limited = dialect.limit(call, body, limits);
          expect(body).toEqual(before);
          expect(dialect.limit(call, limited, limits)).toBe(limited);
          expect(others(limited)).toEqual(others(body));
          expect(callOf(limited).maxOutput ?? Infinity).toBeLessThanOrEqual(most);
        },
      ),
    );
  });

  it("reads any response and any event", () => {
    fc.assert(
      fc.property(garbage, fc.array(event), garbage, (response, events, body) => {
        expectSound(dialect.report(response)?.usage);
        expect(typeof dialect.text(response)).toBe("string");
        const reader = dialect.events(callOf(body), body);
        for (const one of events) expectSound(reader.read(one).report?.usage);
      }),
    );
  });

  it("never adds up the usage of two events", () => {
    const [data, usage] = USAGE_EVENTS[name];
    const reader = dialect.events(callOf({}), {});
    if (usage === undefined) return;
    expect(reader.read({ data }).report?.usage).toEqual(usage);
    expect(reader.read({ data }).report?.usage).toEqual(usage);
  });

  function others(body: JsonObject): JsonObject {
    return Object.fromEntries(Object.entries(body).filter(([key]) => !LIMITED[name].includes(key)));
  }
});

const USAGE = { inputTokens: 10, outputTokens: 5 };
const OPENAI_USAGE = '{"input_tokens":10,"output_tokens":5}';
const USAGE_EVENTS: Readonly<Record<DialectName, readonly [string, object | undefined]>> = {
  chat: ['{"choices":[],"usage":{"prompt_tokens":10,"completion_tokens":5}}', USAGE],
  responses: [`{"type":"response.completed","response":{"usage":${OPENAI_USAGE}}}`, USAGE],
  embeddings: ["{}", undefined],
  messages: [`{"type":"message_delta","usage":${OPENAI_USAGE}}`, USAGE],
  "generate-content": ['{"usageMetadata":{"promptTokenCount":10,"candidatesTokenCount":5}}', USAGE],
};

function expectSound(usage: Usage | undefined): void {
  if (usage === undefined) return;
  for (const count of Object.values(usage))
    expect(Number.isSafeInteger(count) && count >= 0).toBe(true);
  const { inputTokens, outputTokens, cachedTokens, cacheWriteTokens, reasoningTokens } = usage;
  expect(cachedTokens ?? 0).toBeLessThanOrEqual(inputTokens);
  expect(cacheWriteTokens ?? 0).toBeLessThanOrEqual(inputTokens);
  expect(reasoningTokens ?? 0).toBeLessThanOrEqual(outputTokens);
}
