import type { Amount } from "../index.js";

/** The wire formats that are metered. */
export type DialectName = "chat" | "responses" | "embeddings" | "messages" | "generate-content";

/** What the AI SDK calls, if a call is metered by `cycles-client/ai`. */
export type AiSdkFormat = "language-model" | "embedding-model" | "image-model";

/** A call to a model, as its request describes it. */
export interface LlmCall {
  /** The wire format of the request, or the kind of the AI SDK's parameters. */
  readonly dialect: DialectName | AiSdkFormat;
  /**
   * Known by the host, or by the AI SDK's name: `openai`, `anthropic`, `google`, `groq`, …;
   * otherwise the host name, or that name.
   */
  readonly provider: string;
  /** The model that the request names. */
  readonly model: string;
  /** Empty for a call that is metered by `cycles-client/ai`. */
  readonly url: string;
  /** The request body, or the AI SDK's parameters of the call. Do not change it. */
  readonly body: Readonly<Record<string, unknown>>;
  /** All text that the model reads: messages, instructions, tool definitions. */
  readonly input: string;
  /**
   * The number of parts of the input that are not in `input`: images, files, audio clips, and what
   * the provider keeps, such as an earlier conversation or a cache.
   */
  readonly attachments: number;
  /** The limit of output tokens for one answer; undefined if the request sets none. */
  readonly maxOutput: number | undefined;
  /** The number of answers that the request asks for. */
  readonly answers: number;
  /** Whether the response is a stream of events. */
  readonly stream: boolean;
  /** The service tier that the request names, such as `flex`. */
  readonly serviceTier: string | undefined;
}

/** The tokens of one call. Each part is included in the total above it. */
export interface Usage {
  /** All tokens that the model read, cached ones included. */
  readonly inputTokens: number;
  /** All tokens that the model wrote, reasoning included. */
  readonly outputTokens: number;
  /** Input tokens that were read from a cache. */
  readonly cachedTokens?: number;
  /** Input tokens that were written to a cache, for any time. */
  readonly cacheWriteTokens?: number;
  /** The part of `cacheWriteTokens` that the cache keeps for one hour. */
  readonly cacheWrite1hTokens?: number;
  /** Input tokens that were audio. */
  readonly audioInputTokens?: number;
  /** The part of `cachedTokens` that was audio. */
  readonly cachedAudioTokens?: number;
  /** Output tokens that were audio. */
  readonly audioOutputTokens?: number;
  /** Output tokens that the model used to reason. */
  readonly reasoningTokens?: number;
}

/** What a price is asked for. */
export interface PricedCall {
  /** As in {@link LlmCall.provider}. */
  readonly provider: string;
  /** The model that responded, if the response names it; otherwise the model of the request. */
  readonly model: string;
  readonly usage: Usage;
  /** The service tier that the response names; otherwise that of the request. */
  readonly serviceTier?: string | undefined;
  /** The cost in US dollars that the provider itself reported, as decimal text. */
  readonly cost?: string | undefined;
}

/**
 * Returns what a call costs, or undefined if the model is not known. `prices()` from
 * `cycles-client/prices` returns one.
 */
export type Price = (call: PricedCall) => Amount | undefined;
