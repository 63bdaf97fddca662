import type { CallLimits } from "../llm/dialects/dialect.js";
import type { LlmCall } from "../llm/index.js";
import type { LanguageModelParams } from "./middleware.js";
import { thinkingTokens } from "./model-call.js";

/** The parameters of a call as the model gets them: with the limits of its reservation. */
export function limited<Params extends LanguageModelParams>(
  call: LlmCall,
  params: Params,
  abortSignal: AbortSignal,
  limits: CallLimits,
): Params {
  if (limits.observes) return { ...params, abortSignal };
  const limit = Math.min(call.maxOutput ?? Infinity, limits.maxOutput ?? Infinity);
  const maxOutputTokens = Math.max(1, limit - thinkingTokens(params));
  return { ...params, abortSignal, maxOutputTokens, ...allowedTools(params, limits.allowsTool) };
}

/** The tools that the caps allow; nothing if they allow all. */
function allowedTools(
  { tools = [], toolChoice }: LanguageModelParams,
  allowsTool: (name: string) => boolean,
): Partial<Pick<LanguageModelParams, "tools" | "toolChoice">> {
  const allowed = tools.filter(({ name }) => allowsTool(name));
  if (allowed.length === tools.length) return {};
  // Providers refuse a choice between no tools.
  if (allowed.length === 0) return { tools: undefined, toolChoice: undefined };
  // The model was to call a tool that is denied. The others were not meant for this call.
  const isDenied = toolChoice?.toolName !== undefined && !allowsTool(toolChoice.toolName);
  return { tools: allowed, ...(isDenied && { toolChoice: { type: "none" } }) };
}
