// The entry point `cycles-client/ai`: middleware for the models of the AI SDK.
export { embeddingBudget } from "./embedding-model.js";
export { imageBudget } from "./image-model.js";
export { budget } from "./language-model.js";
export type {
  EmbeddingModelBudget,
  EmbeddingModelParams,
  EmbeddingModelResult,
  ImageModelBudget,
  ImageModelParams,
  ImageModelResult,
  LanguageModelBudget,
  LanguageModelParams,
  LanguageModelPart,
  LanguageModelResult,
  LanguageModelStream,
  ModelIdentity,
  ModelParams,
  ModelResult,
} from "./middleware.js";
export type {
  LanguageBudgetOptions,
  EmbeddingBudgetOptions,
  ImageBudgetOptions,
} from "./options.js";
export type { TextPart, TextResult } from "./substitute.js";
