import { defaults } from "../../../generated/constants.js";
import { chargeEvent } from "./charge.js";
import { checkTenantOpen, findBudgets } from "./checks.js";
import type { CommandOf } from "./command.js";
import { isRefusal } from "./refusal.js";
import { rulesOf } from "./rules.js";
import type { Execution, LedgerSettings, LedgerState, Wire } from "./state.js";

/** Charges a spend without a reservation, to every budget of the subject or to none. */
export function recordEvent(
  state: LedgerState,
  { tenant, id, body }: CommandOf<"createEvent">,
  settings: LedgerSettings,
): Execution<Wire["EventCreateResponse"]> {
  const { actual } = body;
  const closed = checkTenantOpen(state, tenant);
  if (closed) return { result: closed, changes: {} };
  const budgets = findBudgets(state, body.subject, actual.unit);
  if (isRefusal(budgets)) return { result: budgets, changes: {} };
  const charged = chargeEvent(
    budgets,
    actual.amount,
    body.overage_policy ?? defaults.EventCreateRequest.overage_policy,
    rulesOf(settings),
  );
  if (isRefusal(charged)) return { result: charged, changes: {} };

  const wasCut = charged.charged < actual.amount;
  return {
    result: {
      status: "APPLIED",
      event_id: id,
      ...(wasCut && { charged: { unit: actual.unit, amount: charged.charged } }),
      balances: charged.budgets.map(rulesOf(settings).views.balance),
    },
    changes: { budgets: charged.budgets },
  };
}
