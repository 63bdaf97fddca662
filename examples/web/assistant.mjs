import { usd } from "cycles-client";
import { metered } from "cycles-client/llm";
import { prices } from "cycles-client/prices";

/** @import { CyclesClient } from "cycles-client" */
/** @import OpenAI from "openai" */
/**
 * Returns the reply to a question. `signal` aborts when the user disconnects.
 * @typedef {(question: string, signal: AbortSignal) => Promise<string>} Ask
 */

/**
 * An assistant that holds an allowance for each request: the calls to the model draw on it. It does
 * not know the user, because the scope of the request decides who pays.
 * @param {CyclesClient} cycles
 * @param {OpenAI} provider
 * @returns {Ask}
 */
export function assistant(cycles, provider) {
  const openai = metered(provider, cycles, { price: prices() });
  /** @param {string} content @param {AbortSignal} signal */
  const complete = async (content, signal) => {
    const { choices } = await openai.chat.completions.create(
      { model: "gpt-4o-mini", messages: [{ role: "user", content }], max_tokens: 100 },
      { signal },
    );
    return choices[0]?.message.content ?? "";
  };
  const request = { action: { kind: "http.request", name: "ask" }, estimate: usd("0.0002") };
  return (question, signal) =>
    cycles.allowance(
      request,
      async () => {
        const draft = await complete(question, signal);
        return complete(`Shorten this: ${draft}`, signal);
      },
      { signal },
    );
}
