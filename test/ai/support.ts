import type { Budget } from "cycles-client";
import { budget, type LanguageBudgetOptions } from "cycles-client/ai";
import { scene, type Setting } from "../llm/sdk/scene.js";
import type { AiVersion } from "./models.js";

/** How the scene of the SDKs meters, as options of the middleware. */
export function middlewareOptions({ options }: Setting): LanguageBudgetOptions {
  const { onDenied: _, ...shared } = options;
  return shared;
}

/** The provider of a version of the SDK, in front of the stand-in. */
export function openaiOf({ createOpenAI }: AiVersion, { provider }: Setting) {
  return createOpenAI({ apiKey: "sk-test", baseURL: provider.baseURL });
}

/** A language model with a budget in front, and what the ledger says. */
export async function metering(
  version: AiVersion,
  {
    funds,
    budget: holder,
    ...options
  }: LanguageBudgetOptions & { funds?: string; budget?: Budget } = {},
) {
  const { clock, idleTimeout, ...rest } = options;
  const parts = await scene(funds, {
    ...(clock && { clock }),
    ...(idleTimeout !== undefined && { idleTimeout }),
  });
  const { cycles } = parts.setting;
  const model = (under: Budget = holder ?? cycles) =>
    version.ai.wrapLanguageModel({
      model: openaiOf(version, parts.setting).chat("gpt-4o-mini"),
      middleware: budget(under, { ...middlewareOptions(parts.setting), ...rest }),
    });
  return {
    ...parts,
    ai: version.ai,
    cycles,
    model,
    /** What the provider got last. */ body: (): unknown => parts.provider.calls.at(-1)?.body,
  };
}
