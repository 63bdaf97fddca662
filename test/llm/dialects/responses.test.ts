import type OpenAI from "openai";
import { describe, expect, it } from "vitest";
import { responses } from "../../../src/llm/dialects/responses.js";
import type { JsonObject, CallLimits } from "../../../src/llm/dialects/dialect.js";
import { recognise } from "../../../src/llm/recognise.js";
import { callTo, limitsOf, readEvents } from "./calls.js";

type Params = OpenAI.Responses.ResponseCreateParams;
type StreamEvent = OpenAI.Responses.ResponseStreamEvent;

const OPENAI = "https://api.openai.com/v1/responses";
const body = { model: "gpt-5.1", input: "Why is the sky blue?" } satisfies Params;

describe("a response", () => {
  it("is read with its instructions, items and tools as input", () => {
    const params = {
      model: "gpt-5.1",
      instructions: "Be brief.",
      input: [
        {
          role: "user",
          content: [
            { type: "input_text", text: "Why?" },
            { type: "input_image", image_url: "data:image/png;base64,AAAA", detail: "auto" },
            { type: "input_file", file_id: "file_1" },
          ],
        },
        { type: "function_call", call_id: "c", name: "sky", arguments: '{"at":"noon"}' },
        { type: "function_call_output", call_id: "c", output: "It is blue." },
      ],
      tools: [
        { type: "function", name: "sky", parameters: { title: "Sky" }, strict: true },
        { type: "web_search" },
      ],
      text: { format: { type: "json_schema", name: "reason", schema: { title: "Rayleigh" } } },
      max_output_tokens: 300,
      service_tier: "priority",
    } satisfies Params;
    const call = callTo(OPENAI, params);
    expect(call).toMatchObject({
      dialect: "responses",
      provider: "openai",
      model: "gpt-5.1",
      attachments: 2,
      maxOutput: 300,
      answers: 1,
      stream: false,
      serviceTier: "priority",
    });
    for (const text of ["Be brief.", "Why?", "sky", "noon", "It is blue.", "Sky", "Rayleigh"])
      expect(call.input).toContain(text);
    expect(call.input).not.toContain("AAAA");
  });

  it.each([
    [{ previous_response_id: "resp_1" }],
    [{ conversation: "conv_1" }],
    [{ prompt: { id: "pmpt_1", variables: {} } }],
  ])("counts what the provider keeps as an attachment: %j", (more) => {
    expect(callTo(OPENAI, { ...body, ...more }).attachments).toBe(1);
  });

  it.each([
    [{ background: true }, "background: true"],
    [{ tools: [{ type: "image_generation" }] }, "image_generation"],
  ])("is refused with %j", (more, why) => {
    expect(recognise("POST", OPENAI, { ...body, ...more })).toMatchObject({
      kind: "refused",
      reason: expect.stringContaining(why),
      call: { dialect: "responses", model: "gpt-5.1" },
    });
  });
});

describe("the limits of a response", () => {
  const limited = (request: JsonObject, limits: Partial<CallLimits>) =>
    responses.limit(callTo(OPENAI, request), request, limitsOf(limits));

  it.each([
    [undefined, 99],
    [null, 99],
    [100, 99],
    [98, 98],
  ])("make max_output_tokens of %s %s", (before, after) => {
    const request = before === undefined ? body : { ...body, max_output_tokens: before };
    expect(limited(request, { maxOutput: 99 })).toEqual({ ...body, max_output_tokens: after });
  });

  it("take denied tools out, those of the provider and of namespaces, too", () => {
    const kept = [{ type: "function", name: "sky" }];
    const tools = [
      ...kept,
      { type: "function", name: "sea" },
      { type: "web_search_preview_2025_03_11" },
      { type: "mcp", server_label: "mail", server_url: "https://example.com" },
      { type: "mcp", server_label: "maps", allowed_tools: ["route", "places"] },
      { type: "namespace", name: "crm", tools: [{ name: "find" }, { name: "drop" }] },
      { type: "namespace", name: "erp", tools: [{ name: "drop" }] },
    ];
    const denied = new Set(["sea", "web_search_preview", "mail", "drop", "places"]);
    const request = { ...body, tools, tool_choice: { type: "function", name: "sea" } };
    expect(limited(request, { allowsTool: (name) => !denied.has(name) })).toEqual({
      ...body,
      tools: [
        ...kept,
        { type: "mcp", server_label: "maps", allowed_tools: ["route"] },
        { type: "namespace", name: "crm", tools: [{ name: "find" }] },
      ],
      tool_choice: "none",
    });
  });

  it("lower a choice of allowed tools to those that are", () => {
    const tools = [
      { type: "function", name: "sky" },
      { type: "function", name: "sea" },
    ];
    const request = { ...body, tools, tool_choice: { type: "allowed_tools", mode: "auto", tools } };
    expect(limited(request, { allowsTool: (name) => name === "sky" })).toEqual({
      ...body,
      tools: tools.slice(0, 1),
      tool_choice: { type: "allowed_tools", mode: "auto", tools: tools.slice(0, 1) },
    });
  });

  it("change nothing if there is nothing to limit", () => {
    const request = { ...body, tools: [{ type: "web_search" }], stream: true };
    expect(limited(request, { includeUsage: true })).toBe(request);
  });
});

const usage = {
  input_tokens: 20,
  input_tokens_details: { cached_tokens: 5, cache_write_tokens: 3 },
  output_tokens: 10,
  output_tokens_details: { reasoning_tokens: 7 },
  total_tokens: 30,
} satisfies OpenAI.Responses.ResponseUsage;

const report = {
  model: "gpt-5.1-2025-11-13",
  serviceTier: "default",
  usage: {
    inputTokens: 20,
    outputTokens: 10,
    cachedTokens: 5,
    cacheWriteTokens: 3,
    reasoningTokens: 7,
  },
};

const whole = { id: "resp_1", model: "gpt-5.1-2025-11-13", service_tier: "default", usage };

describe("the report of a response", () => {
  it("has the usage, with its parts", () => {
    expect(responses.report(whole)).toEqual(report);
  });

  it("is none while the response has no usage", () => {
    expect(responses.report({ ...whole, usage: null })).toBeUndefined();
    expect(responses.report({ ...whole, usage: { ...usage, output_tokens: -1 } })).toBeUndefined();
  });

  it("has the text that the model wrote apart", () => {
    const output = [
      { type: "reasoning", summary: [{ type: "summary_text", text: "Hm. " }] },
      { type: "message", role: "assistant", content: [{ type: "output_text", text: "Because." }] },
      { type: "function_call", name: "sky", arguments: "{}" },
    ];
    expect(responses.text({ output })).toBe("Hm. Because.sky{}");
  });
});

describe("the events of a response", () => {
  const at = { item_id: "msg_1", output_index: 0, content_index: 0 };
  const delta = (text: string, sequence_number: number): StreamEvent => ({
    type: "response.output_text.delta",
    delta: text,
    logprobs: [],
    sequence_number,
    ...at,
  });

  it("have text, and usage at the end", () => {
    const events = [
      { type: "response.created", response: { ...whole, usage: null } },
      { type: "response.output_item.added", item: { type: "function_call", name: "sky" } },
      { type: "response.function_call_arguments.delta", delta: "{}" },
      delta("Because", 3),
      { type: "response.audio.delta", delta: "UklGRg==" },
      { type: "response.output_text.done", text: "Because" },
      { type: "response.completed", response: whole },
    ];
    expect(readEvents(responses, callTo(OPENAI, body), body, events)).toEqual([
      {},
      { text: "sky" },
      { text: "{}" },
      { text: "Because" },
      {},
      {},
      { report, isLast: true },
    ]);
  });

  it.each(["response.incomplete", "response.failed"])("have usage in %s", (type) => {
    const events = [{ type, response: whole }];
    expect(readEvents(responses, callTo(OPENAI, body), body, events)).toEqual([
      { report, isLast: true },
    ]);
  });

  it("have no end if there is an error without usage", () => {
    const events = [{ type: "error", message: "overloaded" }];
    expect(readEvents(responses, callTo(OPENAI, body), body, events)).toEqual([{}]);
  });
});
