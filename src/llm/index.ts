// The entry point `cycles-client/llm`: calls to models, metered at the level of `fetch`.
export type { DialectName, LlmCall, Price, PricedCall, Usage } from "./call.js";
export { estimate, type EstimateOptions } from "./estimate.js";
export type { MeterOptions } from "./options.js";
