import type { Amount } from "../../amount.js";
import type { EmbeddedBalance, Exchange } from "../../embedded/index.js";
import type { Access } from "./access.js";
import { unitOf } from "./operation.js";

/** The output of a running authority: lines of text for each of four events. */
export interface DevReport {
  /** The authority is listening. The first tenant is the default. */
  readonly opened: (
    tenants: readonly [string, ...string[]],
    access: (tenant: string) => Access,
    balances: readonly EmbeddedBalance[],
  ) => readonly string[];
  /** The authority has responded. The balances are those of its scopes, after the response. */
  readonly exchanged: (
    exchange: Exchange,
    balances: readonly EmbeddedBalance[],
  ) => readonly string[];
  /** Some exchanges were not printed, because the output is read slowly. */
  readonly skipped: (exchanges: number) => readonly string[];
  /** The authority has stopped. */
  readonly closed: (balances: readonly EmbeddedBalance[]) => readonly string[];
}

/**
 * One JSON object per line, with a `type`: `ready`, `exchange`, `skipped` or `closed`. Bodies
 * keep their wire form.
 */
export const jsonReport: DevReport = {
  opened: ([first, ...others], access, balances) => [
    JSON.stringify({ type: "ready", env: access(first), others: others.map(access), balances }),
  ],
  exchanged: (exchange, balances) => {
    // Without the headers, which contain the API key, and the body, which `request` repeats.
    const { at, headers: _headers, body: _body, ...rest } = exchange;
    const time = new Date(at).toISOString();
    const tightestBalance = tightest(balances, exchange.scopes, unitOf(exchange));
    return [JSON.stringify({ type: "exchange", time, ...rest, tightestBalance })];
  },
  skipped: (exchanges) => [JSON.stringify({ type: "skipped", exchanges })],
  closed: (balances) => [JSON.stringify({ type: "closed", balances })],
};

/** The balance of these scopes with the smallest remaining share, in one unit or in any. */
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

/** The remaining share of a budget, from 0 to 1; below 0 if it is overdrawn. */
export function left({ allocated, remaining }: EmbeddedBalance): number {
  return allocated.amount > 0 ? remaining.amount / allocated.amount : Math.min(0, remaining.amount);
}
