import { describe, expect, it } from "vitest";
import type { JsonObject, CallLimits } from "../../../src/llm/dialects/dialect.js";
import { generateContent } from "../../../src/llm/dialects/generate-content.js";
import { callTo, limitsOf, readEvents } from "./calls.js";

const MODELS = "https://generativelanguage.googleapis.com/v1beta/models";
const GEMINI = `${MODELS}/gemini-2.5-flash:generateContent`;
const body = { contents: [{ role: "user", parts: [{ text: "Why is the sky blue?" }] }] };

describe("a call of generateContent", () => {
  it("is read with its instruction, parts and tools as input", () => {
    const call = callTo(`${MODELS}/gemini-2.5-flash:streamGenerateContent?alt=sse`, {
      systemInstruction: { parts: [{ text: "Be brief." }] },
      contents: [
        {
          role: "user",
          parts: [
            { text: "Why?" },
            { inlineData: { mimeType: "image/png", data: "AAAAAAAA" } },
            { fileData: { mimeType: "video/mp4", fileUri: "gs://bucket/sky.mp4" } },
          ],
        },
        { role: "model", parts: [{ functionCall: { name: "sky", args: { at: ["noon", 12] } } }] },
        {
          role: "user",
          parts: [{ functionResponse: { name: "sky", response: { result: "It is blue." } } }],
        },
      ],
      tools: [{ functionDeclarations: [{ name: "sky", description: "Sky" }] }],
      generationConfig: {
        maxOutputTokens: 300,
        candidateCount: 2,
        responseSchema: { title: "Rayleigh" },
      },
      cachedContent: "cachedContents/1",
      serviceTier: "flex",
    });
    expect(call).toMatchObject({
      dialect: "generate-content",
      provider: "google",
      model: "gemini-2.5-flash",
      attachments: 3,
      maxOutput: 300,
      answers: 2,
      stream: true,
      serviceTier: "flex",
    });
    for (const text of ["Be brief.", "Why?", '["noon",12]', "It is blue.", "Sky", "Rayleigh"])
      expect(call.input).toContain(text);
    expect(call.input).not.toContain("AAAA");
  });

  it("is read in snake case, too", () => {
    const request = {
      system_instruction: { parts: [{ text: "Be brief." }] },
      contents: [{ parts: [{ inline_data: { mime_type: "image/png", data: "AAAA" } }] }],
      generation_config: { max_output_tokens: 300, candidate_count: 2 },
    };
    expect(callTo(GEMINI, request)).toMatchObject({
      input: "Be brief.",
      attachments: 1,
      maxOutput: 300,
      answers: 2,
      stream: false,
    });
  });

  it.each([
    ["https://us-central1-aiplatform.googleapis.com/v1/projects/p/locations/l/publishers/google"],
    ["https://aiplatform.googleapis.com/v1beta1/publishers/google"],
  ])("is recognised on Vertex at %s", (root) => {
    const url = `${root}/models/gemini-2.5-pro:generateContent`;
    expect(callTo(url, body)).toMatchObject({ provider: "google", model: "gemini-2.5-pro" });
  });

  it.each(["streamGenerateContent", "streamGenerateContent?key=k&alt=sse"])(
    "is a stream with %s, of events or as a list",
    (verb) => {
      expect(callTo(`${MODELS}/gemini-2.5-flash:${verb}`, body)).toMatchObject({ stream: true });
    },
  );
});

describe("the limits of generateContent", () => {
  const limited = (request: JsonObject, limits: Partial<CallLimits>) =>
    generateContent.limit(callTo(GEMINI, request), request, limitsOf(limits));

  it.each([
    [{}, { generationConfig: { maxOutputTokens: 99 } }],
    [
      { generationConfig: { temperature: 0, maxOutputTokens: 100 } },
      { generationConfig: { temperature: 0, maxOutputTokens: 99 } },
    ],
    [
      { generation_config: { max_output_tokens: 100 } },
      { generation_config: { max_output_tokens: 99 } },
    ],
    [{ generationConfig: { maxOutputTokens: 98 } }, { generationConfig: { maxOutputTokens: 98 } }],
  ])("make %j %j", (before, after) => {
    expect(limited({ ...body, ...before }, { maxOutput: 99 })).toEqual({ ...body, ...after });
  });

  const tools = [
    { functionDeclarations: [{ name: "sky" }, { name: "sea" }] },
    { googleSearch: {} },
  ];

  it("take denied tools out", () => {
    const request = { ...body, tools, toolConfig: { functionCallingConfig: { mode: "AUTO" } } };
    expect(limited(request, { allowsTool: (name) => name === "sky" })).toEqual({
      ...request,
      tools: [{ functionDeclarations: [{ name: "sky" }] }],
    });
    expect(limited(request, { allowsTool: () => false })).toEqual(body);
  });

  it.each([
    [["sky", "sea"], { mode: "ANY", allowedFunctionNames: ["sky"] }],
    [["sea"], { mode: "NONE" }],
  ])("restrict a choice of %j", (names, after) => {
    const config = { mode: "ANY", allowedFunctionNames: names };
    const request = { ...body, tools, toolConfig: { functionCallingConfig: config } };
    expect(limited(request, { allowsTool: (name) => name !== "sea" })).toEqual({
      ...request,
      tools: [{ functionDeclarations: [{ name: "sky" }] }, { googleSearch: {} }],
      toolConfig: { functionCallingConfig: after },
    });
  });

  it("change nothing if there is nothing to limit", () => {
    const request = { ...body, tools, generationConfig: { maxOutputTokens: 10 } };
    expect(limited(request, { maxOutput: 10, includeUsage: true })).toBe(request);
  });
});

describe("the report of generateContent", () => {
  it("adds thoughts to the output, and what tools found to the input", () => {
    const response = {
      modelVersion: "gemini-2.5-flash",
      usageMetadata: {
        promptTokenCount: 100,
        candidatesTokenCount: 20,
        thoughtsTokenCount: 30,
        toolUsePromptTokenCount: 7,
        cachedContentTokenCount: 40,
        totalTokenCount: 157,
        promptTokensDetails: [
          { modality: "TEXT", tokenCount: 60 },
          { modality: "AUDIO", tokenCount: 40 },
        ],
        cacheTokensDetails: [{ modality: "AUDIO", tokenCount: 10 }],
        candidatesTokensDetails: [{ modality: "AUDIO", tokenCount: 5 }],
        trafficType: "ON_DEMAND_PRIORITY",
      },
    };
    expect(generateContent.report(response)).toEqual({
      model: "gemini-2.5-flash",
      serviceTier: "priority",
      usage: {
        inputTokens: 107,
        outputTokens: 50,
        cachedTokens: 40,
        audioInputTokens: 40,
        cachedAudioTokens: 10,
        audioOutputTokens: 5,
        reasoningTokens: 30,
      },
    });
  });

  it("has no output if the answer was blocked", () => {
    const response = { usageMetadata: { promptTokenCount: 9, trafficType: "ON_DEMAND" } };
    expect(generateContent.report(response)).toEqual({
      usage: { inputTokens: 9, outputTokens: 0 },
    });
  });

  it.each([
    [{}],
    [{ promptTokenCount: -1 }],
    [{ promptTokenCount: 1, thoughtsTokenCount: 0.5 }],
    [{ promptTokenCount: 1, promptTokensDetails: [{ modality: "AUDIO", tokenCount: "1" }] }],
  ])("is none for %j", (usageMetadata) => {
    expect(generateContent.report({ usageMetadata })).toBeUndefined();
  });
});

describe("the events of generateContent", () => {
  it("have text and cumulative usage", () => {
    const part = (one: object) => [{ content: { role: "model", parts: [one] } }];
    const events = [
      {
        candidates: part({ text: "Because" }),
        usageMetadata: { promptTokenCount: 9, candidatesTokenCount: 1 },
      },
      { candidates: part({ functionCall: { name: "sky", args: { at: 12 } } }) },
      {
        candidates: [{ finishReason: "STOP" }],
        usageMetadata: { promptTokenCount: 9, candidatesTokenCount: 5 },
      },
    ];
    expect(readEvents(generateContent, callTo(GEMINI, body), body, events)).toEqual([
      { text: "Because", report: { usage: { inputTokens: 9, outputTokens: 1 } } },
      { text: 'sky{"at":12}' },
      { report: { usage: { inputTokens: 9, outputTokens: 5 } } },
    ]);
  });
});
