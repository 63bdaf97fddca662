import { type Amount, isAmount, type Unit } from "./amount.js";
import { isRecord, type Kind } from "./option-kinds.js";

/**
 * What happens to a reserve that the authority does not answer. `"deny"`: it throws. With `allow`,
 * the work runs unguarded, and its spend is recorded as an event. `allow` is the most that may be
 * unguarded in its unit, in the whole client: estimates of running work, and spends that the ledger
 * does not have yet. A unit without a limit is denied.
 *
 * @example
 * ```ts
 * import { CyclesClient, tokens, usd, type OnUnavailable } from "cycles-client";
 * const onUnavailable: OnUnavailable = { allow: [usd("5.00"), tokens(1_000_000)] };
 * const cycles = new CyclesClient({ onUnavailable });
 * ```
 */
export type OnUnavailable = "deny" | { readonly allow: Amount | readonly Amount[] };

/**
 * Whether a denial stops work. `"observe"`: no work is stopped. What `"enforce"` would deny is a
 * notice of type `would_deny`, and the spend is recorded as an event.
 */
export type PolicyMode = "enforce" | "observe";

/** How denials and outages are treated. A call takes what it leaves out from its client. */
export interface PolicyOptions {
  /** What to do if the authority cannot be reached. Default `"deny"`. */
  readonly onUnavailable?: OnUnavailable;
  /** Default `"enforce"`. */
  readonly mode?: PolicyMode;
}

/** The most that may be unguarded in a unit; undefined if nothing may. */
export function unguardedLimit(option: OnUnavailable, unit: Unit): number | undefined {
  if (option === "deny") return undefined;
  return [option.allow].flat().find((limit) => limit.unit === unit)?.amount;
}

/** The values of the option `onUnavailable`. */
export const onUnavailable: Kind<OnUnavailable> = {
  expected: '"deny" or one limit for each unit, such as { allow: usd("5.00") }',
  fits: (value) => value === "deny" || (isRecord(value) && areLimits([value["allow"]].flat())),
};

function areLimits(values: readonly unknown[]): boolean {
  const units = values.map((value) => isAmount(value) && value.amount >= 0 && value.unit);
  return units.length > 0 && !units.includes(false) && new Set(units).size === units.length;
}
