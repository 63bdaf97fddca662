import {
  calcPrice,
  type ConditionalPrice,
  type MatchLogic,
  type ModelPrice,
  type Provider,
  waitForUpdate,
} from "@pydantic/genai-prices";
import { prices, type Usage } from "cycles-client/prices";
import { describe, expect, it } from "vitest";

/** `npm run metering` compares each price for 1,000 usages, also with the sums of the library. */
const RUNS = Number(process.env["PRICE_USAGES"] ?? 20);
const SEED = Number(process.env["PROPERTY_SEED"] ?? 7);

/** What one call used, as parts of which none contains another. */
interface Used {
  readonly text: number;
  readonly cachedText: number;
  readonly audio: number;
  readonly cachedAudio: number;
  readonly written5m: number;
  readonly written1h: number;
  readonly answer: number;
  readonly spoken: number;
  readonly reasoned: number;
}

/** The keys of the library that are for a part: the first that a model has is its price. */
const KEYS = {
  text: ["input_mtok"],
  cachedText: ["cache_read_mtok", "input_mtok"],
  audio: ["input_audio_mtok", "input_mtok"],
  cachedAudio: ["cache_audio_read_mtok", "input_audio_mtok", "cache_read_mtok", "input_mtok"],
  written5m: ["cache_write_mtok", "input_mtok"],
  written1h: ["cache_write_1h_mtok", "cache_write_mtok", "input_mtok"],
  answer: ["output_mtok"],
  spoken: ["output_audio_mtok", "output_mtok"],
  reasoned: ["output_reasoning_mtok", "output_mtok"],
} satisfies Record<keyof Used, string[]>;

/** The gaps of the library, and what our price does instead. */
type Gap =
  | "no price is listed"
  | "there is no price per token"
  | "audio has the price of text"
  | "images have the price of text"
  | "images, video or citations have a price of their own";

/** A new version of the library may close some and open others. */
const GAPS: Record<Gap, string[]> = {
  "audio has the price of text": [
    "openai/gpt-4o-audio-preview",
    "openai/gpt-4o-mini-audio-preview",
    "openrouter/openai/gpt-audio",
    "openrouter/openai/gpt-audio-mini",
  ],
  "images have the price of text": [
    "openai/gpt-5-image",
    "openai/gpt-5-image-mini",
    "openai/gpt-5.4-image-2",
    "openrouter/google/gemini-2.5-flash-image",
    "openrouter/google/gemini-3-pro-image-preview",
    "openrouter/google/gemini-3.1-flash-image-preview",
    "openrouter/openai/gpt-5-image",
    "openrouter/openai/gpt-5-image-mini",
    "openrouter/openai/gpt-5.4-image-2",
  ],
  "images, video or citations have a price of their own": [
    "google/gemini-2.5-flash-image",
    "google/gemini-3-pro-image-preview",
    "google/gemini-3.1-flash-image-preview",
    "google/gemini-3.1-flash-lite-image",
    "google/gemini-3.1-flash-live-preview",
    "google/gemini-embedding-2",
    "google/gemini-omni-flash-preview",
    "openai/gpt-image-1",
    "openai/gpt-image-1-mini",
    "openai/gpt-image-1.5",
    "openai/gpt-image-2",
    "openai/gpt-realtime",
    "openai/gpt-realtime-2",
    "openai/gpt-realtime-mini",
    "perplexity/sonar-deep-research",
    "quicksilverpro/gemini-3-pro-image",
  ],
  "no price is listed": [
    "cerebras/qwen-3-coder-480b",
    "github-copilot/gpt-3.5-turbo",
    "github-copilot/gpt-4.1",
    "github-copilot/gpt-4o",
    "github-copilot/gpt-4o-mini",
    "google/gemma-3",
    "google/gemma-3n",
    "google/gemma-4-26b-a4b-it",
    "google/gemma-4-31b-it",
    "huggingface_together/ServiceNow-AI/Apriel-1.6-15b-Thinker",
    "openai/moderation",
    "openrouter/gemini-2.5-pro-exp-03-25",
    "openrouter/google/gemini-flash-1.5-8b-exp",
    "openrouter/google/lyria-3-clip-preview",
    "openrouter/google/lyria-3-pro-preview",
  ],
  "there is no price per token": [
    "groq/whisper-large-v3",
    "groq/whisper-large-v3-turbo",
    "mistral/mistral-ocr-2503",
    "mistral/mistral-ocr-2505",
    "mistral/mistral-ocr-2512",
    "mistral/mistral-ocr-4-0",
    "mistral/mistral-ocr-4-1",
    "mistral/mistral-ocr-latest",
    "mistral/voxtral-mini-2602",
    "openai/gpt-transcribe",
    "openai/whisper-1",
    "x-ai/grok-voice-latest",
    "x-ai/grok-voice-think-fast-1.0",
    "x-ai/grok-voice-think-fast-2.0",
  ],
};

const providers = (await waitForUpdate()) ?? [];

describe("the price of every model in the table", () => {
  const listed = providers.flatMap(pricesOf);

  it("covers the whole table", () => {
    expect(providers.length).toBeGreaterThan(40);
    expect(listed.length).toBeGreaterThan(1_700);
  });

  it(
    `is the exact decimal product, rounded up, for ${RUNS} random usages of each model`,
    { timeout: 60_000 + RUNS * 1_000 },
    () => {
      const random = generator(SEED);
      const wrong: string[] = [];
      const unlike: string[] = [];
      for (const { provider, model, at, found, gap } of listed) {
        if (gap !== undefined) continue;
        const price = prices({ at });
        for (let run = 0; run < RUNS; run += 1) {
          const used = randomUse(random);
          const usage = usageOf(used);
          const amount = price({ provider, model, usage })?.amount;
          const exact = exactMicrocents(found, used);
          const of = () => `${provider}/${model} ${JSON.stringify(usage)}: ${amount}, not ${exact}`;
          if (amount === undefined || BigInt(amount) !== exact) wrong.push(of());
          // The library takes long to price a call, so its sum is compared less often.
          if (RUNS < 1_000 && run % 20 !== 0) continue;
          const sum = librarySum(provider, model, at, used) * 1e8;
          if (Math.abs(Number(exact) - sum) > 1 + sum * 1e-12) unlike.push(`${of()}, sum ${sum}`);
        }
      }
      expect(wrong).toEqual([]);
      expect(unlike).toEqual([]);
    },
  );

  it("is unknown, or that of the dearest kind, only where the library has a named gap", () => {
    const random = generator(SEED);
    for (const { provider, model, at, found, gap } of listed) {
      const price = prices({ at });
      const used = randomUse(random);
      const amount = price({ provider, model, usage: usageOf(used) })?.amount;
      const name = `${provider}/${model}: ${gap}`;
      switch (gap) {
        case undefined:
          expect(amount, name).toBeDefined();
          break;
        case "images, video or citations have a price of their own":
          expect(BigInt(amount ?? -1), name).toBeGreaterThanOrEqual(exactMicrocents(found, used));
          break;
        default:
          expect(amount, name).toBeUndefined();
      }
    }
  });

  it("has these gaps", () => {
    const gaps = new Map<Gap, Set<string>>();
    for (const { provider, model, gap } of listed) {
      if (gap === undefined) continue;
      gaps.set(gap, (gaps.get(gap) ?? new Set()).add(`${provider}/${model}`));
    }
    const found = [...gaps].map(([gap, names]) => [gap, [...names].sort()] as const);
    expect(Object.fromEntries(found)).toEqual(GAPS);
  });
});

/** A price of the table: at a time at which it applies, by the name under which the library finds it. */
interface ListedPrice {
  readonly provider: string;
  readonly model: string;
  readonly at: Date;
  readonly found: ModelPrice;
  readonly gap: Gap | undefined;
}

function pricesOf({ id: provider, models }: Provider): ListedPrice[] {
  return models.flatMap(({ id, match, prices: own }) => {
    const isFound = calcPrice({}, id, { providerId: provider }) !== null;
    const model = isFound ? id : nameThatMatches(match);
    const times = Array.isArray(own) ? own.map(timeOf) : [new Date("2026-11-01T12:00:00Z")];
    return times.map((at) => {
      const result = calcPrice({}, model, { providerId: provider, timestamp: at });
      if (result?.model.id !== id) throw new Error(`${provider}/${id} is not found as ${model}`);
      const found = result.model_price;
      return { provider, model, at, found, gap: gapOf([model, id], found) };
    });
  });
}

/** A time at which the price applies. */
function timeOf({ constraint }: ConditionalPrice): Date {
  if (constraint === undefined) return new Date("2020-01-01T05:00:00Z");
  return constraint.type === "start_date"
    ? new Date(`${constraint.start_date}T05:00:00Z`)
    : new Date(`2026-11-01T${constraint.start_time}`);
}

/** Some ids are names for the table only. Requests then use another one. */
function nameThatMatches(match: MatchLogic): string {
  if ("equals" in match) return match.equals;
  if ("starts_with" in match) return match.starts_with;
  if ("ends_with" in match) return match.ends_with;
  if ("contains" in match) return match.contains;
  if ("and" in match) return match.and.map(nameThatMatches).join("");
  if ("or" in match) return match.or.map(nameThatMatches)[0] ?? "";
  return "";
}

function gapOf(names: readonly string[], found: ModelPrice): Gap | undefined {
  const keys = Object.keys(found).join(" ");
  const named = (word: string) =>
    names.some((name) =>
      name
        .toLowerCase()
        .split(/[^a-z]+/)
        .includes(word),
    );
  if (keys === "") {
    return names.some((name) => name.endsWith(":free")) ? undefined : "no price is listed";
  }
  if (!("input_mtok" in found)) return "there is no price per token";
  if (named("audio") && !keys.includes("audio")) return "audio has the price of text";
  if (named("image") && !keys.includes("image")) return "images have the price of text";
  if (/image|video|citation/.test(keys)) {
    return "images, video or citations have a price of their own";
  }
  return undefined;
}

/** A part is 0, or has a random number of digits, so that contexts are on both sides of each tier. */
function randomUse(random: () => number): Used {
  const some = () => (random() < 0.3 ? 0 : Math.floor(random() * 10 ** (1 + random() * 5.5)));
  return {
    text: some(),
    cachedText: some(),
    audio: some(),
    cachedAudio: some(),
    written5m: some(),
    written1h: some(),
    answer: some(),
    spoken: some(),
    reasoned: some(),
  };
}

function usageOf(used: Used): Usage {
  return {
    inputTokens: contextOf(used),
    cachedTokens: used.cachedText + used.cachedAudio,
    cacheWriteTokens: used.written5m + used.written1h,
    cacheWrite1hTokens: used.written1h,
    audioInputTokens: used.audio + used.cachedAudio,
    cachedAudioTokens: used.cachedAudio,
    outputTokens: used.answer + used.spoken + used.reasoned,
    audioOutputTokens: used.spoken,
    reasoningTokens: used.reasoned,
  };
}

function contextOf(used: Used): number {
  const cached = used.cachedText + used.cachedAudio;
  return used.text + cached + used.audio + used.written5m + used.written1h;
}

/** In units of 10^-40 dollars, with the digits of each price as JSON writes them. */
function exactMicrocents(found: ModelPrice, used: Used): bigint {
  let total = 0n;
  for (const [part, keys] of Object.entries(KEYS)) {
    const key = keys.find((one) => one in found);
    const value = key === undefined ? undefined : found[key];
    if (value === undefined) continue;
    const tiers = typeof value === "number" ? [] : value.tiers;
    const base = typeof value === "number" ? value : value.base;
    const reached = tiers
      .filter(({ start }) => contextOf(used) > start)
      .sort((one, other) => other.start - one.start)[0];
    total += BigInt(used[part as keyof Used]) * scaled(reached?.price ?? base, 34);
  }
  const requests = found["requests_kcount"];
  if (typeof requests === "number") total += scaled(requests, 37);
  const microcent = 10n ** 32n;
  return total / microcent + (total % microcent === 0n ? 0n : 1n);
}

/** The number times 10^`digits`. */
function scaled(value: number, digits: number): bigint {
  const [mantissa = "", exponent = "0"] = JSON.stringify(value).split("e");
  const [units = "", fraction = ""] = mantissa.split(".");
  return BigInt(units + fraction) * 10n ** BigInt(digits - fraction.length + Number(exponent));
}

function librarySum(provider: string, model: string, at: Date, used: Used): number {
  const usage = usageOf(used);
  const result = calcPrice(
    {
      input_tokens: usage.inputTokens,
      output_tokens: usage.outputTokens,
      cache_read_tokens: usage.cachedTokens,
      cache_write_tokens: usage.cacheWriteTokens,
      cache_write_1h_tokens: usage.cacheWrite1hTokens,
      input_audio_tokens: usage.audioInputTokens,
      cache_audio_read_tokens: usage.cachedAudioTokens,
      cache_audio_write_tokens: 0,
      output_audio_tokens: usage.audioOutputTokens,
      output_reasoning_tokens: usage.reasoningTokens,
    },
    model,
    { providerId: provider, timestamp: at },
  );
  return result?.total_price ?? NaN;
}

/** Random numbers from 0 to 1 that a seed repeats. (Mulberry32.) */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
