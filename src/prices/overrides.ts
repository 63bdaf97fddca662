import { CyclesConfigError } from "../index.js";
import type { Price, PricedCall } from "../llm/index.js";
import { costOf } from "./cost.js";
import { spellings, withoutVersion } from "./model-names.js";
import { membersOf, refusal } from "./options.js";
import { readRates } from "./rate.js";
import type { ServiceTiers } from "./service-tiers.js";

/** Prices by the names of models, as {@link PricesOptions.overrides} describes them. */
export class Overrides {
  readonly #exact = new Map<string, Price>();
  /** Prefixes and their prices. The longest is first. */
  readonly #prefixes: (readonly [prefix: string, price: Price])[] = [];

  /** @throws {@link CyclesConfigError} if a name or a price cannot be used. */
  constructor(overrides: unknown, tiers: ServiceTiers) {
    for (const [name, value] of membersOf("prices: overrides", overrides)) {
      const option = `prices: overrides[${JSON.stringify(name)}]`;
      const key = name.toLowerCase();
      const prefix = key.endsWith("*") ? key.slice(0, -1) : undefined;
      if (key === "" || (prefix ?? key).includes("*")) {
        throw new CyclesConfigError(
          `${option} must name a model, or the beginning of names with "*" at its end.`,
        );
      }
      const price = readPrice(option, value, tiers);
      if (prefix === undefined) this.#exact.set(key, price);
      else this.#prefixes.push([prefix, price]);
    }
    this.#prefixes.sort(([one], [other]) => other.length - one.length);
  }

  /** The price of a model, if one is set: by its name, by its alias, then by the longest prefix. */
  find({ provider, model }: PricedCall): Price | undefined {
    const host = provider.toLowerCase();
    const names = spellings(host, model);
    for (const name of [...names, ...names.flatMap((one) => withoutVersion(one) ?? [])]) {
      const price = this.#exact.get(`${host}/${name}`) ?? this.#exact.get(name);
      if (price !== undefined) return price;
    }
    const full = [...names.map((name) => `${host}/${name}`), ...names];
    return this.#prefixes.find(([prefix]) => full.some((name) => name.startsWith(prefix)))?.[1];
  }
}

function readPrice(option: string, value: unknown, within: ServiceTiers): Price {
  if (isPrice(value)) return value;
  if (typeof value !== "object" || value === null) {
    throw refusal(
      `${option} must be a price or its rates, such as { input: "3.00", output: "15.00" }`,
      value,
    );
  }
  const { standard, tiers } = readRates(option, value, within);
  return (call) => costOf(standard, tiers, call);
}

/** A function in this place is called as a price. Its type can only be checked at compile time. */
function isPrice(value: unknown): value is Price {
  return typeof value === "function";
}
