// The entry point `cycles-client/prices`: what calls to models cost.
export { prices, type PricesOptions } from "./prices.js";
export { rate, type Rates } from "./rate.js";
export type { Price, PricedCall, Usage } from "../llm/index.js";
