/** @import { Amount, CyclesClient, Guard } from "cycles-client" */
/** @typedef {{ name: string, estimate: Amount, pricePerMillion: string }} Model */

/**
 * Tries the models in turn, each with its own reservation; the first that the budget allows answers. Where it allows none,
 * `otherwise` does. Only a denial leads on: a model that fails is an error, whatever it costs.
 * @template Answer
 * @param {CyclesClient} cycles
 * @param {readonly Model[]} models the best one first
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
