import { type Amount, CyclesConfigError, tokens } from "../index.js";
import type { LlmCall, Price, Usage } from "./call.js";
import { isObject, listOf } from "./dialects/values.js";

/** How {@link estimate} counts. All are optional. */
export interface EstimateOptions {
  /** What the call costs. Without it, the estimate is in tokens. */
  readonly price?: Price | undefined;
  /** As in {@link MeterOptions.input}. Default `"likely"`. */
  readonly input?: "likely" | "bytes" | ((text: string) => number) | undefined;
  /** The tokens of an answer if the request sets no limit. Default 4,096. */
  readonly maxOutput?: number | undefined;
  /** The tokens of one image, file or audio clip in the input. Default 4,096. */
  readonly attachment?: number | undefined;
}

/**
 * The most that a call is expected to cost: its input as text and attachments, and as much output
 * as it may have. It is what is reserved for a call by default.
 *
 * It is no strict limit. Attachments can have more tokens than assumed, and `"likely"` counts too
 * few tokens for some text, such as base64. What providers add to the input on their own, such as
 * the results of a web search or an earlier conversation that they keep, is not in it.
 *
 * @throws `CyclesConfigError` if `price` does not know the model.
 * @example
 * ```ts
 * import { estimate, type MeterOptions } from "cycles-client/llm";
 * // The images of this application are large.
 * const options: MeterOptions = { estimate: (call) => estimate(call, { attachment: 20_000 }) };
 * ```
 */
export function estimate(call: LlmCall, options: EstimateOptions = {}): Amount {
  const amount = boundOf(call, options);
  if (amount !== undefined) return amount;
  throw new CyclesConfigError(
    `The price of ${call.model} (${call.provider}) is not known. Give \`price\` a price for it, or set \`unpriced\` to an amount.`,
  );
}

/** As {@link estimate}, but undefined if `price` does not know the model. */
export function boundOf(call: LlmCall, options: EstimateOptions): Amount | undefined {
  const { price } = options;
  const most = mostUsed(call, options);
  if (price === undefined) return tokens(most.inputTokens + most.outputTokens);
  const { provider, model, serviceTier } = call;
  let dearest: Amount | undefined;
  for (const usage of readingsOf(call, most, options)) {
    const amount = price({ provider, model, serviceTier, usage });
    if (amount === undefined) return undefined;
    if (dearest === undefined || amount.amount > dearest.amount) dearest = amount;
  }
  return dearest;
}

/**
 * What a call has probably used whose stream ended without usage: its whole input, and the text
 * that was seen.
 */
export function usageSeen(text: string, call: LlmCall, options: EstimateOptions): Usage {
  return {
    inputTokens: inputTokens(call, options),
    outputTokens: bounded(countTokens(text, options.input)),
  };
}

function mostUsed(call: LlmCall, options: EstimateOptions): Usage {
  const answer = call.maxOutput ?? options.maxOutput ?? DEFAULT_OUTPUT;
  return {
    inputTokens: inputTokens(call, options),
    outputTokens: bounded(answer * call.answers),
  };
}

const DEFAULT_OUTPUT = 4_096;

/**
 * Most models read an image as 250 to 1,600 tokens, and as about 5,000 at their highest resolution.
 * A page of a PDF is 1,500 to 3,000 tokens, and a minute of audio about 600 to 2,000. A long file
 * can be far more: nothing in the request tells.
 */
const ATTACHMENT = 4_096;
/** GPT-4o mini reads an image as 33 times as many tokens as GPT-4o: up to 48,169. */
const ATTACHMENT_OF_4O_MINI = 49_152;

/** The format of a conversation adds 3 to 5 tokens to each message, and a few at its end. */
const MESSAGE = 8;
/** Anthropic adds a prompt of 300 to 800 tokens that explains tools; others add a few. */
const TOOLS_OF_ANTHROPIC = 800;
const TOOLS = 64;

function inputTokens(call: LlmCall, options: EstimateOptions): number {
  return bounded(
    countTokens(call.input, options.input) + attachmentTokens(call, options) + overhead(call),
  );
}

function attachmentTokens({ attachments, model }: LlmCall, options: EstimateOptions): number {
  const usual = /gpt-4o-mini/i.test(model) ? ATTACHMENT_OF_4O_MINI : ATTACHMENT;
  return attachments * (options.attachment ?? usual);
}

function overhead({ dialect, provider, body }: LlmCall): number {
  if (dialect === "embeddings" || dialect === "embedding-model") return 0;
  const isOfAiSdk = dialect === "language-model";
  const messages = [body["messages"], body["input"], body["contents"]];
  if (isOfAiSdk) messages.push(body["prompt"]);
  const hasTools = [body["tools"], body["functions"]].flatMap(listOf).length > 0;
  const isAnthropic = dialect === "messages" || (isOfAiSdk && provider === "anthropic");
  const tools = isAnthropic ? TOOLS_OF_ANTHROPIC : TOOLS;
  return MESSAGE * (messages.flatMap(listOf).length + 2) + (hasTools ? tools : 0);
}

/** No call has more, and more would leave the range of amounts once it is priced. */
const MOST_TOKENS = 1_000_000_000;

function bounded(count: number): number {
  return Math.min(count, MOST_TOKENS);
}

/**
 * The ways in which a provider may charge for the same numbers of tokens: all of the input written
 * to a cache, which can cost more than plain input, or as much of it audio as there are attachments.
 */
function readingsOf(call: LlmCall, most: Usage, options: EstimateOptions): readonly Usage[] {
  const { inputTokens, outputTokens } = most;
  const written = { ...most, cacheWriteTokens: inputTokens };
  const readings: Usage[] = [most];
  // OpenAI writes to its cache without being asked.
  if (call.dialect === "responses" || AUTOMATIC_CACHES.has(call.provider)) readings.push(written);
  else if (mentions(call.body, (name) => name === "cache_control" || name === "cacheControl")) {
    const isLong = mentions(call.body, (name, value) => name === "ttl" && value === "1h");
    readings.push(isLong ? { ...written, cacheWrite1hTokens: inputTokens } : written);
  }
  if (mentions(call.body, isAudio)) {
    const audioInputTokens = Math.min(attachmentTokens(call, options), inputTokens);
    readings.push({ ...most, audioInputTokens, audioOutputTokens: outputTokens });
  }
  return readings;
}

const AUTOMATIC_CACHES = new Set(["openai", "azure"]);

/** Audio in the input, or asked for in the output. The names are those of all dialects. */
function isAudio(name: string, value: unknown): boolean {
  if (name === "input_audio" || name === "audio") return true;
  if (name === "mimeType" || name === "mime_type" || name === "mediaType")
    return typeof value === "string" && value.startsWith("audio/");
  return (
    (name === "modalities" || name === "responseModalities") &&
    listOf(value).some((modality) => modality === "audio" || modality === "AUDIO")
  );
}

/** Whether the value, or a value inside it, has such a field. A stack, because nesting can be deep. */
function mentions(source: unknown, isSuch: (name: string, value: unknown) => boolean): boolean {
  const open = [source];
  while (open.length > 0) {
    const value = open.pop();
    // The AI SDK has files as bytes, and each byte would be a field.
    if (ArrayBuffer.isView(value)) continue;
    if (Array.isArray(value)) for (const item of value) open.push(item);
    else if (isObject(value)) {
      for (const [name, inside] of Object.entries(value)) {
        if (isSuch(name, inside)) return true;
        open.push(inside);
      }
    }
  }
  return false;
}

/** A function that throws or returns no count is not used: the money goes on. */
function countTokens(text: string, input: EstimateOptions["input"] = "likely"): number {
  if (typeof input === "function") {
    const count = called(input, text);
    if (Number.isFinite(count) && count >= 0) return Math.ceil(count);
  }
  const bytes = utf8Length(text);
  return input === "bytes" ? bytes : Math.ceil(bytes / 2);
}

function called(count: (text: string) => number, text: string): number {
  try {
    return count(text);
  } catch {
    return NaN;
  }
}

/** The length of a text in UTF-8, without encoding it. A lone surrogate becomes U+FFFD: 3 bytes. */
function utf8Length(text: string): number {
  let length = text.length;
  for (let index = 0; index < text.length; index += 1) {
    const unit = text.charCodeAt(index);
    if (unit < 0x80) continue;
    length += unit < 0x800 ? 1 : 2;
    // A pair is 4 bytes: 2 for its units, and 2 more.
    if (isPair(unit, text.charCodeAt(index + 1))) index += 1;
  }
  return length;
}

/** Whether two units of UTF-16 are one character. A position after the end is NaN. */
function isPair(first: number, second: number): boolean {
  return first >= 0xd800 && first <= 0xdbff && second >= 0xdc00 && second <= 0xdfff;
}
