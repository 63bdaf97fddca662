import type { Amount, Budget } from "../index.js";
import type { LlmCall } from "../llm/index.js";
import { Meter } from "../llm/meter.js";
import { billed, type CallSpend, type Charging, charged } from "../llm/spend.js";
import { hold, meteredResult } from "./held-call.js";
import type { ImageModelBudget, ImageModelResult } from "./middleware.js";
import { imageCall } from "./model-call.js";
import type { ImageBudgetOptions } from "./options.js";
import { imageReport } from "./report.js";

/**
 * Returns a middleware for `wrapImageModel` that puts the budget in front of each call to the model
 * and records what its images cost. It fits ai 6 and ai 7.
 *
 * @throws `CyclesConfigError` if an option cannot be used.
 * @example
 * ```ts
 * import { openai } from "@ai-sdk/openai";
 * import { generateImage, wrapImageModel } from "ai";
 * import { CyclesClient, usd } from "cycles-client";
 * import { imageBudget } from "cycles-client/ai";
 * const cycles = new CyclesClient();
 * const model = wrapImageModel({
 *   model: openai.image("dall-e-3"),
 *   middleware: imageBudget(cycles, { cost: usd("0.04") }),
 * });
 * const { image } = await generateImage({ model, prompt: "a duck" });
 * ```
 */
export function imageBudget(budget: Budget, options: ImageBudgetOptions): ImageModelBudget {
  const { cost, ...metering } = options;
  const meter = new Meter(budget, {
    action: ({ model }) => ({ kind: "llm.image", name: model }),
    ...metering,
    estimate: (call) => costOf(cost, call),
  });
  return {
    specificationVersion: "v3",
    async wrapGenerate({ params, model }) {
      const call = imageCall(model, params);
      const held = await hold(meter, call, params.abortSignal);
      if (held === undefined) return model.doGenerate(params);
      const { charging, signal } = held;
      return meteredResult(
        held,
        () => model.doGenerate({ ...params, abortSignal: signal }),
        (result) => imageSpend(charging, call, result, cost),
      );
    },
  };
}

type Cost = ImageBudgetOptions["cost"];

function costOf(cost: Cost, call: LlmCall): Amount {
  return typeof cost === "function" ? cost(call) : { ...cost, amount: cost.amount * call.answers };
}

function imageSpend(
  charging: Charging,
  call: LlmCall,
  result: ImageModelResult,
  cost: Cost,
): CallSpend {
  const { price } = charging;
  const byImages = () => costOf(cost, { ...call, answers: result.images.length });
  const report = price && imageReport(result);
  return report === undefined
    ? charged(charging, byImages)
    : billed({ ...charging, price: (priced) => price?.(priced) ?? byImages() }, report);
}
