import { type Decimal, greater, ONE, ZERO } from "./decimal.js";
import { decimalOf, membersOf, refusal } from "./options.js";

/** Multipliers of prices by service tier. A name may begin with a provider: `openai/flex`. */
export type ServiceTiers = ReadonlyMap<string, Decimal>;

/**
 * The multipliers without options. None is below 1, because whether flex and batch are cheaper, and
 * for which tokens, differs among providers. Those above 1 are the largest that a provider has
 * published for any of its models.
 */
const DEFAULTS: ServiceTiers = readTiers("", {
  auto: "1",
  default: "1",
  standard: "1",
  standard_only: "1",
  unspecified: "1",
  on_demand: "1",
  flex: "1",
  batch: "1",
  // Capacity that was paid for in advance.
  scale: "1",
  provisioned_throughput: "1",
  priority: "2.5",
  // OpenAI's other name of priority. Anthropic's fast mode costs up to six times the standard price.
  "openai/fast": "2.5",
  fast: "6",
  ultrafast: "6",
});

/** The defaults, with what the option `tiers` changes. `flex` there is for every provider. */
export function serviceTiers(option: string, tiers: unknown, base = DEFAULTS): ServiceTiers {
  const own = readTiers(option, tiers);
  const kept = [...base].filter(([name]) => !own.has(name.slice(name.lastIndexOf("/") + 1)));
  return new Map([...kept, ...own]);
}

/** The multiplier of a tier. An unknown tier has the largest multiplier of all. */
export function multiplierOf(
  tiers: ServiceTiers,
  provider: string,
  serviceTier: string | undefined,
): Decimal {
  if (!serviceTier) return ONE;
  const tier = serviceTier.toLowerCase();
  return (
    tiers.get(`${provider.toLowerCase()}/${tier}`) ??
    tiers.get(tier) ??
    [...tiers.values()].reduce(greater, ZERO)
  );
}

function readTiers(option: string, tiers: unknown): ServiceTiers {
  return new Map(
    membersOf(option, tiers).map(([name, value]) => {
      if (name === "") throw refusal(`${option} must name service tiers`, name);
      const meaning = 'a multiplier as decimal text, such as "0.5"';
      return [name.toLowerCase(), decimalOf(`${option}.${name}`, meaning, value)];
    }),
  );
}
