import type { Unit } from "../../amount.js";
import type { LedgerBudget } from "./budget.js";
import { checkNotBlank, checkNotExpired, checkUnit } from "./checks.js";
import { type Overdraw, overdrawAsProse, overdrawAsServer } from "./overdraft.js";
import type { Refusal } from "./refusal.js";
import { canonicalJson } from "./replay.js";
import type { Reservation, RuleSet, Wire } from "./state.js";
import { proseViews, serverViews, type Views } from "./views.js";

/**
 * The decisions that differ between the two rule sets. In each, the reference server differs from the
 * protocol's text, or the text says nothing.
 */
export interface Rules {
  /** Whether the subject and the action have no blank names. */
  readonly checkNames: (
    body: Wire["DecisionRequest"] | Wire["EventCreateRequest"],
  ) => Refusal | undefined;
  /** A request body as text. Two bodies with the same text are the same request. */
  readonly textOf: (body: object) => string;
  /** The longest time to live of a reserve, in milliseconds, if the settings have no limit. */
  readonly maxTtlMs: number;
  /** The caps of a grant. The scopes and the budgets are ordered from the tenant down. */
  readonly capsOf: (
    scopes: readonly string[],
    budgets: readonly LedgerBudget[],
  ) => Wire["Caps"] | undefined;
  /** Whether an amount in this unit can be committed to the reservation. */
  readonly checkCommit: (reservation: Reservation, unit: Unit) => Refusal | undefined;
  readonly overdraw: Overdraw;
  /** The form of the results. */
  readonly views: Views;
}

/** Members whose own members are free-form. The server compares these in the order of the request. */
const FREE_FORM = new Set(["dimensions", "metadata", "custom"]);

const SERVER: Rules = {
  checkNames: checkNotBlank,
  textOf: (body) => canonicalJson({ dry_run: false, ...body }, FREE_FORM),
  maxTtlMs: 3_600_000,
  capsOf: (scopes, budgets) => budgets.find(({ scope }) => scope === scopes.at(-1))?.caps,
  checkCommit: (reservation, unit) => checkNotExpired(reservation) ?? checkUnit(reservation, unit),
  overdraw: overdrawAsServer,
  views: serverViews,
};

const PROSE: Rules = {
  checkNames: () => undefined,
  textOf: (body) => canonicalJson(body),
  maxTtlMs: Infinity,
  capsOf: (_, budgets) =>
    budgets.map(({ caps }) => caps).reduce((outer, inner) => inner ?? outer, undefined),
  checkCommit: (reservation, unit) => checkUnit(reservation, unit) ?? checkNotExpired(reservation),
  overdraw: overdrawAsProse,
  views: proseViews,
};

export function rulesOf({ rules }: { readonly rules: RuleSet }): Rules {
  switch (rules) {
    case "server":
      return SERVER;
    case "prose":
      return PROSE;
    default:
      return rules satisfies never;
  }
}
