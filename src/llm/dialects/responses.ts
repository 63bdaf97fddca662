// The Responses API of OpenAI.
import type { LlmCall } from "../call.js";
import { contentOf } from "./content.js";
import type {
  CallReading,
  Dialect,
  EventReader,
  JsonObject,
  CallLimits,
  Report,
  Seen,
} from "./dialect.js";
import { limitTools } from "./tools.js";
import { costOf, countOf, reportOf, usageOf } from "./usage.js";
import { isObject, joined, jsonText, limitOf, listOf, objectOf, parsed, textOf } from "./values.js";

const PATH = /\/responses(?:\?|$)/i;

export const responses: Dialect = {
  name: "responses",
  matches: (path) => PATH.test(path),
  read,
  limit,
  report: reportIn,
  text: (body) => listOf(body["output"]).map(itemText).join(""),
  events: () => ({ read: readEvent }),
};

function read(_path: string, body: JsonObject): CallReading {
  const { input, attachments } = contentOf(
    body["instructions"],
    // The items of an input without a `type` are messages.
    body["input"],
    objectOf(body["prompt"])["variables"],
    jsonText(body["tools"]),
    jsonText(objectOf(body["text"])["format"]),
  );
  const unmeterable = whyUnmeterable(body);
  return {
    model: textOf(body["model"]) ?? "unknown",
    input,
    attachments: attachments + keptParts(body),
    maxOutput: limitOf(body["max_output_tokens"]),
    answers: 1,
    stream: body["stream"] === true,
    serviceTier: textOf(body["service_tier"]),
    ...(unmeterable === undefined ? {} : { unmeterable }),
  };
}

/** What the provider keeps and adds to the input: an earlier conversation, a stored prompt. */
function keptParts(body: JsonObject): number {
  const kept = [body["previous_response_id"], body["conversation"], body["prompt"]];
  return kept.filter((value) => value !== undefined && value !== null).length;
}

function whyUnmeterable(body: JsonObject): string | undefined {
  if (body["background"] === true)
    return "A response with `background: true` cannot be metered, because it goes on after its request has ended.";
  if (listOf(body["tools"]).some((tool) => objectOf(tool)["type"] === "image_generation"))
    return "A response with the tool `image_generation` cannot be metered, because its usage leaves the images out.";
  return undefined;
}

function limit(_call: LlmCall, body: JsonObject, limits: CallLimits): JsonObject {
  const limited = limitTools(body, limits.allowsTool);
  const current = limitOf(body["max_output_tokens"]);
  return limits.maxOutput === undefined || (current !== undefined && current <= limits.maxOutput)
    ? limited
    : { ...limited, max_output_tokens: limits.maxOutput };
}

function reportIn(body: JsonObject): Report | undefined {
  const raw = objectOf(body["usage"]);
  const input = objectOf(raw["input_tokens_details"]);
  const usage = usageOf({
    inputTokens: countOf(raw["input_tokens"]),
    outputTokens: countOf(raw["output_tokens"]),
    cachedTokens: countOf(input["cached_tokens"]),
    cacheWriteTokens: countOf(input["cache_write_tokens"]),
    audioInputTokens: countOf(input["audio_tokens"]),
    reasoningTokens: countOf(objectOf(raw["output_tokens_details"])["reasoning_tokens"]),
  });
  return reportOf(usage, body["model"], body["service_tier"], costOf(raw));
}

/** Text, arguments, code and summaries. The reasoning itself is encrypted or left out. */
function itemText(item: unknown): string {
  const { type, name, arguments: args, input, code, content, summary } = objectOf(item);
  // The text of an MCP call is also its result, which the model did not write.
  const parts = [...listOf(summary), ...listOf(content)].map(objectOf);
  return (
    joined([
      ...(type === "message" ? [] : [name, args, input, code]),
      ...parts.flatMap((part) => [part["text"], part["refusal"], part["transcript"]]),
    ]) ?? ""
  );
}

/** The events at the end of a stream have the whole response, with its usage. */
const LAST = new Set(["response.completed", "response.incomplete", "response.failed"]);

function readEvent(event: Parameters<EventReader["read"]>[0]): Seen {
  // Some servers of this format end their streams as those of chat completions do.
  if (event.data.trim() === "[DONE]") return { isLast: true };
  const { type, delta, response, item } = parsed(event.data);
  const kind = textOf(type) ?? event.event ?? "";
  const report = isObject(response) ? reportIn(response) : undefined;
  // The data of audio are no text.
  const isText = kind.endsWith(".delta") && kind !== "response.audio.delta";
  const text =
    kind === "response.output_item.added"
      ? textOf(objectOf(item)["name"])
      : textOf(isText ? delta : "");
  return {
    ...(report === undefined ? {} : { report }),
    ...(text === undefined ? {} : { text }),
    ...(LAST.has(kind) ? { isLast: true } : {}),
  };
}
