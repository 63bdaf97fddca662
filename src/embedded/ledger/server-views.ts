import { type Budget, isOverLimit, remaining } from "./budget.js";
import type { Command } from "./command.js";
import type { Refusal } from "./refusal.js";
import { toDetail, toSummary } from "./reservation-view.js";
import type { Reservation, Wire } from "./state.js";
import type { OrNull, Views } from "./views.js";

/** As the reference server: zero amounts are left out, and absent members of reads are `null`. */
export const server: Views = {
  balance: toBalance,
  commit: ({ unit, charged, released, budgets }) => ({
    status: "COMMITTED",
    charged: { unit, amount: charged },
    ...(released > 0 && { released: { unit, amount: released } }),
    balances: budgets.map(toBalance),
  }),
  detail: (reservation) => ({ ...toDetail(reservation), ...withNulls(reservation) }),
  summary: (reservation, include) => ({
    ...toSummary(reservation, include),
    ...withNulls(reservation),
  }),
  pageEnd: (cursor) => ({ has_more: cursor !== undefined, next_cursor: cursor ?? null }),
  refusal: withoutDetails,
};

/** Assigns the optional members, because spreads are slow and each answer contains balances. */
function toBalance(budget: Budget): Wire["Balance"] {
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

/** Only a wrong unit has details, and not on a commit. */
function withoutDetails(refusal: Refusal, operation: Command["operation"]): Refusal {
  if (refusal.details === undefined) return refusal;
  if (refusal.code === "UNIT_MISMATCH" && operation !== "commitReservation") return refusal;
  const { details: _, ...rest } = refusal;
  return rest;
}
