import { CyclesConfigError } from "../index.js";
import type { Price } from "../llm/index.js";
import { costOf, type ModelRates } from "./cost.js";
import type { Part } from "./counts.js";
import { ZERO } from "./decimal.js";
import { checkNames, decimalOf, membersOf } from "./options.js";
import { serviceTiers, type ServiceTiers } from "./service-tiers.js";

/**
 * The price of a model: US dollars per million tokens, as decimal text such as `"0.30"`. What is not
 * set has no price of its own: cached input then costs what `input` costs, and reasoning what
 * `output` costs.
 */
export interface Rates {
  /** Input tokens. */
  readonly input: string;
  /** Output tokens. Models that write nothing, such as embeddings, take `"0"`. */
  readonly output: string;
  /** Input tokens that were read from a cache. Default: `input`. */
  readonly cached?: string;
  /** Input tokens that were written to a cache. Default: `input`. */
  readonly cacheWrite?: string;
  /** Input tokens that were written to a cache for one hour. Default: `cacheWrite`. */
  readonly cacheWrite1h?: string;
  /** Input tokens that were audio. Default: `input`. */
  readonly audioInput?: string;
  /** Audio that was read from a cache. It needs `audioInput` and `cached`. Default: `audioInput`. */
  readonly cachedAudio?: string;
  /** Output tokens that were audio. Default: `output`. */
  readonly audioOutput?: string;
  /** Output tokens that the model used to reason. Default: `output`. */
  readonly reasoning?: string;
  /** US dollars for each request, in addition to its tokens. Default `"0"`. */
  readonly request?: string;
  /** Multipliers by service tier, as in {@link PricesOptions.tiers}. */
  readonly tiers?: Readonly<Record<string, string>>;
}

/** An optional part of the prices, in the order in which messages list them. */
const OPTIONAL_PARTS: readonly Exclude<Part, "input" | "output">[] = [
  ...(["cached", "cacheWrite", "cacheWrite1h", "audioInput", "cachedAudio"] as const),
  ...(["audioOutput", "reasoning"] as const),
];

/**
 * Makes a price from what a model costs, in US dollars per million tokens. The cost of a call is
 * exact, and rounded up to a whole microcent. It is the same for every provider and model, and a
 * cost that a provider reports does not change it.
 *
 * If you use only this function, bundlers leave the table of prices out.
 *
 * @throws `CyclesConfigError` if a price is not decimal text, or a name is unknown.
 * @example
 * ```ts
 * import { rate } from "cycles-client/prices";
 * const price = rate({ input: "3.00", output: "15.00", cached: "0.30" });
 * const usage = { inputTokens: 1_000, cachedTokens: 400, outputTokens: 50 };
 * price({ provider: "anthropic", model: "claude-sonnet-4-5", usage });
 * // { unit: "USD_MICROCENTS", amount: 267_000 }
 * ```
 */
export function rate(rates: Rates): Price {
  const { standard, tiers } = readRates("rate", rates);
  return (call) => costOf(standard, tiers, call);
}

/** Checks prices. `within` are the service tiers that apply unless the prices name their own. */
export function readRates(
  option: string,
  rates: unknown,
  within?: ServiceTiers,
): { standard: ModelRates; tiers: ServiceTiers } {
  const members = new Map(membersOf(option, rates));
  checkNames(option, [...members], ["input", "output", ...OPTIONAL_PARTS, "request", "tiers"]);
  const read = (name: string, meaning: string) =>
    decimalOf(`${option}.${name}`, `${meaning}, as decimal text such as "0.30"`, members.get(name));
  const perMillion = (name: Part) => [read(name, "US dollars per million tokens")];

  const optional = OPTIONAL_PARTS.filter((name) => members.get(name) !== undefined);
  const missing = (["audioInput", "cached"] as const).find((name) => !optional.includes(name));
  if (missing !== undefined && optional.includes("cachedAudio")) {
    throw new CyclesConfigError(`${option}.cachedAudio needs ${option}.${missing}. Set that, too.`);
  }
  return {
    standard: {
      parts: {
        input: perMillion("input"),
        output: perMillion("output"),
        ...Object.fromEntries(optional.map((name) => [name, perMillion(name)])),
      },
      request:
        members.get("request") === undefined ? ZERO : read("request", "US dollars per request"),
    },
    tiers: serviceTiers(`${option}.tiers`, members.get("tiers"), within),
  };
}
