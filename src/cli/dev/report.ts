import type { EmbeddedBalance, Exchange } from "../../embedded/index.js";
import type { Access } from "./access.js";

/** How a running authority shows what happens: lines of text for each of three moments. */
export interface Report {
  /** It listens. The first access is the one to use; there is one for each tenant. */
  readonly opened: (
    accesses: readonly [Access, ...Access[]],
    balances: readonly EmbeddedBalance[],
  ) => readonly string[];
  /** It answered; these are the balances after that. */
  readonly exchanged: (
    exchange: Exchange,
    balances: readonly EmbeddedBalance[],
  ) => readonly string[];
  /** It was stopped. */
  readonly closed: (balances: readonly EmbeddedBalance[]) => readonly string[];
}
