/// <reference lib="dom" preserve="true" />
/// <reference lib="esnext.disposable" preserve="true" />
// The public surface of `cycles-client/embedded`.

export { type AuthorityOptions, type ClientConnection, EmbeddedCycles } from "./authority.js";
export type { BudgetOptions, Budgets } from "./budgets.js";
export type { Listener } from "./listener.js";
export { ManualClock } from "./manual-clock.js";
