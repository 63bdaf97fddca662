import type { Unit } from "../../amount.js";
import type { EmbeddedBalance } from "../../embedded/index.js";

/** The budget of these scopes with the smallest part left; in one unit, or in any where none is given. */
export function tightest(
  balances: readonly EmbeddedBalance[],
  scopes: readonly string[],
  unit: Unit | undefined,
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
