import type { Budget } from "../index.js";
import { Meter } from "../llm/meter.js";
import { billed, partial } from "../llm/spend.js";
import { hold, meteredResult } from "./held-call.js";
import type { EmbeddingModelBudget } from "./middleware.js";
import { embeddingCall } from "./model-call.js";
import type { EmbeddingBudgetOptions } from "./options.js";
import { embeddingReport } from "./report.js";

/**
 * Returns a middleware for `wrapEmbeddingModel` that puts the budget in front of each call to the
 * model and records what it costs. It fits ai 6 and ai 7. `embedMany` may split its values into
 * several calls, and each has a reservation of its own.
 *
 * @throws `CyclesConfigError` if an option cannot be used.
 * @example
 * ```ts
 * import { openai } from "@ai-sdk/openai";
 * import { embed, wrapEmbeddingModel } from "ai";
 * import { CyclesClient } from "cycles-client";
 * import { embeddingBudget } from "cycles-client/ai";
 * import { prices } from "cycles-client/prices";
 * const cycles = new CyclesClient();
 * const model = wrapEmbeddingModel({
 *   model: openai.embedding("text-embedding-3-small"),
 *   middleware: embeddingBudget(cycles, { price: prices() }),
 * });
 * const { embedding } = await embed({ model, value: "duck" });
 * ```
 */
export function embeddingBudget(
  budget: Budget,
  options: EmbeddingBudgetOptions = {},
): EmbeddingModelBudget {
  const meter = new Meter(budget, {
    action: ({ model }) => ({ kind: "llm.embedding", name: model }),
    ...options,
  });
  return {
    specificationVersion: "v3",
    async wrapEmbed({ params, model }) {
      const call = embeddingCall(model, params);
      const held = await hold(meter, call, params.abortSignal);
      if (held === undefined) return model.doEmbed(params);
      const { charging, signal } = held;
      return meteredResult(
        held,
        () => model.doEmbed({ ...params, abortSignal: signal }),
        (result) => {
          const report = embeddingReport(result);
          return report ? billed(charging, report) : partial(charging, undefined, "");
        },
      );
    },
  };
}
