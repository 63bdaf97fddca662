import type { ReservationCreateRequest } from "../../generated/paths.js";
import type { Unit } from "../amount.js";
import { scopesOf } from "../protocol/scope.js";

/** What an allowance holds: one unit, in certain scopes. */
export interface Held {
  readonly unit: Unit;
  readonly scopes: ReadonlySet<string>;
}

/**
 * Why a request cannot draw on an allowance; undefined if it can. A draw must not bypass a budget
 * that a reservation of its own would be held against.
 */
export function whyElsewhere(
  { unit, scopes }: Held,
  { estimate, subject }: ReservationCreateRequest,
): string | undefined {
  if (estimate.unit !== unit)
    return `the request is in ${estimate.unit}, and the allowance holds ${unit}`;
  const other = scopesOf(subject).find((scope) => !scopes.has(scope));
  return other === undefined ? undefined : `the allowance does not hold the scope ${other}`;
}

/** What a reservation holds. */
export function heldBy(
  { estimate, subject }: ReservationCreateRequest,
  affectedScopes: readonly string[],
): Held {
  const affected = affectedScopes.map((scope) => scope.toLowerCase());
  return { unit: estimate.unit, scopes: new Set([...scopesOf(subject), ...affected]) };
}
