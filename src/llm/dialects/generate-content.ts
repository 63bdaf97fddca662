// The generateContent API of Gemini, also as Google Vertex serves it.
import type { LlmCall } from "../call.js";
import { contentOf } from "./content.js";
import type { CallReading, Dialect, JsonObject, CallLimits, Report, Seen } from "./dialect.js";
import { keepAllowed, without } from "./tools.js";
import { countOf, reportOf, sumOf, usageOf } from "./usage.js";
import {
  joined,
  jsonText,
  jsonTextOrNone,
  limitOf,
  listOf,
  objectOf,
  parsed,
  segmentOf,
  textOf,
} from "./values.js";

const PATH = /\/([^/:]+):(generateContent|streamGenerateContent)(?:\?|$)/i;

export const generateContent: Dialect = {
  name: "generate-content",
  matches: (path) => PATH.test(path),
  read,
  limit,
  report: reportIn,
  text: (body) => candidatesText(body) ?? "",
  events: () => ({ read: readEvent }),
};

function read(path: string, body: JsonObject): CallReading {
  const [, model, verb] = PATH.exec(path) ?? [];
  const stream = verb?.toLowerCase() === "streamgeneratecontent";
  const config = generationConfig(body);
  const { input, attachments } = contentOf(
    field(body, "systemInstruction"),
    body["contents"],
    jsonText(body["tools"]),
    jsonText(field(config, "responseSchema") ?? field(config, "responseJsonSchema")),
  );
  const hasCache = textOf(field(body, "cachedContent")) !== undefined;
  return {
    model: model === undefined ? "unknown" : segmentOf(model),
    input,
    // A cache is input that the request does not show.
    attachments: attachments + (hasCache ? 1 : 0),
    maxOutput: limitOf(field(config, "maxOutputTokens")),
    answers: Math.max(1, limitOf(field(config, "candidateCount")) ?? 1),
    stream,
    serviceTier: textOf(field(body, "serviceTier")),
  };
}

/** Google accepts every field in camel case and in snake case. */
function field(source: JsonObject, name: string): unknown {
  return source[name] ?? source[snakeCase(name)];
}

/** The name under which the field is present; otherwise the name in camel case. */
function nameIn(source: JsonObject, name: string): string {
  return snakeCase(name) in source && !(name in source) ? snakeCase(name) : name;
}

function snakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

function generationConfig(body: JsonObject): JsonObject {
  return objectOf(field(body, "generationConfig"));
}

function limit(
  _call: LlmCall,
  body: JsonObject,
  { maxOutput, allowsTool }: CallLimits,
): JsonObject {
  const limited = limitTools(body, allowsTool);
  const config = generationConfig(body);
  const current = limitOf(field(config, "maxOutputTokens"));
  if (maxOutput === undefined || (current !== undefined && current <= maxOutput)) return limited;
  return {
    ...limited,
    [nameIn(body, "generationConfig")]: {
      ...config,
      [nameIn(config, "maxOutputTokens")]: maxOutput,
    },
  };
}

function limitTools(body: JsonObject, allowsTool: CallLimits["allowsTool"]): JsonObject {
  const before = listOf(body["tools"]);
  const after = before.flatMap((tool) => {
    const kept = limitTool(objectOf(tool), allowsTool);
    return kept === undefined ? [tool] : Object.keys(kept).length === 0 ? [] : [kept];
  });
  if (after.length === before.length && after.every((tool, index) => tool === before[index]))
    return limitChoice(body, allowsTool);
  return after.length === 0
    ? without(body, "tools", "toolConfig", "tool_config")
    : limitChoice({ ...body, tools: after }, allowsTool);
}

/** A tool is an object with functions, or with tools that Google runs under their names. */
function limitTool(tool: JsonObject, allowsTool: CallLimits["allowsTool"]): JsonObject | undefined {
  const functions = nameIn(tool, "functionDeclarations");
  const kept = keepAllowed(tool[functions], allowsTool);
  const denied = Object.keys(tool).filter((name) => name !== functions && !allowsTool(name));
  if (!kept.isAnyRemoved && denied.length === 0) return undefined;
  const rest = without(tool, functions, ...denied);
  return kept.tools.length === 0 ? rest : { ...rest, [functions]: kept.tools };
}

/** If a request restricts the call to functions that are denied, it ends up with none. */
function limitChoice(body: JsonObject, allowsTool: CallLimits["allowsTool"]): JsonObject {
  const toolConfig = objectOf(field(body, "toolConfig"));
  const calling = objectOf(field(toolConfig, "functionCallingConfig"));
  const allowed = nameIn(calling, "allowedFunctionNames");
  const kept = keepAllowed(calling[allowed], allowsTool);
  if (!kept.isAnyRemoved) return body;
  const limited =
    kept.tools.length === 0
      ? { ...without(calling, allowed), mode: "NONE" }
      : { ...calling, [allowed]: kept.tools };
  return {
    ...body,
    [nameIn(body, "toolConfig")]: {
      ...toolConfig,
      [nameIn(toolConfig, "functionCallingConfig")]: limited,
    },
  };
}

/** Reports of a stream are cumulative. Google leaves out counts that are 0. */
function reportIn(body: JsonObject): Report | undefined {
  const raw = objectOf(body["usageMetadata"]);
  const prompt = countOf(raw["promptTokenCount"]);
  const usage = usageOf({
    inputTokens: prompt === undefined ? undefined : sumOf(prompt, raw["toolUsePromptTokenCount"]),
    outputTokens: sumOf(raw["candidatesTokenCount"], raw["thoughtsTokenCount"]) ?? 0,
    cachedTokens: countOf(raw["cachedContentTokenCount"]),
    audioInputTokens: audioIn(raw["promptTokensDetails"], raw["toolUsePromptTokensDetails"]),
    cachedAudioTokens: audioIn(raw["cacheTokensDetails"]),
    audioOutputTokens: audioIn(raw["candidatesTokensDetails"]),
    reasoningTokens: countOf(raw["thoughtsTokenCount"]),
  });
  return reportOf(usage, body["modelVersion"], tierOf(raw));
}

function audioIn(...details: readonly unknown[]): number | undefined {
  const audio = details
    .flatMap(listOf)
    .map(objectOf)
    .filter(({ modality }) => modality === "AUDIO");
  return sumOf(...audio.map(({ tokenCount }) => tokenCount));
}

/** Vertex names the tier as the type of traffic. Other types have the price of the standard tier. */
function tierOf({ serviceTier, trafficType }: JsonObject): string | undefined {
  if (trafficType === "ON_DEMAND_PRIORITY") return "priority";
  if (trafficType === "ON_DEMAND_FLEX") return "flex";
  return textOf(serviceTier);
}

function candidatesText(body: JsonObject): string | undefined {
  const contents = listOf(body["candidates"]).map((candidate) => objectOf(candidate)["content"]);
  const parts = contents.flatMap((content) => listOf(objectOf(content)["parts"])).map(objectOf);
  return joined(
    parts.flatMap(({ text, functionCall, executableCode }) => {
      const { name, args } = objectOf(functionCall);
      return [text, name, jsonTextOrNone(args), objectOf(executableCode)["code"]];
    }),
  );
}

function readEvent({ data }: { readonly data: string }): Seen {
  const body = parsed(data);
  const report = reportIn(body);
  const text = candidatesText(body);
  return {
    ...(report === undefined ? {} : { report }),
    ...(text === undefined ? {} : { text }),
  };
}
