import { type Budget, BudgetDeniedError } from "../index.js";
import { contentOf } from "../llm/dialects/content.js";
import type { LlmCall } from "../llm/index.js";
import { Meter } from "../llm/meter.js";
import { RunningCall } from "../llm/running-call.js";
import { billed, type CallSpend, type Charging, estimated, partial } from "../llm/spend.js";
import { attempt, type HeldCall, hold, meteredResult } from "./held-call.js";
import { limited } from "./limited-params.js";
import type { LanguageModelBudget, LanguageModelPart, LanguageModelResult } from "./middleware.js";
import { languageCall } from "./model-call.js";
import type { LanguageBudgetOptions } from "./options.js";
import { isFromProvider, PartsAnswer } from "./parts-answer.js";
import { languageReport } from "./report.js";
import { textResult, textStream } from "./substitute.js";

/**
 * Returns a middleware for `wrapLanguageModel` that puts the budget in front of each call to the
 * model and records what it costs. It fits ai 6 and ai 7.
 *
 * A call is reserved before it is sent, with the most that it is expected to cost. When its answer
 * ends, however that happens, its cost is committed. `generateText` throws the `BudgetDeniedError`
 * of a call that was denied, after one attempt. `streamText` gives it to `onError`.
 *
 * @throws `CyclesConfigError` if an option cannot be used.
 * @example
 * ```ts
 * import { openai } from "@ai-sdk/openai";
 * import { generateText, wrapLanguageModel } from "ai";
 * import { CyclesClient } from "cycles-client";
 * import { budget } from "cycles-client/ai";
 * import { prices } from "cycles-client/prices";
 * const cycles = new CyclesClient();
 * const model = wrapLanguageModel({
 *   model: openai("gpt-5-mini"),
 *   middleware: budget(cycles, { price: prices() }),
 * });
 * const { text } = await generateText({ model, prompt: "What do ducks eat?" });
 * ```
 */
export function budget(budget: Budget, options: LanguageBudgetOptions = {}): LanguageModelBudget {
  const { onDenied, ...metering } = options;
  const meter = new Meter(budget, metering);
  const substitute = (error: unknown, call: LlmCall): string => {
    const text = error instanceof BudgetDeniedError ? onDenied?.(error, call) : undefined;
    if (text === undefined) throw error;
    return text;
  };

  return {
    specificationVersion: "v3",

    async wrapGenerate({ params, model }) {
      const call = languageCall(model, params, { stream: false, maxOutput: meter.maxOutput });
      let held: HeldCall | undefined;
      try {
        held = await hold(meter, call, params.abortSignal);
      } catch (error) {
        return textResult(substitute(error, call));
      }
      if (held === undefined) return model.doGenerate(params);
      const sent = limited(call, params, held.signal, meter.limits(call, held.account));
      const { charging } = held;
      return meteredResult(
        held,
        () => model.doGenerate(sent),
        (result) => resultSpend(charging, result),
      );
    },

    async wrapStream({ params, model }) {
      const call = languageCall(model, params, { stream: true, maxOutput: meter.maxOutput });
      let held: HeldCall | undefined;
      try {
        held = await hold(meter, call, params.abortSignal);
      } catch (error) {
        return { stream: textStream(substitute(error, call)) };
      }
      if (held === undefined) return model.doStream(params);
      const sent = limited(call, params, held.signal, meter.limits(call, held.account));
      const running = held;
      return attempt(running, async () => {
        const result = await model.doStream(sent);
        return { ...result, stream: meteredStream(meter, running, result.stream) };
      });
    },
  };
}

function resultSpend(charging: Charging, result: LanguageModelResult): CallSpend {
  const report = languageReport(result);
  return report === undefined
    ? partial(charging, undefined, contentOf(result.content).input)
    : billed(charging, report);
}

function meteredStream<Part extends LanguageModelPart>(
  { clock, idleTimeout }: Meter,
  { account, charging, signal }: HeldCall,
  source: ReadableStream<Part>,
): ReadableStream<Part> {
  const expected = () => estimated(charging);
  // The provider has accepted the call, so it is not released from here on.
  account.note(expected());
  const answer = new PartsAnswer<Part>(charging);
  return RunningCall.stream(
    { account, answer, isContent: isFromProvider, expected, clock, idleTimeout, signal },
    source,
  );
}
