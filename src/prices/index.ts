// The entry point `cycles-client/prices`: what calls to models cost.
export type { Price, PricedCall, Usage } from "../llm/index.js";
