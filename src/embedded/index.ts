/// <reference lib="esnext.disposable" preserve="true" />
// The entry point `cycles-client/embedded`. The ledger and its HTTP face stay inside.
export {
  type EmbeddedBalance,
  type EmbeddedClientOptions,
  EmbeddedCycles,
  type EmbeddedFetch,
  type EmbeddedServer,
} from "./authority.js";
export type { BudgetOptions, ScopeBudgets } from "./budgets.js";
export type { Arrival, Exchange } from "./exchange.js";
export type { Breakage, FaultKind, Faults, FaultTiming, FaultyResponse } from "./faults.js";
export type { EmbeddedOptions } from "./options.js";
export type { RateLimitOptions } from "./rate-limit.js";
export { ManualClock } from "./manual-clock.js";
