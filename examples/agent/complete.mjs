import { price } from "./models.mjs";
import { summarise } from "./summarise.mjs";
import { countTokens } from "./tokens.mjs";

/** @import { Part } from "./split.mjs" */
/** @import { Model } from "./models.mjs" */

/**
 * What a call may answer at the most: a third of the part. The tighter the bound, the better the estimate.
 * @param {Part} part
 */
export function outputLimit(part) {
  return Math.min(60, Math.max(8, Math.ceil(countTokens(part.text) / 3)));
}

/**
 * The most that a call can cost: its input is known, its output is bounded.
 * @param {Model} model
 * @param {Part} part
 */
export function estimate(model, part) {
  return price(model, countTokens(prompt(part)), outputLimit(part));
}

/**
 * Stands where the call of a model would: the text, and what was used. Every model of the table is this one.
 * @param {Part} part
 * @param {number} maxTokens
 */
export function complete(part, maxTokens) {
  const text = summarise(part.text, maxTokens);
  return { text, usage: { input: countTokens(prompt(part)), output: countTokens(text) } };
}

/** @param {Part} part */
function prompt(part) {
  return `Summarise in at most ${outputLimit(part)} tokens:\n\n${part.text}`;
}
