import { type LedgerBudget, isOverLimit, remaining, toBalance } from "./budget.js";
import type { Command } from "./command.js";
import type { Refusal } from "./refusal.js";
import { toDetail, toSummary } from "./reservation-view.js";
import type { Reservation, Wire } from "./state.js";

/** The form of the ledger's results. */
export interface Views {
  readonly balance: (budget: LedgerBudget) => Wire["Balance"];
  readonly commit: (settled: Settled) => Wire["CommitResponse"];
  /** `include` names the metadata that each row of the list carries. */
  readonly summary: (reservation: Reservation, include: ReadonlySet<string>) => ReservationRow;
  readonly detail: (reservation: Reservation) => ReservationRow;
  /** The end of a page. `cursor` is `undefined` on the last page. */
  readonly pageEnd: (cursor: string | undefined) => PageEnd;
  readonly refusal: (refusal: Refusal, operation: Command["operation"]) => Refusal;
}

/** The amounts and the budgets of a commit. */
export interface Settled {
  readonly unit: Wire["UnitEnum"];
  readonly charged: number;
  readonly released: number;
  readonly budgets: readonly LedgerBudget[];
}

/** A reservation as reads and lists return it. Absent members may be `null`. */
export type ReservationRow = Omit<Wire["ReservationDetail"], "subject" | "action"> & {
  readonly subject: Wire["Subject"] | OrNull<Wire["Subject"]>;
  readonly action: Wire["Action"] | OrNull<Wire["Action"]>;
};

export interface PageEnd {
  readonly has_more: boolean;
  readonly next_cursor?: string | null;
}

/** The same members, all present. An absent member is `null`. */
export type OrNull<Members> = {
  readonly [Name in keyof Required<Members>]: Required<Members>[Name] | null;
};

/** The form of the reference server: zero amounts are left out, and absent members of reads are `null`. */
export const serverViews: Views = {
  balance: toShortBalance,
  commit: ({ unit, charged, released, budgets }) => ({
    status: "COMMITTED",
    charged: { unit, amount: charged },
    ...(released > 0 && { released: { unit, amount: released } }),
    balances: budgets.map(toShortBalance),
  }),
  detail: (reservation) => ({ ...toDetail(reservation), ...withNulls(reservation) }),
  summary: (reservation, include) => ({
    ...toSummary(reservation, include),
    ...withNulls(reservation),
  }),
  pageEnd: (cursor) => ({ has_more: cursor !== undefined, next_cursor: cursor ?? null }),
  refusal: withoutDetails,
};

/** The form of the protocol's text: zero amounts are present, absent members are left out, and refusals have details. */
export const proseViews: Views = {
  balance: toBalance,
  commit: ({ unit, charged, released, budgets }) => ({
    status: "COMMITTED",
    charged: { unit, amount: charged },
    released: { unit, amount: released },
    balances: budgets.map(toBalance),
  }),
  detail: toDetail,
  summary: toSummary,
  pageEnd: (cursor) =>
    cursor === undefined ? { has_more: false } : { has_more: true, next_cursor: cursor },
  refusal: (refusal) => refusal,
};

/** Assigns the optional members, because spreads are slow and most responses contain balances. */
function toShortBalance(budget: LedgerBudget): Wire["Balance"] {
  const { unit, scope, debt, overdraftLimit } = budget;
  const balance: Wire["Balance"] = {
    scope: scope.slice(scope.lastIndexOf("/") + 1),
    scope_path: scope,
    remaining: { unit, amount: remaining(budget) },
    reserved: { unit, amount: budget.reserved },
    spent: { unit, amount: budget.spent },
    allocated: { unit, amount: budget.allocated },
  };
  if (debt > 0) balance.debt = { unit, amount: debt };
  if (overdraftLimit > 0) balance.overdraft_limit = { unit, amount: overdraftLimit };
  if (isOverLimit(budget)) balance.is_over_limit = true;
  return balance;
}

function withNulls({ request: { subject, action } }: Reservation): {
  readonly subject: OrNull<Wire["Subject"]>;
  readonly action: OrNull<Wire["Action"]>;
} {
  const { tenant, workspace, app, workflow, agent, toolset, dimensions } = subject;
  const { kind, name, tags } = action;
  return {
    subject: {
      tenant: tenant ?? null,
      workspace: workspace ?? null,
      app: app ?? null,
      workflow: workflow ?? null,
      agent: agent ?? null,
      toolset: toolset ?? null,
      dimensions: dimensions ?? null,
    },
    action: { kind, name, tags: tags ?? null },
  };
}

/** Removes the details, except those of a wrong unit in requests other than commits. */
function withoutDetails(refusal: Refusal, operation: Command["operation"]): Refusal {
  if (refusal.details === undefined) return refusal;
  if (refusal.code === "UNIT_MISMATCH" && operation !== "commitReservation") return refusal;
  const { details: _, ...rest } = refusal;
  return rest;
}
