import { toBalance } from "./budget.js";
import { toDetail, toSummary } from "./reservation-view.js";
import type { Views } from "./views.js";

/** Every amount is present, also if it is 0. Absent members are left out, and refusals have details. */
export const prose: Views = {
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
