import { add, perMillion } from "cycles-client";

/**
 * Prices are in dollars per million tokens, as decimal text, because amounts are never floats.
 * @typedef {{ readonly name: string, readonly input: string, readonly output: string }} Model
 */

/** @satisfies {Record<string, Model>} */
export const models = {
  expensive: { name: "gpt-4.1", input: "2.00", output: "8.00" },
  cheap: { name: "gpt-4.1-mini", input: "0.40", output: "1.60" },
};

/**
 * @param {Model} model
 * @param {number} inputTokens
 * @param {number} outputTokens
 */
export function price(model, inputTokens, outputTokens) {
  return add(perMillion(model.input, inputTokens), perMillion(model.output, outputTokens));
}
