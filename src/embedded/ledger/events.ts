import { defaults } from "../../../generated/constants.js";
import { isRefusal } from "../errors.js";
import { toBalance } from "./balance.js";
import { charge } from "./charge.js";
import { checkOpen, checkTenantOpen, findBudgets } from "./checks.js";
import type { CommandOf } from "./command.js";
import type { Decision, LedgerState, Wire } from "./state.js";

/** Charges a spend that nothing was reserved for, to every budget of the subject or to none. */
export function recordEvent(
  state: LedgerState,
  { tenant, id, body }: CommandOf<"createEvent">,
): Decision<Wire["EventCreateResponse"]> {
  const { actual } = body;
  const closed = checkTenantOpen(state, tenant);
  if (closed) return { answer: closed, changes: {} };
  const budgets = findBudgets(state, body.subject, actual.unit);
  if (isRefusal(budgets)) return { answer: budgets, changes: {} };
  const charged =
    checkOpen(budgets) ??
    charge(budgets, {
      held: 0,
      actual: actual.amount,
      policy: body.overage_policy ?? defaults.EventCreateRequest.overage_policy,
    });
  if (isRefusal(charged)) return { answer: charged, changes: {} };

  const wasCut = charged.charged < actual.amount;
  return {
    answer: {
      status: "APPLIED",
      event_id: id,
      ...(wasCut && { charged: { unit: actual.unit, amount: charged.charged } }),
      balances: charged.budgets.map(toBalance),
    },
    changes: { budgets: charged.budgets },
  };
}
