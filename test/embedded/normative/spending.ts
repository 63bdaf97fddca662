import type { Statement } from "./statement.js";

export const scopes: readonly Statement[] = [
  [
    "scope-1",
    "Scopes are derived in one order, from tenant to toolset; affected_scopes keeps to it",
  ],
  ["scope-2", "Levels that a subject leaves out are skipped, and not filled in"],
  ["scope-3", "Scopes without a budget do not take part"],
  [
    "scope-4",
    "One derived scope at least has to have a budget; none in any unit is 404 on reserve and event",
  ],
  ["scope-5", "A subject names one standard level at least; dimensions alone are 400"],
  ["scope-6", "A level with delimiters, spaces or controls may be refused"],
  ["scope-7", "Dimensions may be left out of budgeting, but come back as they were sent"],
];

export const units: readonly Statement[] = [
  [
    "unit-1",
    "Reserve, decide and event in a unit that only lacks a budget here are 400 UNIT_MISMATCH",
  ],
  ["unit-2", "A scope with another unit does not matter where some scope has the right one"],
  ["unit-3", "A commit in another unit than the estimate's is 400 UNIT_MISMATCH"],
  ["unit-4", "The details tell the scope, the unit asked for and the units there are"],
];

export const reserving: readonly Statement[] = [
  ["reserve-1", "A reserve holds its estimate in all scopes or in none"],
  ["reserve-2", "Concurrent reserves together never hold more than there is"],
  ["reserve-3", "Too little left is 409 BUDGET_EXCEEDED on a live reserve, and not a DENY"],
  ["reserve-4", "Frozen and closed budgets are told apart; scopes are judged from the tenant down"],
  [
    "reserve-5",
    "A lease is a minute long and its grace five seconds, unless asked otherwise; policy may shorten it",
  ],
  [
    "reserve-6",
    "remaining_ttl_ms tells what is left of a live lease; servers may be older and leave it out",
  ],
  ["reserve-7", "Caps come with ALLOW_WITH_CAPS, and with no other decision"],
  ["reserve-8", "What lapses gives its budget back"],
];

export const evaluating: readonly Statement[] = [
  ["evaluate-1", "A dry run is judged in full and changes nothing: no balance, no reservation"],
  [
    "evaluate-2",
    "Its answer has no reservation_id, expires_at_ms or remaining_ttl_ms, and always has affected_scopes",
  ],
  ["evaluate-3", "It denies with a reason_code; no budget at all is BUDGET_NOT_FOUND"],
  ["evaluate-4", "Decide reserves nothing"],
  [
    "evaluate-5",
    "Decide denies with 200 for debt, over-limit, status or lack of budget, and never with 409",
  ],
];

export const committing: readonly Statement[] = [
  ["commit-1", "Less than the estimate: the rest is given back"],
  ["commit-2", "REJECT refuses more than the estimate where it is not there, with BUDGET_EXCEEDED"],
  [
    "commit-3",
    "ALLOW_IF_AVAILABLE never refuses and makes no debt: it charges what the tightest scope can pay, at least the estimate",
  ],
  ["commit-4", "Scopes that could not pay in full are over their limit from then on"],
  [
    "commit-5",
    "ALLOW_WITH_OVERDRAFT makes debt up to the limit; beyond it is OVERDRAFT_LIMIT_EXCEEDED, in all scopes or none",
  ],
  ["commit-6", "Without an overdraft limit that policy is ALLOW_IF_AVAILABLE"],
  ["commit-7", "The policy left out is ALLOW_IF_AVAILABLE"],
  ["commit-8", "A commit is taken through the grace period"],
  ["commit-9", "A refused commit leaves the reservation as it was"],
  [
    "commit-10",
    "Its checks come in one order: existence, owner, replay, tenant, state, unit, expiry, overage",
  ],
  ["commit-11", "Over-limit and frozen scopes still settle what is reserved"],
];

export const debt: readonly Statement[] = [
  [
    "debt-1",
    "Over-limit blocks every new reservation with OVERDRAFT_LIMIT_EXCEEDED, in any scope, whatever remains",
  ],
  ["debt-2", "That comes before DEBT_OUTSTANDING and before the lack of budget"],
  [
    "debt-3",
    "Debt blocks with DEBT_OUTSTANDING, in the reading that a positive overdraft limit allows for it",
  ],
  ["debt-4", "Over-limit ends by itself once the debt is back at the limit"],
  ["debt-5", "Funds repay debt first"],
];

export const releasing: readonly Statement[] = [
  ["release-1", "A release gives back what was held, in every scope, and charges nothing"],
];

export const extending: readonly Statement[] = [
  ["extend-1", "An extension counts from the present expiry, and not from the request"],
  ["extend-2", "It moves the expiry and touches nothing else"],
  [
    "extend-3",
    "It is taken while the reservation is active and its lease has not run out, to the millisecond",
  ],
  ["extend-4", "A server may clamp what one extension grants, and how far ahead it leads"],
  ["extend-5", "Too many of them are MAX_EXTENSIONS_EXCEEDED"],
];

export const events: readonly Statement[] = [
  ["event-1", "An event charges without a reservation and is answered 201"],
  ["event-2", "It charges every scope or none"],
  ["event-3", "The three policies apply to its whole amount; charged tells where it was cut short"],
  ["event-4", "The client's own time decides nothing"],
];
