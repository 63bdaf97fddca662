import { deniedBy } from "cycles-client/llm";
import { models } from "./models.mjs";
import { countTokens } from "./tokens.mjs";

/** @import { BudgetDeniedError } from "cycles-client" */
/** @import OpenAI from "openai" */
/** @import { Part } from "./split.mjs" */

/**
 * The result for one part.
 * @typedef {{ part: Part, model: string } & (
 *   | { decision: "granted" | "degraded", summary: string }
 *   | { decision: "refused", denial: BudgetDeniedError }
 * )} Step
 */

/**
 * Summarises one part: with the expensive model if the budget allows it, and otherwise with the
 * cheap one.
 * @param {OpenAI} openai a metered client
 * @param {Part} part
 * @returns {Promise<Step>}
 */
export async function summarisePart(openai, part) {
  const { expensive, cheap } = models;
  try {
    return {
      part,
      model: expensive,
      decision: "granted",
      summary: await ask(openai, expensive, part),
    };
  } catch (error) {
    if (!deniedBy(error)) throw error;
  }
  try {
    return { part, model: cheap, decision: "degraded", summary: await ask(openai, cheap, part) };
  } catch (error) {
    const denial = deniedBy(error);
    if (!denial) throw error;
    return { part, model: cheap, decision: "refused", denial };
  }
}

/**
 * @param {OpenAI} openai
 * @param {string} model
 * @param {Part} part
 */
export async function ask(openai, model, part) {
  const limit = outputLimit(part);
  const { choices } = await openai.chat.completions.create({
    model,
    max_completion_tokens: limit,
    messages: [{ role: "user", content: `Summarise in at most ${limit} tokens:\n\n${part.text}` }],
  });
  return choices[0]?.message.content ?? "";
}

/**
 * The output limit of a call, in tokens: about a third of the part. A tight limit makes a good
 * estimate.
 * @param {Part} part
 */
export function outputLimit(part) {
  return Math.min(60, Math.max(8, Math.ceil(countTokens(part.text) / 3)));
}
