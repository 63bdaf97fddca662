// The entry point `cycles-client/llm`: calls to models, metered at the level of `fetch`.
export type { AiSdkFormat, DialectName, LlmCall, Price, PricedCall, Usage } from "./call.js";
export { deniedBy } from "./denied-by.js";
export { UnmeteredCallError } from "./errors.js";
export { estimate, type EstimateOptions } from "./estimate.js";
export { metered } from "./metered.js";
export { meteredFetch } from "./metered-fetch.js";
export type { MeterOptions } from "./options.js";
