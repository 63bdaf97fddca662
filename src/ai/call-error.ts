import { isNeverConnected } from "../llm/connection.js";
import { isAnyObject } from "../llm/dialects/values.js";

/** How deep causes are followed. */
const MAX_DEPTH = 8;

/**
 * Whether the error of a model tells that the call costs nothing: the provider has refused it, no
 * connection was made, or the SDK's provider has not sent it.
 */
export function costsNothing(error: unknown): boolean {
  const status = statusOf(error);
  if (status !== undefined) return status >= 400;
  return isNeverConnected(error) || isNotSent(error);
}

/**
 * The status of the provider's response; undefined if there was none. The innermost error decides:
 * a gateway's error has a status also if its own request was cut off.
 */
function statusOf(error: unknown): number | undefined {
  let status: unknown;
  let inner = error;
  for (let depth = 0; isAnyObject(inner) && depth < MAX_DEPTH; depth += 1) {
    if ("statusCode" in inner) status = inner.statusCode;
    inner = "cause" in inner ? inner.cause : undefined;
  }
  return typeof status === "number" ? status : undefined;
}

function isNotSent(error: unknown): boolean {
  return error instanceof Error && BEFORE_SENDING.has(error.name);
}

/** The SDK's errors for parameters and settings, which it checks before it sends a request. */
const BEFORE_SENDING = new Set([
  "AI_InvalidArgumentError",
  "AI_InvalidPromptError",
  "AI_LoadAPIKeyError",
  "AI_LoadSettingError",
  "AI_NoSuchModelError",
  "AI_TooManyEmbeddingValuesForCallError",
  "AI_UnsupportedFunctionalityError",
]);
