// What is read of the AI SDK's types. The specifications "v3" (ai 6) and "v4" (ai 7) both have it,
// and a middleware that says "v3" is accepted by both versions.
import type { TextPart, TextResult } from "./substitute.js";

/** The parameters of a call, as far as all kinds of models have them. */
export interface ModelParams {
  readonly [field: string]: unknown;
  readonly abortSignal?: AbortSignal | undefined;
  readonly providerOptions?: Readonly<Record<string, unknown>> | undefined;
}

/** A model, as the middleware sees it. */
export interface ModelIdentity {
  readonly provider: string;
  readonly modelId: string;
}

/** What every result of a model may say of the call. */
export interface ModelResult {
  readonly providerMetadata?: Readonly<Record<string, unknown>> | undefined;
  /** In results of language and image models, it names the model that responded. */
  readonly response?: unknown;
}

/** The parameters of a call to a language model. */
export interface LanguageModelParams extends ModelParams {
  readonly prompt: readonly unknown[];
  readonly maxOutputTokens?: number | undefined;
  readonly tools?: readonly { readonly name: string }[] | undefined;
  readonly toolChoice?: { readonly type: string; readonly toolName?: string } | undefined;
}

/** What a language model generated. */
export interface LanguageModelResult extends ModelResult {
  readonly content: readonly { readonly type: string }[];
  readonly usage: unknown;
}

/** One part of the stream of a language model. */
export interface LanguageModelPart {
  readonly type: string;
}

/** The stream of a language model. */
export interface LanguageModelStream<Part> {
  readonly stream: ReadableStream<Part>;
}

/** A middleware for `wrapLanguageModel` of ai 6 and ai 7. */
export interface LanguageModelBudget {
  readonly specificationVersion: "v3";
  wrapGenerate<Params extends LanguageModelParams, Result extends LanguageModelResult>(call: {
    readonly params: Params;
    readonly model: ModelIdentity & { doGenerate(params: Params): PromiseLike<Result> };
  }): Promise<Result | TextResult>;
  wrapStream<
    Params extends LanguageModelParams,
    Part extends LanguageModelPart,
    Result extends LanguageModelStream<Part>,
  >(call: {
    readonly params: Params;
    readonly model: ModelIdentity & {
      doStream(params: Params): PromiseLike<Result & LanguageModelStream<Part>>;
    };
  }): Promise<(Result & LanguageModelStream<Part>) | LanguageModelStream<TextPart>>;
}

/** The parameters of a call to an embedding model. */
export interface EmbeddingModelParams extends ModelParams {
  readonly values: readonly string[];
}

/** The embeddings, and what they cost. */
export interface EmbeddingModelResult extends ModelResult {
  readonly usage?: { readonly tokens: number } | undefined;
}

/** A middleware for `wrapEmbeddingModel` of ai 6 and ai 7. */
export interface EmbeddingModelBudget {
  readonly specificationVersion: "v3";
  wrapEmbed<Params extends EmbeddingModelParams, Result extends EmbeddingModelResult>(call: {
    readonly params: Params;
    readonly model: ModelIdentity & { doEmbed(params: Params): PromiseLike<Result> };
  }): Promise<Result>;
}

/** The parameters of a call to an image model. */
export interface ImageModelParams extends ModelParams {
  readonly prompt: string | undefined;
  readonly n: number;
  readonly files: readonly unknown[] | undefined;
  readonly mask: unknown;
}

/** The images, and what they cost if the provider says so. */
export interface ImageModelResult extends ModelResult {
  readonly images: readonly unknown[];
  readonly usage?:
    | { readonly inputTokens: number | undefined; readonly outputTokens: number | undefined }
    | undefined;
}

/** A middleware for `wrapImageModel` of ai 6 and ai 7. */
export interface ImageModelBudget {
  readonly specificationVersion: "v3";
  wrapGenerate<Params extends ImageModelParams, Result extends ImageModelResult>(call: {
    readonly params: Params;
    readonly model: ModelIdentity & { doGenerate(params: Params): PromiseLike<Result> };
  }): Promise<Result>;
}
