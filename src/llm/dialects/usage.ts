// Reads token counts and costs. A count that is no count makes the whole usage invalid, because the
// rest of it cannot be trusted either.
import type { Usage } from "../call.js";
import type { JsonObject, Report } from "./dialect.js";
import { isObject, textOf } from "./values.js";

/** A count of tokens: undefined if it is absent, and NaN if it is not a whole number from 0. */
export function countOf(value: unknown): number | undefined {
  if (value === undefined || value === null) return undefined;
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0 ? value : NaN;
}

/** The sum of counts; undefined if all are absent, and NaN if one of them is invalid. */
export function sumOf(...values: readonly unknown[]): number | undefined {
  const counts = values.map(countOf).filter((count) => count !== undefined);
  return counts.length === 0 ? undefined : counts.reduce((sum, count) => sum + count, 0);
}

/** The fields of {@link Usage} as they were read, absent and invalid ones included. */
export type UsageCounts = { readonly [Field in keyof Usage]-?: number | undefined };

const NO_PARTS = {
  cachedTokens: undefined,
  cacheWriteTokens: undefined,
  cacheWrite1hTokens: undefined,
  audioInputTokens: undefined,
  cachedAudioTokens: undefined,
  audioOutputTokens: undefined,
  reasoningTokens: undefined,
};

/**
 * The usage, or undefined if it has no total or an invalid count. A part that exceeds its total is
 * lowered to it.
 */
export function usageOf(
  counts: Partial<UsageCounts> & Pick<UsageCounts, "inputTokens" | "outputTokens">,
): Usage | undefined {
  const all: UsageCounts = { ...NO_PARTS, ...counts };
  if (Object.values(all).some((count) => count !== undefined && !Number.isSafeInteger(count)))
    return undefined;
  const { inputTokens, outputTokens } = all;
  if (inputTokens === undefined || outputTokens === undefined) return undefined;
  const cached = part("cachedTokens", all.cachedTokens, inputTokens);
  const written = part("cacheWriteTokens", all.cacheWriteTokens, inputTokens);
  return {
    inputTokens,
    outputTokens,
    ...cached,
    ...written,
    ...part("cacheWrite1hTokens", all.cacheWrite1hTokens, written.cacheWriteTokens ?? 0),
    ...part("audioInputTokens", all.audioInputTokens, inputTokens),
    ...part("cachedAudioTokens", all.cachedAudioTokens, cached.cachedTokens ?? 0),
    ...part("audioOutputTokens", all.audioOutputTokens, outputTokens),
    ...part("reasoningTokens", all.reasoningTokens, outputTokens),
  };
}

function part(name: keyof Usage, count: number | undefined, total: number): Partial<Usage> {
  return count === undefined ? {} : { [name]: Math.min(count, total) };
}

/**
 * A number of dollars as decimal text, without an exponent; undefined if it is no cost.
 * JavaScript writes small numbers as `1.5e-7`.
 */
export function decimalText(value: unknown): string | undefined {
  if (typeof value !== "number" || !Number.isFinite(value) || value < 0) return undefined;
  const [digits = "", exponent] = String(value).split("e");
  if (exponent === undefined) return digits;
  const [whole = "", fraction = ""] = digits.split(".");
  const places = Number(exponent);
  if (places >= 0) return (whole + fraction).padEnd(whole.length + places, "0");
  return `0.${"0".repeat(-places - whole.length)}${whole}${fraction}`;
}

/**
 * The cost that OpenRouter, Perplexity and others report in the usage. With a key of the caller's
 * own, OpenRouter reports only its fee, so that cost is left out.
 */
export function costOf(raw: JsonObject): string | undefined {
  if (raw["is_byok"] === true) return undefined;
  const { cost } = raw;
  return decimalText(isObject(cost) ? cost["total_cost"] : cost);
}

/** A report with what is known of the response; undefined if there is no usage. */
export function reportOf(
  usage: Usage | undefined,
  model: unknown,
  serviceTier: unknown,
  cost?: string,
): Report | undefined {
  if (usage === undefined) return undefined;
  const named = { model: textOf(model), serviceTier: textOf(serviceTier) };
  return {
    usage,
    ...(named.model === undefined ? {} : { model: named.model }),
    ...(named.serviceTier === undefined ? {} : { serviceTier: named.serviceTier }),
    ...(cost === undefined ? {} : { cost }),
  };
}
