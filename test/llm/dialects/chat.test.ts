import type OpenAI from "openai";
import { describe, expect, it } from "vitest";
import { chat } from "../../../src/llm/dialects/chat.js";
import type { JsonObject, CallLimits } from "../../../src/llm/dialects/dialect.js";
import { callTo, limitsOf, readEvents } from "./calls.js";

type Params = OpenAI.ChatCompletionCreateParams;
type Chunk = OpenAI.ChatCompletionChunk;

const OPENAI = "https://api.openai.com/v1/chat/completions";
const messages: Params["messages"] = [
  { role: "system", content: "Be brief." },
  { role: "user", content: "Why is the sky blue?" },
];
const body = { model: "gpt-4o", messages } satisfies Params;

const tool = (name: string) =>
  ({ type: "function", function: { name, parameters: { type: "object" } } }) as const;

describe("a chat completion", () => {
  it("is read with its messages, tools and schema as input", () => {
    const params = {
      model: "gpt-4o",
      messages: [
        ...messages,
        {
          role: "assistant",
          tool_calls: [
            {
              id: "call_1",
              type: "function",
              function: { name: "sky", arguments: '{"at":"noon"}' },
            },
          ],
        },
        { role: "tool", tool_call_id: "call_1", content: "It is blue." },
      ],
      tools: [tool("sky")],
      response_format: {
        type: "json_schema",
        json_schema: { name: "reason", schema: { type: "object", title: "Rayleigh" } },
      },
      max_completion_tokens: 200,
      n: 3,
      service_tier: "flex",
      stream: true,
    } satisfies Params;
    const call = callTo(OPENAI, params);
    expect(call).toMatchObject({
      dialect: "chat",
      provider: "openai",
      model: "gpt-4o",
      maxOutput: 200,
      answers: 3,
      stream: true,
      serviceTier: "flex",
      attachments: 0,
    });
    for (const text of ["Be brief.", "Why is the sky blue?", "noon", "It is blue.", "Rayleigh"])
      expect(call.input).toContain(text);
  });

  it("counts images, audio and files as attachments, not as text", () => {
    const image = `data:image/png;base64,${"A".repeat(9_000)}`;
    const call = callTo(OPENAI, {
      model: "gpt-4o",
      messages: [
        {
          role: "user",
          content: [
            { type: "text", text: "Look:" },
            { type: "image_url", image_url: { url: image, detail: "high" } },
            { type: "image_url", image_url: { url: "https://example.com/cat.png" } },
            { type: "input_audio", input_audio: { data: "AAAA", format: "wav" } },
            { type: "file", file: { file_data: image, filename: "report.pdf" } },
          ],
        },
      ],
    } satisfies Params);
    expect(call).toMatchObject({ attachments: 4, input: "Look:" });
  });

  it.each([
    ["https://api.groq.com/openai/v1/chat/completions", "groq", "gpt-4o"],
    ["https://openrouter.ai/api/v1/chat/completions", "openrouter", "gpt-4o"],
    ["http://127.0.0.1:8080/v1/chat/completions/", "127.0.0.1", "gpt-4o"],
    ["https://x.openai.azure.com/openai/v1/chat/completions", "azure", "gpt-4o"],
  ])("at %s is one of %s", (url, provider, model) => {
    expect(callTo(url, body)).toMatchObject({ dialect: "chat", provider, model });
  });

  it("has the model of the deployment at Azure", () => {
    const url =
      "https://x.openai.azure.com/openai/deployments/my%20gpt/chat/completions?api-version=2024-10-21";
    expect(callTo(url, { messages })).toMatchObject({ provider: "azure", model: "my gpt" });
  });

  it.each([
    [{ max_tokens: 10 }, 10],
    [{ max_tokens: 10, max_completion_tokens: 20 }, 20],
    [{ max_tokens: null }, undefined],
    [{ max_tokens: -1 }, undefined],
    [{ max_tokens: "10" }, undefined],
    [{}, undefined],
  ])("with %j has an output limit of %s", (limits, maxOutput) => {
    expect(callTo(OPENAI, { ...body, ...limits }).maxOutput).toBe(maxOutput);
  });
});

describe("the limits of a chat completion", () => {
  const limited = (url: string, request: JsonObject, limits: Partial<CallLimits>) =>
    chat.limit(callTo(url, request), request, limitsOf(limits));

  it("change nothing if there is nothing to limit", () => {
    const request = { ...body, max_tokens: 10, tools: [tool("sky")] };
    expect(limited(OPENAI, request, { maxOutput: 10, includeUsage: true })).toBe(request);
  });

  it.each([
    [OPENAI, "gpt-4o", "max_completion_tokens"],
    [OPENAI, "gpt-3.5-turbo", "max_completion_tokens"],
    ["https://api.groq.com/openai/v1/chat/completions", "llama-3.3", "max_completion_tokens"],
    ["https://api.mistral.ai/v1/chat/completions", "mistral-large", "max_tokens"],
    ["https://api.deepseek.com/chat/completions", "deepseek-chat", "max_tokens"],
    ["http://localhost:11434/v1/chat/completions", "llama3.2", "max_tokens"],
    ["http://localhost:8000/v1/chat/completions", "openai/gpt-oss-120b", "max_tokens"],
    ["http://localhost:4000/v1/chat/completions", "openai/o3-mini", "max_completion_tokens"],
    ["http://localhost:4000/v1/chat/completions", "gpt-5.1", "max_completion_tokens"],
    ["https://x.openai.azure.com/openai/v1/chat/completions", "g", "max_completion_tokens"],
    [
      "https://x.openai.azure.com/openai/deployments/g/chat/completions?api-version=2024-10-21",
      "g",
      "max_completion_tokens",
    ],
    [
      "https://x.openai.azure.com/openai/deployments/g/chat/completions?api-version=2024-06-01",
      "g",
      "max_tokens",
    ],
  ])("at %s for %s are written as %3$s", (url, model, field) => {
    const request = { model, messages };
    expect(limited(url, request, { maxOutput: 99 })).toEqual({ ...request, [field]: 99 });
  });

  it.each([
    [{ max_tokens: 500 }, { max_tokens: 99 }],
    [{ max_completion_tokens: 500 }, { max_completion_tokens: 99 }],
    [
      { max_tokens: 500, max_completion_tokens: 98 },
      { max_tokens: 99, max_completion_tokens: 98 },
    ],
    [{ max_tokens: -1 }, { max_tokens: 99 }],
    [{ max_tokens: 98 }, { max_tokens: 98 }],
    [{ max_tokens: 0 }, { max_tokens: 0 }],
  ])("lower %j to %j", (before, after) => {
    expect(limited(OPENAI, { ...body, ...before }, { maxOutput: 99 })).toEqual({
      ...body,
      ...after,
    });
  });

  const onlySky = { allowsTool: (name: string) => name === "sky" };
  const noTool = { allowsTool: () => false };

  it("take denied tools out", () => {
    const request = { ...body, tools: [tool("sky"), tool("sea")], tool_choice: "auto" };
    expect(limited(OPENAI, request, onlySky)).toEqual({ ...request, tools: [tool("sky")] });
  });

  it("take out what belongs to tools with the last one", () => {
    const request = {
      ...body,
      tools: [tool("sea"), { type: "custom", custom: { name: "sun" } }],
      tool_choice: "required",
      parallel_tool_calls: false,
      functions: [{ name: "rain" }],
      function_call: "auto",
    };
    expect(limited(OPENAI, request, noTool)).toEqual(body);
  });

  it.each([
    [tool("sea"), "none"],
    [tool("sky"), tool("sky")],
    ["required", "required"],
    [{ type: "allowed_tools", allowed_tools: { mode: "auto", tools: [tool("sea")] } }, "none"],
    [
      { type: "allowed_tools", allowed_tools: { mode: "auto", tools: [tool("sea"), tool("sky")] } },
      { type: "allowed_tools", allowed_tools: { mode: "auto", tools: [tool("sky")] } },
    ],
  ])("make the choice of %j %j", (before, after) => {
    const request = { ...body, tools: [tool("sky"), tool("sea")], tool_choice: before };
    expect(limited(OPENAI, request, onlySky)).toEqual({
      ...body,
      tools: [tool("sky")],
      tool_choice: after,
    });
  });

  it("ask for usage in a stream", () => {
    const request = { ...body, stream: true, stream_options: { include_obfuscation: false } };
    expect(limited(OPENAI, request, { includeUsage: true })).toEqual({
      ...request,
      stream_options: { include_obfuscation: false, include_usage: true },
    });
  });

  it.each([
    ["the option says so", OPENAI, { stream: true }, false],
    ["it is no stream", OPENAI, {}, true],
    ["the caller did", OPENAI, { stream: true, stream_options: { include_usage: true } }, true],
    ["Mistral refuses it", "https://api.mistral.ai/v1/chat/completions", { stream: true }, true],
    [
      "an old Azure refuses it",
      "https://x.openai.azure.com/openai/deployments/g/chat/completions?api-version=2023-05-15",
      { stream: true },
      true,
    ],
  ])("do not ask for usage if %s", (_, url, more, includeUsage) => {
    const request = { ...body, ...more };
    expect(limited(url, request, { includeUsage })).toBe(request);
  });
});

describe("the report of a chat completion", () => {
  it("has the usage, with its parts", () => {
    const response = {
      id: "chatcmpl-1",
      object: "chat.completion",
      created: 1,
      model: "gpt-4o-2024-08-06",
      service_tier: "default",
      choices: [],
      usage: {
        prompt_tokens: 100,
        completion_tokens: 50,
        total_tokens: 150,
        prompt_tokens_details: { cached_tokens: 40, audio_tokens: 5, cache_write_tokens: 3 },
        completion_tokens_details: { reasoning_tokens: 30, audio_tokens: 2 },
      },
    } satisfies OpenAI.ChatCompletion;
    expect(chat.report({ ...response })).toEqual({
      model: "gpt-4o-2024-08-06",
      serviceTier: "default",
      usage: {
        inputTokens: 100,
        outputTokens: 50,
        cachedTokens: 40,
        cacheWriteTokens: 3,
        audioInputTokens: 5,
        audioOutputTokens: 2,
        reasoningTokens: 30,
      },
    });
  });

  it.each([
    ["DeepSeek", { prompt_cache_hit_tokens: 6, prompt_cache_miss_tokens: 4 }, { cachedTokens: 6 }],
    ["Moonshot", { cached_tokens: 6 }, { cachedTokens: 6 }],
    ["x.ai, whose reasoning is only in the total", { total_tokens: 35 }, { outputTokens: 25 }],
    [
      "a part above its total",
      { prompt_tokens_details: { cached_tokens: 11 } },
      { cachedTokens: 10 },
    ],
  ])("reads the usage of %s", (_, more, usage) => {
    const response = { usage: { prompt_tokens: 10, completion_tokens: 5, ...more } };
    expect(chat.report(response)?.usage).toEqual({ inputTokens: 10, outputTokens: 5, ...usage });
  });

  it.each([
    [0.00142, "0.00142"],
    [1.5e-7, "0.00000015"],
    [1e21, "1000000000000000000000"],
    [1.25e21, "1250000000000000000000"],
    [0, "0"],
    [{ total_cost: 0.5 }, "0.5"],
    [-1, undefined],
    ["0.1", undefined],
    [null, undefined],
  ])("has a reported cost of %j as %j", (cost, text) => {
    const usage = { prompt_tokens: 1, completion_tokens: 1, cost };
    expect(chat.report({ usage })?.cost).toBe(text);
  });

  it("has no cost if the caller pays the provider behind OpenRouter", () => {
    const usage = { prompt_tokens: 1, completion_tokens: 1, cost: 0.0001, is_byok: true };
    expect(chat.report({ usage })).not.toHaveProperty("cost");
  });

  it.each([
    [{}],
    [{ usage: null }],
    [{ usage: {} }],
    [{ usage: { prompt_tokens: 1 } }],
    [{ usage: { prompt_tokens: -1, completion_tokens: 1 } }],
    [{ usage: { prompt_tokens: 1.5, completion_tokens: 1 } }],
    [{ usage: { prompt_tokens: "1", completion_tokens: 1 } }],
    [{ usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: -2 } }],
    [
      {
        usage: {
          prompt_tokens: 1,
          completion_tokens: 1,
          completion_tokens_details: { reasoning_tokens: {} },
        },
      },
    ],
  ])("is none for %j", (response) => {
    expect(chat.report(response)).toBeUndefined();
  });

  it("has the text of all choices apart", () => {
    const choice = (message: object) => ({ index: 0, finish_reason: "stop", message });
    const response = {
      choices: [
        choice({ role: "assistant", content: "Because " }),
        choice({ content: null, refusal: "no ", reasoning_content: "hm " }),
        choice({ tool_calls: [{ type: "function", function: { name: "sky", arguments: "{}" } }] }),
        choice({ content: [{ type: "thinking", thinking: [{ text: "a" }] }, { text: "b" }] }),
      ],
    };
    expect(chat.text(response)).toBe("Because hm no sky{}ab");
  });
});

describe("the events of a chat completion", () => {
  const chunk = (choices: Chunk["choices"], more: Partial<Chunk> = {}) =>
    ({
      id: "chatcmpl-1",
      object: "chat.completion.chunk",
      created: 1,
      model: "gpt-4o-2024-08-06",
      choices,
      ...more,
    }) satisfies Chunk;
  const said = (content: string): Chunk["choices"] => [
    { index: 0, delta: { content }, finish_reason: null },
  ];
  const usage = { prompt_tokens: 10, completion_tokens: 2, total_tokens: 12 };
  const report = {
    model: "gpt-4o-2024-08-06",
    usage: { inputTokens: 10, outputTokens: 2 },
  };
  const request = { ...body, stream: true };
  const asked = { ...request, stream_options: { include_usage: true } };

  it("have text, usage and an end", () => {
    const events = [
      chunk([{ index: 0, delta: { role: "assistant", content: "" }, finish_reason: null }]),
      chunk(said("Because")),
      chunk([
        {
          index: 0,
          delta: { tool_calls: [{ index: 0, function: { name: "sky", arguments: "{" } }] },
          finish_reason: null,
        },
      ]),
      chunk([], { usage }),
      "[DONE]",
    ];
    expect(readEvents(chat, callTo(OPENAI, asked), asked, events)).toEqual([
      {},
      { text: "Because" },
      { text: "sky{" },
      { report },
      { isLast: true },
    ]);
  });

  it("have an extra chunk if the caller did not ask for usage", () => {
    const events = [
      // The first chunk of Azure.
      { choices: [], prompt_filter_results: [] },
      chunk(said("Because"), { usage: null }),
      chunk([], { usage }),
    ];
    expect(readEvents(chat, callTo(OPENAI, request), asked, events)).toEqual([
      {},
      { text: "Because" },
      { report, isExtra: true },
    ]);
  });

  it("have no extra chunk if the usage comes with a choice", () => {
    const events = [chunk(said("Because"), { usage })];
    expect(readEvents(chat, callTo(OPENAI, request), asked, events)).toEqual([
      { text: "Because", report },
    ]);
  });

  it("have the usage of Groq and Moonshot", () => {
    const events = [
      { choices: [], x_groq: { id: "req_1", usage } },
      { choices: [{ index: 0, delta: {}, finish_reason: "stop", usage }] },
    ];
    const expected = { report: { usage: report.usage } };
    expect(readEvents(chat, callTo(OPENAI, request), request, events)).toEqual([
      expected,
      expected,
    ]);
  });
});

describe("an older completion", () => {
  const url = "https://api.openai.com/v1/completions";

  it("has one prompt in each text of a list, and the best of several answers to it", () => {
    const request = {
      model: "gpt-3.5-turbo-instruct",
      prompt: ["Once", "Twice"],
      best_of: 3,
      max_tokens: 5,
    } satisfies OpenAI.CompletionCreateParams;
    expect(callTo(url, request)).toMatchObject({ input: "Once\nTwice", answers: 6, maxOutput: 5 });
  });

  it("has one prompt in a list of token numbers", () => {
    const request = { model: "gpt-3.5-turbo-instruct", prompt: [1, 2, 3], max_tokens: 5 };
    expect(callTo(url, request)).toMatchObject({ input: "[1,2,3]", answers: 1 });
  });

  it("has its text in the choices", () => {
    expect(chat.text({ choices: [{ text: "Once", index: 0 }] })).toBe("Once");
  });
});
