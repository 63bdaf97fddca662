import type { Amount } from "../../amount.js";
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

/** The budget of these scopes with the smallest part left; in one unit, or in any where none is given. */
export function tightest(
  balances: readonly EmbeddedBalance[],
  scopes: readonly string[],
  unit: Amount["unit"] | undefined,
): EmbeddedBalance | undefined {
  return balances
    .filter(({ scope_path }) => scopes.includes(scope_path))
    .filter(({ remaining }) => unit === undefined || remaining.unit === unit)
    .reduce<EmbeddedBalance | undefined>(
      (least, balance) => (least && left(least) <= left(balance) ? least : balance),
      undefined,
    );
}

/** What is left of a budget, as a part of it. */
export function left({ allocated, remaining }: EmbeddedBalance): number {
  return allocated.amount > 0 ? remaining.amount / allocated.amount : Math.min(0, remaining.amount);
}
