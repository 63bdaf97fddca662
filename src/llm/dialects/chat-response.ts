import type { EventReader, JsonObject, Report, Seen } from "./dialect.js";
import { costOf, countOf, reportOf, usageOf } from "./usage.js";
import { isObject, joined, listOf, objectOf, parsed } from "./values.js";

/** Whether a request asks for usage in its stream. */
export function includesUsage(body: JsonObject): boolean {
  return objectOf(body["stream_options"])["include_usage"] === true;
}

/** The report of a response or of a chunk. */
export function chatReport(body: JsonObject): Report | undefined {
  const raw = rawUsage(body);
  if (raw === undefined) return undefined;
  const prompt = objectOf(raw["prompt_tokens_details"]);
  const completion = objectOf(raw["completion_tokens_details"]);
  const inputTokens = countOf(raw["prompt_tokens"]);
  const usage = usageOf({
    inputTokens,
    outputTokens: outputTokens(raw, inputTokens),
    // DeepSeek and Moonshot have names of their own for cached tokens.
    cachedTokens: countOf(
      prompt["cached_tokens"] ?? raw["prompt_cache_hit_tokens"] ?? raw["cached_tokens"],
    ),
    cacheWriteTokens: countOf(prompt["cache_write_tokens"]),
    audioInputTokens: countOf(prompt["audio_tokens"]),
    audioOutputTokens: countOf(completion["audio_tokens"]),
    reasoningTokens: countOf(completion["reasoning_tokens"]),
  });
  return reportOf(usage, body["model"], body["service_tier"], costOf(raw));
}

/** Groq has the usage of a stream in `x_groq`, and Moonshot in the last choice. */
function rawUsage(body: JsonObject): JsonObject | undefined {
  const places = [
    body["usage"],
    objectOf(body["x_groq"])["usage"],
    objectOf(listOf(body["choices"])[0])["usage"],
  ];
  return places.find(isObject);
}

/** x.ai and Google leave reasoning out of `completion_tokens`, but not out of the total. */
function outputTokens(raw: JsonObject, inputTokens: number | undefined): number | undefined {
  const completion = countOf(raw["completion_tokens"]);
  const total = countOf(raw["total_tokens"]);
  if (completion === undefined || inputTokens === undefined || total === undefined)
    return completion;
  return Math.max(completion, total - inputTokens);
}

/** The text of all choices of a response. */
export function chatText(body: JsonObject): string {
  return listOf(body["choices"])
    .map((choice) => messageText(objectOf(choice), "message") ?? "")
    .join("");
}

/** The text of a choice, whose message is whole in a response and a delta in an event. */
function messageText(choice: JsonObject, field: "message" | "delta"): string | undefined {
  const message = objectOf(choice[field]);
  const calls = listOf(message["tool_calls"]).map(objectOf);
  const functions = [...calls.map((call) => call["function"]), message["function_call"]];
  return joined([
    choice["text"],
    // The same reasoning has another name with OpenRouter and vLLM.
    message["reasoning_content"] ?? message["reasoning"],
    ...contentTexts(message["content"]),
    message["refusal"],
    objectOf(message["audio"])["transcript"],
    ...functions.map(objectOf).flatMap((one) => [one["name"], one["arguments"]]),
    ...calls.map((call) => objectOf(call["custom"])).flatMap((one) => [one["name"], one["input"]]),
  ]);
}

/** Mistral has a list of parts instead of a text when its models reason. */
function contentTexts(content: unknown): readonly unknown[] {
  if (!Array.isArray(content)) return [content];
  return content.map(objectOf).flatMap((part) => [part["text"], ...thinkingTexts(part)]);
}

function thinkingTexts({ thinking }: JsonObject): readonly unknown[] {
  return listOf(thinking).map((part) => objectOf(part)["text"]);
}

/** @param addedUsage whether usage was asked for, but not by the caller */
export function chatEvents(addedUsage: boolean): EventReader {
  return {
    read({ data }): Seen {
      if (data.trim() === "[DONE]") return { isLast: true };
      const body = parsed(data);
      const choices = listOf(body["choices"]);
      const report = chatReport(body);
      const text = joined(choices.map((choice) => messageText(objectOf(choice), "delta")));
      // Azure sends other chunks without choices, which the caller would also get otherwise.
      const isExtra = addedUsage && isObject(body["usage"]) && isEmptyList(body["choices"]);
      return {
        ...(report === undefined ? {} : { report }),
        ...(text === undefined ? {} : { text }),
        ...(isExtra ? { isExtra } : {}),
      };
    },
  };
}

function isEmptyList(value: unknown): boolean {
  return Array.isArray(value) && value.length === 0;
}
