// Turns the prices that the library lists for a model into rates of ours.
import type { ModelPrice } from "@pydantic/genai-prices";
import type { ModelRates, PartPrice } from "./cost.js";
import type { Part } from "./counts.js";
import { type Decimal, parseDecimal, times, ZERO } from "./decimal.js";

/**
 * Which part of a usage a price of the library is for. The first that matches decides. A usage does
 * not tell images, video and citations from text, so these are further prices of the same part.
 */
const PART_OF_KEY: readonly (readonly [key: RegExp, part: Part])[] = [
  [/^input_audio_mtok$/, "audioInput"],
  [/^cache_audio_read_mtok$/, "cachedAudio"],
  [/^output_audio_mtok$/, "audioOutput"],
  [/^output_reasoning_mtok$/, "reasoning"],
  [/^input_.*mtok$/, "input"],
  [/^output_.*mtok$/, "output"],
  [/^cache_.*read_mtok$/, "cached"],
  [/^cache_.*write_1h_mtok$/, "cacheWrite1h"],
  [/^cache_.*write.*_mtok$/, "cacheWrite"],
];

const PER_THOUSAND: Decimal = { digits: 1n, scale: 3 };
const FREE: ModelRates = { parts: {}, request: ZERO };

/** A modality in the name of a model, which its prices then have to cover. */
const MODALITY = /(?:^|[^a-z])(audio|image)(?:[^a-z]|$)/;

/**
 * The rates of a model, or undefined if the library has a gap:
 *
 * - it lists the model without any price, and its name does not end with `:free`;
 * - it has no price per token, but for hours of audio, pages or messages;
 * - the name says audio or image, and no price does (`gpt-4o-audio-preview`, whose audio would be
 *   charged as text, at a sixteenth).
 */
export function libraryRates(names: readonly string[], prices: ModelPrice): ModelRates | undefined {
  const keys = Object.keys(prices);
  if (keys.length === 0) return names.some((name) => name.endsWith(":free")) ? FREE : undefined;
  const modalities = names.flatMap((name) => MODALITY.exec(name.toLowerCase())?.[1] ?? []);
  if (!modalities.every((one) => keys.some((key) => key.includes(one)))) return undefined;

  const parts: Partial<Record<Part, PartPrice[]>> = {};
  for (const [key, value] of Object.entries(prices)) {
    const part = PART_OF_KEY.find(([pattern]) => pattern.test(key))?.[1];
    const price = value === undefined ? undefined : partPrice(value);
    if (part !== undefined && price !== undefined) (parts[part] ??= []).push(price);
  }
  // All tokens of the input could be of a kind that has no price of its own.
  if (parts.input === undefined) return undefined;
  const thousand = prices["requests_kcount"];
  const request = typeof thousand === "number" ? decimalOf(thousand) : undefined;
  return { parts, request: request ? times(request, PER_THOUSAND) : ZERO };
}

function partPrice(value: NonNullable<ModelPrice[string]>): PartPrice | undefined {
  if (typeof value === "number") return decimalOf(value);
  const base = decimalOf(value.base);
  const steps = value.tiers
    .flatMap(({ start, price }) => {
      const decimal = decimalOf(price);
      return decimal ? [{ above: start, price: decimal }] : [];
    })
    .sort((one, other) => one.above - other.above);
  return base && { base, steps };
}

/** The shortest decimal text that stands for the number, which is how the price was written. */
function decimalOf(price: number): Decimal | undefined {
  return parseDecimal(String(price));
}
