import type { Amount, BudgetDeniedError } from "../index.js";
import type { LlmCall, MeterOptions, Price } from "../llm/index.js";

/**
 * How calls to language models are metered. All are optional. What is not described here is as in
 * `MeterOptions` of `cycles-client/llm`.
 */
export interface LanguageBudgetOptions extends Omit<
  MeterOptions,
  "onDenied" | "includeUsage" | "fetch"
> {
  /**
   * Returns the text that the caller gets as the model's answer if a call was denied, or undefined
   * for the error.
   */
  readonly onDenied?: (denial: BudgetDeniedError, call: LlmCall) => string | undefined;
}

/** How calls to embedding models are metered. All are optional, and are as in `MeterOptions`. */
export interface EmbeddingBudgetOptions extends Omit<
  LanguageBudgetOptions,
  "onDenied" | "maxOutput" | "idleTimeout"
> {}

/** How calls to image models are metered. All but `cost` are optional. */
export interface ImageBudgetOptions extends Omit<
  EmbeddingBudgetOptions,
  "estimate" | "input" | "unpriced" | "price"
> {
  /**
   * What one image costs, or a function that returns what all images of a call cost. `call.answers`
   * is their number, and `call.body` has the size, the aspect ratio and the provider's options.
   *
   * It is called before the call for the number of images that were asked for, and afterwards for
   * the number that was generated.
   */
  readonly cost: Amount | ((call: LlmCall) => Amount);
  /** What the tokens of a call cost, if the provider reports them. It comes before `cost`. */
  readonly price?: Price;
}
