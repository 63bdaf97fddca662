import { calcPrice, findProvider, type PriceOptions } from "@pydantic/genai-prices";
import type { ModelRates } from "./cost.js";
import { libraryRates } from "./library-rates.js";
import { spellings } from "./model-names.js";

const MINUTE_MS = 60_000;
/** Names of models come from responses, so their number and length are bounded. */
const MOST_MODELS = 1_000;
const LONGEST_NAME = 256;

/**
 * The table of the library at one time, or as time passes. To find a model takes the library a
 * quarter of a millisecond, so what was found is kept for a minute: prices that depend on the time
 * change at whole minutes.
 */
export class PriceTable {
  readonly #at: number | undefined;
  readonly #found = new Map<string, ModelRates | undefined>();
  #minute = NaN;

  /** @param at epoch milliseconds; undefined for now */
  constructor(at: number | undefined) {
    this.#at = at;
  }

  ratesOf(provider: string, model: string): ModelRates | undefined {
    const now = Date.now();
    const minute = Math.floor(now / MINUTE_MS);
    if (minute !== this.#minute || this.#found.size >= MOST_MODELS) {
      this.#found.clear();
      this.#minute = minute;
    }
    const key = JSON.stringify([provider, model]);
    if (!this.#found.has(key)) {
      this.#found.set(key, lookUp(provider, model, new Date(this.#at ?? now)));
    }
    return this.#found.get(key);
  }
}

function lookUp(provider: string, model: string, timestamp: Date): ModelRates | undefined {
  if (provider.length > LONGEST_NAME || model.length > LONGEST_NAME) return undefined;
  try {
    const options = { ...providerOptions(provider), timestamp };
    for (const name of spellings(provider, model)) {
      const found = calcPrice({}, name, options);
      if (found !== null) return libraryRates([model, found.model.id], found.model_price);
    }
  } catch {
    // The library throws for data that it cannot use, which `updatePrices` may have brought.
  }
  return undefined;
}

/**
 * A provider by its id or its host. An unknown one is treated as a router: if the name of a model
 * starts with a provider, the model is that provider's; otherwise it is found by its name.
 */
function providerOptions(provider: string): PriceOptions {
  const byHost = { providerApiUrl: `https://${provider}/` };
  if (provider.includes(".")) return findProvider(byHost) ? byHost : ROUTER;
  const byId = { providerId: provider };
  return provider !== "" && findProvider(byId) ? byId : ROUTER;
}

/** The id for which the library searches in this way. */
const ROUTER: PriceOptions = { providerId: "litellm" };
