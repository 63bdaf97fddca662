import type { Price } from "../llm/index.js";
import { amountOf, costOf } from "./cost.js";
import { parseDecimal } from "./decimal.js";
import { checkNames, membersOf, refusal } from "./options.js";
import { Overrides } from "./overrides.js";
import { PriceTable } from "./price-table.js";
import type { Rates } from "./rate.js";
import { serviceTiers } from "./service-tiers.js";

/** How calls are priced. All are optional. */
export interface PricesOptions {
  /**
   * Prices of your own, by model. They come before the table of the library. A name is
   * `gpt-4o` or `openai/gpt-4o`, and may end with `*`: `openai/*`, `ft:*`, or `*` for all. An exact
   * name comes before one with `*`, and a longer one before a shorter one. `gpt-4o` is also the
   * price of its dated versions, such as `gpt-4o-2024-08-06`, which responses name.
   *
   * A value is what a model costs, or a function that returns it.
   */
  readonly overrides?: Readonly<Record<string, Rates | Price>>;
  /**
   * The time whose prices apply: a `Date`, or milliseconds since 1970. Some prices begin on a date or
   * depend on the time of day. Default: the time of each call.
   */
  readonly at?: number | Date;
  /**
   * Multipliers by service tier, as decimal text: `{ flex: "0.5" }`, or `{ "openai/flex": "0.5" }`
   * for one provider. Without one, `flex` and `batch` cost what the standard tier costs, `priority`
   * costs 2.5 times as much, `fast` 2.5 times at OpenAI and 6 times elsewhere, `ultrafast` 6 times,
   * and a tier that is not known as much as the dearest.
   */
  readonly tiers?: Readonly<Record<string, string>>;
}

/**
 * Makes a price from the table of `@pydantic/genai-prices`, which knows the models of more than 40
 * providers. The cost of a call is exact, and rounded up to a whole microcent.
 *
 * The cost that a provider reports comes first, then `overrides`, then the table. The price of a
 * model that none of them knows is undefined. So is that of a usage with a negative count.
 *
 * @throws `CyclesConfigError` if an option cannot be used. The price itself does not throw.
 * @example
 * ```ts
 * import { prices } from "cycles-client/prices";
 * const price = prices({
 *   overrides: {
 *     "my-model": { input: "0.20", output: "0.80" },
 *     "localhost/*": { input: "0", output: "0" },
 *   },
 *   tiers: { "openai/flex": "0.5" },
 * });
 * const usage = { inputTokens: 1_000, outputTokens: 50 };
 * price({ provider: "openai", model: "gpt-4o-mini", usage }); // 18,000 microcents
 * price({ provider: "openai", model: "unheard-of", usage }); // undefined
 * ```
 */
export function prices(options: PricesOptions = {}): Price {
  checkNames("prices", membersOf("prices: its options", options), ["overrides", "at", "tiers"]);
  const tiers = serviceTiers("prices: tiers", options.tiers);
  const overrides = new Overrides(options.overrides, tiers);
  const table = new PriceTable(timeOf(options.at));
  return (call) => {
    const reported = call.cost === undefined ? undefined : parseDecimal(call.cost);
    if (reported !== undefined) return amountOf(reported);
    const override = overrides.find(call);
    if (override !== undefined) return override(call);
    const rates = table.ratesOf(call.provider, call.model);
    return rates && costOf(rates, tiers, call);
  };
}

function timeOf(at: unknown): number | undefined {
  if (at === undefined) return undefined;
  const time = at instanceof Date ? at.getTime() : at;
  if (typeof time !== "number" || Number.isNaN(new Date(time).getTime())) {
    throw refusal("prices: at must be a Date or milliseconds since 1970", at);
  }
  return time;
}
