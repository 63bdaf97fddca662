// Chat completions of OpenAI and of the many servers that speak its format, and the older
// completions, whose responses have the same usage.
import type { LlmCall } from "../call.js";
import { chatEvents, chatReport, chatText, includesUsage } from "./chat-response.js";
import { contentOf } from "./content.js";
import type { CallReading, Dialect, JsonObject, CallLimits } from "./dialect.js";
import { limitTools } from "./tools.js";
import { jsonText, limitOf, listOf, objectOf, segmentOf, textOf } from "./values.js";

const PATH = /\/completions(?:\?|$)/i;
const CHAT = /\/chat\/completions(?:\?|$)/i;
const AZURE_DEPLOYMENT = /\/deployments\/([^/?]+)\//i;
/** A caller may use either name. OpenAI has deprecated the second. */
const LIMIT_FIELDS = ["max_completion_tokens", "max_tokens"] as const;

export const chat: Dialect = {
  name: "chat",
  matches: (path) => PATH.test(path),
  read,
  limit,
  report: chatReport,
  text: chatText,
  events: (call, sent) => chatEvents(includesUsage(sent) && !includesUsage(call.body)),
};

function read(path: string, body: JsonObject): CallReading {
  const isChat = CHAT.test(path);
  const prompts = isChat ? 1 : promptCount(body["prompt"]);
  const format = objectOf(body["response_format"])["json_schema"];
  const { input, attachments } = contentOf(
    body["messages"],
    ...(isChat ? [] : [body["prompt"], body["suffix"]]),
    jsonText(body["tools"]),
    jsonText(body["functions"]),
    jsonText(format),
    objectOf(body["prediction"])["content"],
  );
  const maxOutput = outputLimit(body);
  return {
    model: textOf(body["model"]) ?? deployment(path) ?? "unknown",
    input,
    attachments,
    maxOutput,
    answers: prompts * Math.max(1, limitOf(body["n"]) ?? 1, limitOf(body["best_of"]) ?? 1),
    stream: body["stream"] === true,
    serviceTier: textOf(body["service_tier"]),
    // OpenAI writes 16 tokens then, other servers as many as they can: no default would be right.
    ...(!isChat && maxOutput === undefined
      ? {
          unmeterable:
            "A completion without `max_tokens` has no limit that is known. Set it, or send chat completions.",
        }
      : {}),
  };
}

/** Servers differ in the field that they obey if both are set, so the higher limit counts. */
function outputLimit(body: JsonObject): number | undefined {
  const limits = LIMIT_FIELDS.flatMap((field) => limitOf(body[field]) ?? []);
  return limits.length === 0 ? undefined : Math.max(...limits);
}

function deployment(path: string): string | undefined {
  const name = AZURE_DEPLOYMENT.exec(path)?.[1];
  return name === undefined ? undefined : segmentOf(name);
}

/** A list of texts, or of lists of token numbers, has one prompt in each item. */
function promptCount(prompt: unknown): number {
  const prompts = listOf(prompt).filter((item) => typeof item !== "number");
  return Math.max(1, prompts.length);
}

function limit(call: LlmCall, body: JsonObject, limits: CallLimits): JsonObject {
  const limited = limitTools(limitOutput(call, body, limits.maxOutput), limits.allowsTool);
  return limits.includeUsage && lacksUsage(call, limited)
    ? { ...limited, stream_options: { ...objectOf(body["stream_options"]), include_usage: true } }
    : limited;
}

function limitOutput(call: LlmCall, body: JsonObject, most: number | undefined): JsonObject {
  if (most === undefined) return body;
  const set = LIMIT_FIELDS.filter((field) => limitOf(body[field]) !== undefined);
  if (set.length === 0) return { ...body, [fieldToSet(call, body)]: most };
  const tooHigh = set.filter((field) => (limitOf(body[field]) ?? 0) > most);
  return tooHigh.length === 0
    ? body
    : { ...body, ...Object.fromEntries(tooHigh.map((field) => [field, most])) };
}

/**
 * The reasoning models of OpenAI refuse `max_tokens`, and all its models accept
 * `max_completion_tokens`. Other servers accept `max_tokens`, and some do not know the other name:
 * they would refuse it, or ignore it and have no limit.
 */
function fieldToSet(call: LlmCall, body: JsonObject): string {
  // A value such as -1 is no limit. It is replaced, not joined by another field.
  const misused = LIMIT_FIELDS.find((field) => body[field] !== undefined && body[field] !== null);
  if (misused !== undefined) return misused;
  if (!CHAT.test(call.url)) return "max_tokens";
  if (call.provider === "azure")
    return isOldAzure(call.url) ? "max_tokens" : "max_completion_tokens";
  const isNewName = NEW_NAME_PROVIDERS.has(call.provider) || REASONING_MODEL.test(call.model);
  return isNewName ? "max_completion_tokens" : "max_tokens";
}

const NEW_NAME_PROVIDERS = new Set(["openai", "groq"]);

/** Models of OpenAI that refuse `max_tokens`, perhaps behind a proxy: `openai/o3`, `gpt-5-mini`. */
const REASONING_MODEL = /(?:^|\/)(?:o\d|gpt-(?:[5-9]|\d\d)|codex)/i;

/** Whether this is a stream without usage that can be asked for it. */
function lacksUsage(call: LlmCall, body: JsonObject): boolean {
  return (
    body["stream"] === true &&
    !includesUsage(body) &&
    // Mistral refuses the field, and sends usage without it.
    call.provider !== "mistral" &&
    !isOldAzure(call.url)
  );
}

/** Versions of Azure before September 2024 refuse `max_completion_tokens` and `stream_options`. */
function isOldAzure(url: string): boolean {
  const version = /[?&]api-version=(\d{4}-\d{2})/i.exec(url)?.[1];
  return version !== undefined && version < "2024-09";
}
