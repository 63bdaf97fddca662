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
  options: LanguageBudgetOptions = {},
  funds?: string,
) {
  const parts = await scene(funds);
  const { setting, provider } = parts;
  const openai = openaiOf(version, setting);
  return {
    ...parts,
    ai: version.ai,
    cycles: setting.cycles,
    openai,
    /** @param under the budget; the client by default */
    model: (under: Budget = setting.cycles) =>
      version.ai.wrapLanguageModel({
        model: openai.chat("gpt-4o-mini"),
        middleware: budget(under, { ...middlewareOptions(setting), ...options }),
      }),
    /** The body that the provider got last. */
    body: (): unknown => provider.calls.at(-1)?.body,
  };
}
