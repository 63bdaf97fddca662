import type { Amount, Metrics, SpendDetails } from "../index.js";
import type { LlmCall, Price, Usage } from "./call.js";
import type { Report } from "./dialects/dialect.js";

/** What a call has cost, as it is recorded. */
export interface CallSpend {
  readonly actual: Amount;
  readonly details: SpendDetails;
}

/**
 * What an amount is estimated from, if the provider's final usage is not known: the request, the
 * usage that a response named before it broke off, the text that had arrived by then, or the fixed
 * amount of the option `unpriced`.
 */
export type EstimateSource = "request" | "usage" | "text" | "unpriced";

/** What is known when a call is charged. */
export interface Charging {
  readonly call: LlmCall | undefined;
  /** The amount that was reserved. */
  readonly estimate: Amount;
  /** Where the amount comes from if nothing else is known: `request` or `unpriced`. */
  readonly fallback: EstimateSource;
  readonly price: Price | undefined;
  /** What was probably used, by the text that the model wrote. */
  readonly usageSeen: (text: string, call: LlmCall) => Usage;
  /** Milliseconds since the request was sent. */
  readonly elapsed: () => number;
}

/** The amount that was reserved, because nothing more is known. */
export function estimated(charging: Charging): CallSpend {
  return spend(charging, charging.estimate, undefined, charging.fallback);
}

/** What the provider's final usage costs. */
export function billed(charging: Charging, report: Report): CallSpend {
  const actual = priced(charging, report.usage, report);
  return actual === undefined
    ? spend(charging, charging.estimate, report, charging.fallback)
    : spend(charging, actual, report, undefined);
}

/** What a call costs whose price does not depend on tokens. */
export function charged(charging: Charging, cost: () => Amount): CallSpend {
  const actual = priced({ ...charging, price: cost }, NO_TOKENS, undefined);
  return actual === undefined ? estimated(charging) : spend(charging, actual, undefined, undefined);
}

const NO_TOKENS: Usage = { inputTokens: 0, outputTokens: 0 };

/**
 * What an answer costs whose final usage is unknown: the greater of the usage that it has named and
 * an estimate of the text that has arrived.
 */
export function partial(charging: Charging, report: Report | undefined, text: string): CallSpend {
  const { call } = charging;
  if (call === undefined) return estimated(charging);
  const seen = charging.usageSeen(text, call);
  const usage: Usage = report
    ? {
        ...report.usage,
        outputTokens: Math.max(report.usage.outputTokens, seen.outputTokens),
      }
    : seen;
  const fromText = priced(charging, usage, report && { ...report, cost: undefined });
  const fromUsage = report && priced(charging, report.usage, report);
  if (fromUsage !== undefined && (fromText === undefined || fromUsage.amount >= fromText.amount))
    return fromUsage.amount > 0 ? spend(charging, fromUsage, report, "usage") : estimated(charging);
  // Something has been spent, so a cost of nothing is no cost.
  if (fromText === undefined || fromText.amount === 0) return estimated(charging);
  return spend(charging, fromText, report, "text", usage);
}

/** What a report says besides its usage. */
interface Origin {
  readonly model?: string | undefined;
  readonly serviceTier?: string | undefined;
  readonly cost?: string | undefined;
}

/** The price in the unit of the estimate; undefined if it is unknown or cannot be charged. */
function priced(
  { call, estimate, price }: Charging,
  usage: Usage,
  report: Origin | undefined,
): Amount | undefined {
  if (call === undefined) return undefined;
  if (price === undefined) {
    const count = usage.inputTokens + usage.outputTokens;
    return chargeable({ unit: "TOKENS", amount: count }, estimate);
  }
  const { provider, serviceTier } = call;
  const models = new Set([report?.model ?? call.model, call.model]);
  for (const model of models) {
    try {
      const { cost } = report ?? {};
      const amount = price({
        provider,
        model,
        usage,
        serviceTier: report?.serviceTier ?? serviceTier,
        cost,
      });
      if (amount !== undefined) return chargeable(amount, estimate);
    } catch {
      // The answer has been paid for. A price that fails must not keep it from being recorded.
      return undefined;
    }
  }
  return undefined;
}

function chargeable(amount: Amount, estimate: Amount): Amount | undefined {
  const isWhole = Number.isSafeInteger(amount.amount) && amount.amount >= 0;
  return isWhole && amount.unit === estimate.unit ? amount : undefined;
}

function spend(
  { call, elapsed }: Charging,
  actual: Amount,
  report: Report | undefined,
  source: EstimateSource | undefined,
  usage = report?.usage,
): CallSpend {
  const model = report?.model ?? call?.model;
  const metrics: Metrics = {
    latency_ms: elapsed(),
    ...(model !== undefined && { model_version: model }),
    ...(usage && { tokens_input: usage.inputTokens, tokens_output: usage.outputTokens }),
    ...(usage && partsOf(usage)),
  };
  const metadata = source && { actual_source: "estimate", estimated_from: source };
  return { actual, details: { metrics, ...(metadata && { metadata }) } };
}

/** The parts of the totals, which the protocol has no fields for. */
function partsOf(usage: Usage): Pick<Metrics, "custom"> {
  const parts = {
    cached_tokens: usage.cachedTokens,
    cache_write_tokens: usage.cacheWriteTokens,
    reasoning_tokens: usage.reasoningTokens,
    audio_input_tokens: usage.audioInputTokens,
    audio_output_tokens: usage.audioOutputTokens,
  };
  const custom = Object.fromEntries(Object.entries(parts).filter(([, count]) => Boolean(count)));
  return Object.keys(custom).length > 0 ? { custom } : {};
}
