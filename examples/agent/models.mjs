// What the models of this example cost, in dollars for a million tokens.
import { add, perMillion } from "cycles-client";

/**
 * @typedef {object} Model
 * @property {string} name
 * @property {string} input price of a million input tokens, in dollars
 * @property {string} output price of a million output tokens, in dollars
 */

/** @type {Model} */
export const dear = { name: "large", input: "5.00", output: "15.00" };
/** @type {Model} */
export const cheap = { name: "small", input: "2.00", output: "6.00" };

/**
 * @param {Model} model
 * @param {number} inputTokens
 * @param {number} outputTokens
 */
export function cost(model, inputTokens, outputTokens) {
  return add(perMillion(model.input, inputTokens), perMillion(model.output, outputTokens));
}
