import type { Action, Amount, BudgetDeniedError, Clock, PolicyOptions, Subject } from "../index.js";
import type { LlmCall, Price } from "./call.js";

/** How calls are metered. All are optional. */
export interface MeterOptions extends PolicyOptions {
  /**
   * What a call costs. `prices()` from `cycles-client/prices` knows most models. Without it, calls
   * are metered in tokens.
   */
  readonly price?: Price;
  /** The amount to reserve for a call. Default: {@link estimate}. */
  readonly estimate?: (call: LlmCall) => Amount;
  /**
   * How many tokens the input may have. `"likely"`: one for two bytes of UTF-8. `"bytes"`: one for
   * each byte, which no tokenizer exceeds. A function counts them. Default `"likely"`.
   */
  readonly input?: "likely" | "bytes" | ((text: string) => number);
  /** The limit of output tokens that is written into requests without one. Default 4,096. */
  readonly maxOutput?: number;
  /** The subject of a call, in addition to the defaults of the client. */
  readonly subject?: Subject | ((call: LlmCall) => Subject);
  /** The action of a call. Default: kind `llm.completion` or `llm.embedding`, named for the model. */
  readonly action?: (call: LlmCall) => Action;
  /**
   * What to do with a call whose price is unknown, or that cannot be metered: deny it, or reserve
   * and commit this amount. Default `"deny"`.
   */
  readonly unpriced?: "deny" | Amount;
  /** Returns the response to a call that was denied, in place of the error. */
  readonly onDenied?: (denial: BudgetDeniedError, call: LlmCall) => Response | undefined;
  /** How long a stream may be silent before its call is settled, in milliseconds. Default 60,000. */
  readonly idleTimeout?: number;
  /** Whether to ask for usage in a stream, if the caller did not. Default `true`. */
  readonly includeUsage?: boolean;
  /** The `fetch` that sends the calls. Default: the `fetch` of the SDK, or the global one. */
  readonly fetch?: typeof globalThis.fetch;
  /** The clock for `idleTimeout` and for the latency in the metrics. Default: `systemClock`. */
  readonly clock?: Clock;
}
