import type { JsonObject } from "./dialect.js";
import { isObject, jsonText } from "./values.js";

/** What a model reads. */
export interface Content {
  readonly input: string;
  /** The number of parts that are no text in the request: images, files, audio clips. */
  readonly attachments: number;
}

/**
 * Collects the text of messages, and counts the parts of them that are no text. It knows the parts
 * of all dialects and of the AI SDK. It also collects the text of parts that it does not know, because a bound may be
 * too high, but not too low.
 */
export function contentOf(...values: readonly unknown[]): Content {
  const texts: string[] = [];
  let attachments = 0;

  const add = (value: unknown): void => {
    if (typeof value === "string") {
      if (value.startsWith("data:")) attachments += 1;
      else if (value !== "") texts.push(value);
    } else if (Array.isArray(value)) {
      // The input of an embedding can be a list of token numbers.
      if (value.some((item) => typeof item === "number")) texts.push(jsonText(value));
      else value.forEach(add);
    } else if (isObject(value)) {
      addPart(value);
    }
  };
  const addPart = (part: JsonObject): void => {
    if (isAttachment(part)) {
      attachments += 1;
      add(part["title"]);
      add(part["context"]);
      return;
    }
    for (const [key, value] of Object.entries(part)) {
      if (NO_TEXT.has(key)) continue;
      if (MEDIA.has(key) && isObject(value)) attachments += 1;
      else if (JSON_VALUES.has(key) && isObject(value)) texts.push(jsonText(value));
      else add(value);
    }
  };

  values.forEach(add);
  return { input: texts.join("\n"), attachments };
}

function isAttachment({ type, source }: JsonObject): boolean {
  if (typeof type !== "string") return false;
  if (type !== "document") return ATTACHMENT_TYPES.has(type);
  // The source of a document can be text, too.
  return !isObject(source) || (source["type"] !== "text" && source["type"] !== "content");
}

/** The values of `type` of parts that are no text, or that the provider keeps. */
const ATTACHMENT_TYPES = new Set([
  ...["image", "image_url", "input_image", "computer_screenshot", "image_generation_call"],
  ...["audio_url", "input_audio", "video_url", "file", "input_file", "container_upload"],
  ...["item_reference", "media", "file-data", "file-url", "file-id", "image-data", "image-url"],
  ...["image-file-id", "reasoning-file"],
]);

/** The names of media in parts without a `type`, and of the audio of an earlier answer. */
const MEDIA = new Set(["inlineData", "inline_data", "fileData", "file_data", "audio"]);

/** The names of values that the model reads as JSON: arguments and results of tools. */
const JSON_VALUES = new Set(["input", "args", "response", "value"]);

/** The names of values that the model does not read, or reads as one token. */
const NO_TEXT = new Set([
  ...["type", "role", "id", "call_id", "tool_call_id", "tool_use_id", "status", "cache_control"],
  ...["signature", "thoughtSignature", "thought_signature", "mimeType", "mime_type", "mediaType"],
  ...["toolCallId", "cacheControl"],
]);
