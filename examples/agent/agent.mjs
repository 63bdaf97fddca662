// The loop: each part under a budget, the dear model first, then the cheap one, then no more.
import { add, BudgetDeniedError, microcents } from "cycles-client";
import { cheap, cost, dear } from "./models.mjs";
import { MAX_OUTPUT_TOKENS, summarise, tokensOf } from "./summarise.mjs";

/**
 * @typedef {import("cycles-client").Amount} Amount
 * @typedef {import("./models.mjs").Model} Model
 * @typedef {import("./text.mjs").Part} Part
 */

/**
 * How one part went.
 * @typedef {object} Outcome
 * @property {Part} part
 * @property {"granted" | "degraded" | "refused"} decision
 * @property {Model} model
 * @property {Amount} estimate
 * @property {Amount} [actual]
 * @property {string} [summary]
 */

/**
 * Enough for some 40 % of the text with the dear model, so that the budget runs out before the text does.
 * @param {readonly Part[]} parts
 */
export function budgetFor(parts) {
  const [first, ...rest] = parts.map((part) => estimate(dear, part));
  const whole = first ? add(first, ...rest) : microcents(0);
  return microcents(Math.ceil(whole.amount * 0.4));
}

/**
 * @param {Model} model
 * @param {Part} part
 */
function estimate(model, { text }) {
  return cost(model, tokensOf(text), MAX_OUTPUT_TOKENS);
}

/**
 * @param {import("cycles-client").CyclesClient} cycles
 * @param {readonly Part[]} parts
 * @param {(outcome: Outcome) => unknown} report awaited after each part
 * @returns {Promise<Outcome[]>}
 */
export async function summariseAll(cycles, parts, report) {
  /** @type {Outcome[]} */
  const outcomes = [];
  for (const part of parts) {
    const outcome = await summarisePart(cycles, part);
    outcomes.push(outcome);
    await report(outcome);
    if (outcome.decision === "refused") break;
  }
  return outcomes;
}

/**
 * @param {import("cycles-client").CyclesClient} cycles
 * @param {Part} part
 * @returns {Promise<Outcome>}
 */
async function summarisePart(cycles, part) {
  try {
    return await ask(cycles, dear, part, "granted", () => ask(cycles, cheap, part, "degraded"));
  } catch (error) {
    if (!(error instanceof BudgetDeniedError)) throw error;
    return { part, decision: "refused", model: cheap, estimate: estimate(cheap, part) };
  }
}

/**
 * @param {import("cycles-client").CyclesClient} cycles
 * @param {Model} model
 * @param {Part} part
 * @param {"granted" | "degraded"} decision
 * @param {() => Promise<Outcome>} [onDenied]
 * @returns {Promise<Outcome>}
 */
function ask(cycles, model, part, decision, onDenied) {
  const request = {
    action: { kind: "llm.completion", name: model.name },
    estimate: estimate(model, part),
  };
  return cycles.run(
    request,
    (guard) => {
      const { summary, usage } = summarise(part.text);
      const actual = cost(model, usage.input, usage.output);
      const metrics = { tokens_input: usage.input, tokens_output: usage.output };
      guard.setActual(actual, { metrics });
      return { part, decision, model, estimate: request.estimate, actual, summary };
    },
    onDenied ? { onDenied } : {},
  );
}
