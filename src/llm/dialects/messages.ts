// The Messages API of Anthropic, also as Google Vertex and Microsoft Foundry serve it.
import type { LlmCall } from "../call.js";
import { contentOf } from "./content.js";
import type {
  CallReading,
  Dialect,
  EventReader,
  JsonObject,
  CallLimits,
  Report,
} from "./dialect.js";
import { limitList, toolName } from "./tools.js";
import { countOf, reportOf, sumOf, usageOf } from "./usage.js";
import {
  isObject,
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

const PATH = /\/messages(?:\?|$)/i;
/** Messages of the Assistants API of OpenAI. They cost nothing until they are run. */
const THREAD = /\/threads\/[^/]+\/messages/i;
const VERTEX = /\/publishers\/anthropic\/models\/([^/:]+):(?:streamR|r)awPredict(?:\?|$)/i;

export const messages: Dialect = {
  name: "messages",
  matches: (path) => (PATH.test(path) && !THREAD.test(path)) || VERTEX.test(path),
  read,
  limit,
  report: (body) => reportIn(objectOf(body["usage"]), body["model"]),
  text: (body) => listOf(body["content"]).map(blockText).join(""),
  events,
};

function read(path: string, body: JsonObject): CallReading {
  const { input, attachments } = contentOf(
    body["system"],
    body["messages"],
    jsonText(body["tools"]),
    jsonText(objectOf(body["output_config"])["format"] ?? body["output_format"]),
  );
  const inPath = VERTEX.exec(path)?.[1];
  return {
    model: textOf(body["model"]) ?? (inPath === undefined ? "unknown" : segmentOf(inPath)),
    input,
    attachments,
    maxOutput: limitOf(body["max_tokens"]),
    answers: 1,
    stream: body["stream"] === true,
    serviceTier: textOf(body["speed"] === "fast" ? "fast" : body["service_tier"]),
  };
}

function limit(_call: LlmCall, body: JsonObject, limits: CallLimits): JsonObject {
  const limited = limitTools(body, limits.allowsTool);
  const current = limitOf(body["max_tokens"]);
  return limits.maxOutput === undefined || (current !== undefined && current <= limits.maxOutput)
    ? limited
    : limitThinking({ ...limited, max_tokens: limits.maxOutput }, limits.maxOutput);
}

/** The least budget for thinking that Anthropic accepts. */
const LEAST_THINKING = 1_024;

/** Thinking has a part of the output, and Anthropic refuses a budget that leaves nothing. */
function limitThinking(body: JsonObject, maxOutput: number): JsonObject {
  const thinking = objectOf(body["thinking"]);
  const budget = limitOf(thinking["budget_tokens"]);
  if (budget === undefined || budget < maxOutput) return body;
  return maxOutput > LEAST_THINKING
    ? { ...body, thinking: { ...thinking, budget_tokens: maxOutput - 1 } }
    : { ...body, thinking: { type: "disabled" } };
}

function limitTools(body: JsonObject, allowsTool: CallLimits["allowsTool"]): JsonObject {
  const servers = limitList(body, "mcp_servers", allowsTool, []);
  const limited = limitList(servers, "tools", allowsTool, ["tool_choice"]);
  const choice = limited["tool_choice"];
  if (!isObject(choice) || choice["type"] !== "tool") return limited;
  const name = toolName(choice);
  // The other tools were not meant for this call.
  return name === undefined || allowsTool(name)
    ? limited
    : { ...limited, tool_choice: { type: "none" } };
}

function reportIn(raw: JsonObject, model: unknown): Report | undefined {
  const entries = [raw, ...compactions(raw)];
  const total = (name: string) => sumOf(...entries.map((entry) => entry[name]));
  const written = sumOf(...entries.map(writtenTokens));
  const cached = total("cache_read_input_tokens");
  const plain = total("input_tokens");
  const usage = usageOf({
    // Anthropic leaves the tokens of a cache out of `input_tokens`.
    inputTokens: plain === undefined ? undefined : plain + (written ?? 0) + (cached ?? 0),
    outputTokens: total("output_tokens"),
    cachedTokens: cached,
    cacheWriteTokens: written,
    cacheWrite1hTokens: sumOf(...entries.map((entry) => cacheCreation(entry)[ONE_HOUR])),
    reasoningTokens: countOf(objectOf(raw["output_tokens_details"])["thinking_tokens"]),
  });
  const tier = raw["speed"] === "fast" ? "fast" : raw["service_tier"];
  return reportOf(usage, model, tier);
}

const FIVE_MINUTES = "ephemeral_5m_input_tokens";
const ONE_HOUR = "ephemeral_1h_input_tokens";

function cacheCreation(entry: JsonObject): JsonObject {
  return objectOf(entry["cache_creation"]);
}

function writtenTokens(entry: JsonObject): number | undefined {
  const parts = cacheCreation(entry);
  return (
    countOf(entry["cache_creation_input_tokens"]) ?? sumOf(parts[FIVE_MINUTES], parts[ONE_HOUR])
  );
}

/** The usage of a compaction of the conversation is not in the totals. */
function compactions(raw: JsonObject): readonly JsonObject[] {
  return listOf(raw["iterations"])
    .map(objectOf)
    .filter(({ type }) => type === "compaction");
}

function blockText(block: unknown): string {
  const { type, text, thinking, name, input } = objectOf(block);
  const isCall = type === "tool_use" || type === "server_tool_use" || type === "mcp_tool_use";
  return joined([text, thinking, ...(isCall ? [name, jsonTextOrNone(input)] : [])]) ?? "";
}

/** The first event has the input, and later ones replace what they name. */
function events(): EventReader {
  let raw: JsonObject = {};
  let model: unknown;
  return {
    read(event) {
      const body = parsed(event.data);
      const kind = textOf(body["type"]) ?? event.event;
      const message = objectOf(body["message"]);
      const usage = body["usage"] ?? message["usage"];
      if (kind === "message_start") model = message["model"];
      if (isObject(usage)) raw = { ...raw, ...present(usage) };
      const report = isObject(usage) ? reportIn(raw, model) : undefined;
      const { text, thinking, partial_json: json } = objectOf(body["delta"]);
      const block = kind === "content_block_start" ? startText(body["content_block"]) : undefined;
      const written = joined([block, text, thinking, json]);
      return {
        ...(report === undefined ? {} : { report }),
        ...(written === undefined ? {} : { text: written }),
        ...(kind === "message_stop" ? { isLast: true } : {}),
      };
    },
  };
}

/** The input of a tool is empty when its block starts, and follows in pieces. */
function startText(block: unknown): string | undefined {
  const { text, thinking, name } = objectOf(block);
  return joined([name, text, thinking]);
}

/** The counts of the last event are null if they have not changed. */
function present(usage: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(usage).filter(([, value]) => value !== null));
}
