import { type Amount, microcents } from "../index.js";
import type { PricedCall, Usage } from "../llm/index.js";
import { divide, type Part } from "./counts.js";
import { ceilingAt, type Decimal, greater, plus, times, ZERO } from "./decimal.js";
import { multiplierOf, type ServiceTiers } from "./service-tiers.js";

/** US dollars per million tokens. */
export type PartPrice = Decimal | LongContextPrice;

/** A price that rises with the length of the context. All tokens of the part cost the same. */
export interface LongContextPrice {
  readonly base: Decimal;
  /** Sorted. The last step that the context exceeds applies. */
  readonly steps: readonly { readonly above: number; readonly price: Decimal }[];
}

/** What a model costs. A part without a price of its own costs what the part around it costs. */
export interface ModelRates {
  /** If a part has several prices, the usage does not tell which applies: the dearest is charged. */
  readonly parts: Readonly<Partial<Record<Part, readonly PartPrice[]>>>;
  /** US dollars for each request. */
  readonly request: Decimal;
}

const PARTS: readonly Part[] = [
  ...(["input", "cached", "cacheWrite", "cacheWrite1h", "audioInput", "cachedAudio"] as const),
  ...(["output", "audioOutput", "reasoning"] as const),
];

const PER_MILLION: Decimal = { digits: 1n, scale: 6 };
const MICROCENT_DIGITS = 8;

/** What a call costs at these rates; undefined if its usage is not made of counts. */
export function costOf(
  rates: ModelRates,
  tiers: ServiceTiers,
  { provider, usage, serviceTier }: PricedCall,
): Amount | undefined {
  const dollars = dollarsOf(rates, usage);
  return dollars && amountOf(times(dollars, multiplierOf(tiers, provider, serviceTier)));
}

/**
 * Dollars as an amount, rounded up to a whole microcent. The largest amount, 2^53 − 1 microcents,
 * stands for all that are larger (90 million dollars and more), because a price does not throw.
 */
export function amountOf(dollars: Decimal): Amount {
  const exact = ceilingAt(dollars, MICROCENT_DIGITS);
  const largest = BigInt(Number.MAX_SAFE_INTEGER);
  return microcents(Number(exact < largest ? exact : largest));
}

/** The exact cost in the standard tier. */
function dollarsOf({ parts, request }: ModelRates, usage: Usage): Decimal | undefined {
  const counts = divide(usage, (part) => parts[part] !== undefined);
  if (counts === undefined) return undefined;
  let perMillion = ZERO;
  for (const part of PARTS) {
    // Cached audio without a price of its own has no discount.
    const prices = parts[part] ?? (part === "cachedAudio" ? parts.audioInput : undefined);
    if (prices === undefined || counts[part] === 0) continue;
    const price = prices.map((one) => priceAt(one, counts.context)).reduce(greater);
    perMillion = plus(perMillion, times(price, { digits: BigInt(counts[part]), scale: 0 }));
  }
  return plus(times(perMillion, PER_MILLION), request);
}

function priceAt(price: PartPrice, context: number): Decimal {
  if (!("base" in price)) return price;
  return price.steps.filter(({ above }) => context > above).at(-1)?.price ?? price.base;
}
