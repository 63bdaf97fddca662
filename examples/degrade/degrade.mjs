/** @import { Amount, CyclesClient, Guard } from "cycles-client" */
/** @typedef {{ name: string, estimate: Amount, pricePerMillion: string }} Model */

/**
 * Tries the models in turn, each with its own reservation, and calls the first one that the budget
 * allows. If the budget allows none, calls `otherwise`. Only a denial leads to the next model. If a
 * model fails, its error is thrown.
 * @template Answer
 * @param {CyclesClient} cycles
 * @param {readonly Model[]} models from the best to the cheapest
 * @param {(model: Model, guard: Guard) => Promise<Answer>} call
 * @param {() => Answer | Promise<Answer>} otherwise
 * @returns {Promise<Answer>}
 */
export async function cheapest(cycles, models, call, otherwise) {
  const [model, ...cheaper] = models;
  if (model === undefined) return otherwise();
  return cycles.run(
    { action: { kind: "llm.completion", name: model.name }, estimate: model.estimate },
    (guard) => call(model, guard),
    { onDenied: () => cheapest(cycles, cheaper, call, otherwise) },
  );
}
