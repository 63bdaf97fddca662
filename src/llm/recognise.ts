import type { LlmCall } from "./call.js";
import { chat } from "./dialects/chat.js";
import type { Dialect, JsonObject } from "./dialects/dialect.js";
import { embeddings } from "./dialects/embeddings.js";
import { generateContent } from "./dialects/generate-content.js";
import { messages } from "./dialects/messages.js";
import { responses } from "./dialects/responses.js";
import { isObject } from "./dialects/values.js";
import { isFree, refusalOf } from "./endpoints.js";
import { providerOf } from "./providers.js";

/** What a request is. */
export type Recognition =
  /** A call to a model, which can be metered. */
  | { readonly kind: "call"; readonly dialect: Dialect; readonly call: LlmCall }
  /** A request that costs money, but cannot be metered. */
  | {
      readonly kind: "refused";
      /** Why, and what to do instead. */
      readonly reason: string;
      /** What is known of the request, if it is a call in a known format. */
      readonly call: LlmCall | undefined;
    }
  /** A request that costs nothing by itself, such as a list of models. */
  | { readonly kind: "free" };

/**
 * Recognises a request by its method, path and body. The host does not matter, because many servers
 * speak the same formats.
 *
 * @param body the parsed JSON of the request; undefined if it has no body, or one that is no JSON
 */
export function recognise(method: string, url: string, body: unknown): Recognition {
  if (!URL.canParse(url)) return { kind: "free" };
  const { protocol, pathname, search } = new URL(url);
  if (/^wss?:$/.test(protocol)) return refused("A session over a socket cannot be metered.");
  if (method.toUpperCase() !== "POST") return { kind: "free" };

  const path = pathname.replace(/\/+$/, "");
  const request = isObject(body) ? body : undefined;
  const dialect = DIALECTS.find((one) => one.matches(path + search, request ?? {}));
  if (dialect !== undefined && request !== undefined)
    return readCall(dialect, url, path + search, request);
  if (dialect !== undefined) return refused("The body of the request is not a JSON object.");

  const refusal = refusalOf(path);
  if (refusal !== undefined) return refused(refusal);
  if (isFree(path) || request === undefined || !TELLING.some((field) => field in request))
    return { kind: "free" };
  return refused(`What a request to ${path} costs is not known.`);
}

const DIALECTS: readonly Dialect[] = [chat, responses, messages, generateContent, embeddings];

/** A request with one of these fields may cost money, because a model reads it. */
const TELLING = ["model", "messages", "prompt", "contents"];

function readCall(dialect: Dialect, url: string, path: string, body: JsonObject): Recognition {
  const reading = readingOf(dialect, path, body);
  if (reading === undefined) return refused("The body of the request is nested too deeply.");
  const { unmeterable, ...rest } = reading;
  const call: LlmCall = { dialect: dialect.name, provider: providerOf(url), url, body, ...rest };
  return unmeterable === undefined ? { kind: "call", dialect, call } : refused(unmeterable, call);
}

/** Undefined if the body is nested too deeply to be read. */
function readingOf(dialect: Dialect, path: string, body: JsonObject) {
  try {
    return dialect.read(path, body);
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

function refused(why: string, call?: LlmCall): Recognition {
  const reason = `${why} Send it with a client that is not metered, or set \`unpriced\` to an amount.`;
  return { kind: "refused", reason, call };
}
