/// <reference lib="esnext.disposable" preserve="true" />
// The entry point `cycles-client/embedded`. The ledger and the HTTP side are internal.
export { type EmbeddedBalance, EmbeddedCycles } from "./authority.js";
export type { BudgetOptions, ScopeBudgets } from "./budgets.js";
export type { EmbeddedClientOptions, EmbeddedServer } from "./clients.js";
export type { EvidenceOptions, EvidencePrivateKey } from "./evidence/options.js";
export type { Arrival, Exchange } from "./exchange.js";
export type { Breakage, FaultKind, Faults, FaultTiming, FaultyResponse } from "./faults.js";
export type { EmbeddedFetch } from "./http/fetch.js";
export type { RuleSet } from "./ledger/state.js";
export { ManualClock } from "./manual-clock.js";
export type { EmbeddedOptions } from "./options.js";
export type { RateLimitOptions } from "./rate-limit.js";
