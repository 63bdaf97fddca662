import { price } from "./models.mjs";
import { summarise } from "./summarise.mjs";
import { countTokens } from "./tokens.mjs";

/** @import { Part } from "./split.mjs" */
/** @import { Model } from "./models.mjs" */

/**
 * The output limit of a call, in tokens: about a third of the part. A tight limit makes a good
 * estimate.
 * @param {Part} part
 */
export function outputLimit(part) {
  return Math.min(60, Math.max(8, Math.ceil(countTokens(part.text) / 3)));
}

/**
 * The highest possible cost of a call: its input is known, and its output is limited.
 * @param {Model} model
 * @param {Part} part
 */
export function estimate(model, part) {
  return price(model, countTokens(prompt(part)), outputLimit(part));
}

/**
 * Stands in for a model call; every model behaves the same. Returns the text and the usage.
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
