import type { Usage } from "../llm/index.js";

/** The parts of a usage, none of which contains another. Each has a price of its own. */
export interface Counts {
  /** All input tokens. Prices for long contexts depend on it. */
  readonly context: number;
  /** Input tokens that are none of the other kinds. */
  readonly input: number;
  readonly cached: number;
  readonly cacheWrite: number;
  readonly cacheWrite1h: number;
  readonly audioInput: number;
  readonly cachedAudio: number;
  /** Output tokens that are none of the other kinds. */
  readonly output: number;
  readonly audioOutput: number;
  readonly reasoning: number;
}

/** The names of {@link Counts} that a model may charge at a price of their own. */
export type Part = Exclude<keyof Counts, "context">;

/**
 * Divides a usage into the parts that a model prices. A part without a price stays in what contains
 * it. Returns undefined if a count is negative or not a number, because the cost is then unknown.
 *
 * Parts that do not fit into their total are taken to be beside it, because then the total was
 * reported without them. So the result is never less than what was used.
 */
export function divide(usage: Usage, isPriced: (part: Part) => boolean): Counts | undefined {
  const counted = whole(usage);
  if (counted === undefined) return undefined;
  const { inputTokens, outputTokens } = counted;
  const priced = (part: Part, count: number) => (isPriced(part) ? count : 0);

  const cacheWrite1h = priced("cacheWrite1h", counted.cacheWrite1hTokens);
  const written = Math.max(priced("cacheWrite", counted.cacheWriteTokens), cacheWrite1h);
  const allCached = priced("cached", counted.cachedTokens);
  const allAudio = priced("audioInput", counted.audioInputTokens);
  const both = Math.min(allCached, allAudio);
  // Without a count of what is in both, as little as fits: the discount is then the least.
  const shared =
    usage.cachedAudioTokens === undefined
      ? Math.max(0, Math.min(both, allCached + allAudio + written - inputTokens))
      : Math.min(both, counted.cachedAudioTokens);
  const input = besideOrWithin(inputTokens, allCached + allAudio - shared + written);

  const audioOutput = priced("audioOutput", counted.audioOutputTokens);
  const reasoning = priced("reasoning", counted.reasoningTokens);
  const output = besideOrWithin(outputTokens, audioOutput + reasoning);

  return {
    context: input.total,
    input: input.rest,
    cached: allCached - shared,
    cacheWrite: written - cacheWrite1h,
    cacheWrite1h,
    audioInput: allAudio - shared,
    cachedAudio: shared,
    output: output.rest,
    audioOutput,
    reasoning,
  };
}

/** What is left of a total without its parts. */
function besideOrWithin(total: number, parts: number): { total: number; rest: number } {
  return parts > total ? { total: total + parts, rest: total } : { total, rest: total - parts };
}

function whole(usage: Usage): Required<Usage> | undefined {
  const counted = {
    inputTokens: count(usage.inputTokens),
    outputTokens: count(usage.outputTokens),
    cachedTokens: count(usage.cachedTokens ?? 0),
    cacheWriteTokens: count(usage.cacheWriteTokens ?? 0),
    cacheWrite1hTokens: count(usage.cacheWrite1hTokens ?? 0),
    audioInputTokens: count(usage.audioInputTokens ?? 0),
    cachedAudioTokens: count(usage.cachedAudioTokens ?? 0),
    audioOutputTokens: count(usage.audioOutputTokens ?? 0),
    reasoningTokens: count(usage.reasoningTokens ?? 0),
  };
  return Object.values(counted).some(Number.isNaN) ? undefined : counted;
}

/** Rounds fractions up. More than 2^53 − 1 tokens cost more than an amount can hold anyway. */
function count(reported: number): number {
  return reported >= 0 ? Math.min(Math.ceil(reported), Number.MAX_SAFE_INTEGER) : NaN;
}
