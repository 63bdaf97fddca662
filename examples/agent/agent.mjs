import { complete, estimate, outputLimit } from "./complete.mjs";
import { models, price } from "./models.mjs";

/** @import { Amount, BudgetDeniedError, CyclesClient, Guard } from "cycles-client" */
/** @import { Model } from "./models.mjs" */
/** @import { Part } from "./split.mjs" */

/**
 * The result for one part.
 * @typedef {{ part: Part, model: Model, estimate: Amount } & (
 *   | { decision: "granted" | "degraded", actual: Amount, summary: string }
 *   | { decision: "refused", denial: BudgetDeniedError }
 * )} Step
 */

/**
 * Summarises one part after another. It uses the expensive model while the budget allows it, and
 * then the cheap one. It stops at the first part for which the cheap model is refused too.
 * @param {CyclesClient} client
 * @param {readonly Part[]} parts
 * @returns {AsyncGenerator<Step, void, undefined>}
 */
export async function* summariseAll(client, parts) {
  for (const part of parts) {
    const step = await summarisePart(client, part);
    yield step;
    if (step.decision === "refused") return;
  }
}

/**
 * @param {CyclesClient} client
 * @param {Part} part
 * @returns {Promise<Step>}
 */
function summarisePart(client, part) {
  const { expensive, cheap } = models;
  return client.run(request(expensive, part), call(expensive, part, "granted"), {
    onDenied: () =>
      client.run(request(cheap, part), call(cheap, part, "degraded"), {
        onDenied: (denial) => ({ ...asked(cheap, part), decision: "refused", denial }),
      }),
  });
}

/**
 * @param {Model} model
 * @param {Part} part
 */
function request(model, part) {
  return {
    action: { kind: "llm.completion", name: model.name },
    estimate: estimate(model, part),
  };
}

/**
 * The work under the budget: one model call, which notes its actual cost.
 * @param {Model} model
 * @param {Part} part
 * @param {"granted" | "degraded"} decision
 * @returns {(guard: Guard) => Step}
 */
function call(model, part, decision) {
  return (guard) => {
    const maxTokens = Math.min(outputLimit(part), guard.caps?.max_tokens ?? Infinity);
    const { text, usage } = complete(part, maxTokens);
    const actual = price(model, usage.input, usage.output);
    guard.setActual(actual, {
      metrics: { tokens_input: usage.input, tokens_output: usage.output },
    });
    return { ...asked(model, part), decision, actual, summary: text };
  };
}

/**
 * @param {Model} model
 * @param {Part} part
 */
function asked(model, part) {
  return { part, model, estimate: estimate(model, part) };
}
