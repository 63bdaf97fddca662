import { type Budget, remaining } from "./budget.js";
import { refuse, type Refusal } from "./refusal.js";
import type { Wire } from "./state.js";

/** A spend to charge: the amount that each budget holds, and the actual amount, in one unit. */
export interface Chargeable {
  readonly held: number;
  readonly actual: number;
  readonly policy: Wire["CommitOveragePolicy"];
}

export interface Charge {
  readonly charged: number;
  readonly budgets: readonly Budget[];
}

/**
 * Charges a spend to all of its budgets, or to none. The overage is the part of the spend
 * beyond the held amount. If every budget can pay it, the policy does not matter.
 * (Protocol: CommitOveragePolicy.)
 */
export function charge(budgets: readonly Budget[], spend: Chargeable): Charge | Refusal {
  const overage = spend.actual - spend.held;
  const short = overage <= 0 ? [] : budgets.filter((budget) => remaining(budget) < overage);
  if (short.length === 0) return pay(budgets, spend, spend.actual);
  switch (effectivePolicy(spend.policy, short)) {
    case "REJECT":
      return exceeded(short, overage);
    case "ALLOW_IF_AVAILABLE":
      return cutShort(budgets, spend, overage);
    case "ALLOW_WITH_OVERDRAFT":
      return overdraw(budgets, spend, overage);
  }
}

/** A budget without an overdraft limit cannot go into debt, so its charge is cut short instead. */
function effectivePolicy(
  policy: Chargeable["policy"],
  short: readonly Budget[],
): Chargeable["policy"] {
  const noOverdraft = short.some(({ overdraftLimit }) => overdraftLimit === 0);
  return policy === "ALLOW_WITH_OVERDRAFT" && noOverdraft ? "ALLOW_IF_AVAILABLE" : policy;
}

function pay(budgets: readonly Budget[], { held }: Chargeable, charged: number): Charge {
  return {
    charged,
    budgets: budgets.map((budget) => ({
      ...budget,
      reserved: budget.reserved - held,
      spent: budget.spent + charged,
    })),
  };
}

function exceeded([budget]: readonly Budget[], overage: number): Refusal {
  const { scope = "", unit = "" } = budget ?? {};
  return refuse(
    "BUDGET_EXCEEDED",
    `Budget exceeded for scope ${scope}: ${overage} ${unit} beyond the reserved amount are not available`,
    { scope },
  );
}

function cutShort(budgets: readonly Budget[], spend: Chargeable, overage: number): Charge {
  const available = Math.max(0, Math.min(...budgets.map(remaining)));
  const paid = pay(budgets, spend, spend.held + available);
  const isShort = new Set(
    budgets.filter((budget) => remaining(budget) < overage).map(({ key }) => key),
  );
  return {
    ...paid,
    budgets: paid.budgets.map((budget) =>
      isShort.has(budget.key) ? { ...budget, cutShort: true } : budget,
    ),
  };
}

/** Budgets that can pay the overage pay it. In the others, all of it becomes debt. */
function overdraw(
  budgets: readonly Budget[],
  spend: Chargeable,
  overage: number,
): Charge | Refusal {
  const charged: Budget[] = [];
  for (const budget of budgets) {
    const isShort = remaining(budget) < overage;
    const debt = budget.debt + (isShort ? overage : 0);
    if (isShort && debt > budget.overdraftLimit) {
      return refuse(
        "OVERDRAFT_LIMIT_EXCEEDED",
        `Overdraft limit exceeded for scope ${budget.scope}: the debt would be ${debt} ${budget.unit}, ` +
          `and the limit is ${budget.overdraftLimit}`,
        { scope: budget.scope },
      );
    }
    charged.push({
      ...budget,
      debt,
      reserved: budget.reserved - spend.held,
      spent: budget.spent + (isShort ? spend.held : spend.actual),
    });
  }
  return { charged: spend.actual, budgets: charged };
}
