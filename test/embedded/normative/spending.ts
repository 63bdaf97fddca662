import type { Statement } from "./statement.js";

export const scopes: readonly Statement[] = [
  [
    "scope-1",
    "Scopes are derived in one order, from tenant to toolset, which affected_scopes follows",
  ],
  ["scope-2", "Levels that a subject leaves out are skipped, and not filled in"],
  ["scope-3", "Scopes without a budget are ignored"],
  [
    "scope-4",
    "At least one derived scope must have a budget; none in any unit is 404 on reserve and event",
  ],
  ["scope-5", "A subject names at least one standard level; only dimensions are 400"],
  ["scope-6", "A level with delimiters, spaces or control characters may be refused"],
  ["scope-7", "Dimensions may be ignored for budgets, but are returned as they were sent"],
];

export const units: readonly Statement[] = [
  ["unit-1", "Reserve, decide and event are 400 UNIT_MISMATCH if only the unit has no budget"],
  ["unit-2", "A scope with another unit does not matter if some scope has the right unit"],
  ["unit-3", "A commit in another unit than the estimate is 400 UNIT_MISMATCH"],
  ["unit-4", "The details name the scope, the requested unit and the expected units"],
];

export const reserving: readonly Statement[] = [
  ["reserve-1", "A reserve holds its estimate in all scopes or in none"],
  ["reserve-2", "Concurrent reserves together never hold more than the budget"],
  ["reserve-3", "Too little budget is 409 BUDGET_EXCEEDED on a live reserve, and not a DENY"],
  [
    "reserve-4",
    "Frozen and closed budgets have separate codes; scopes are checked from the tenant down",
  ],
  [
    "reserve-5",
    "By default a lease lasts a minute and its grace period five seconds; a policy may shorten the lease",
  ],
  [
    "reserve-6",
    "remaining_ttl_ms is the remaining time of a live lease; older servers leave it out",
  ],
  ["reserve-7", "Caps are present with ALLOW_WITH_CAPS, and with no other decision"],
  [
    "caps-1",
    'Under "server", the caps of a grant are those of the leaf scope in the unit of the request, if it has any (the text says only that caps are constraints of the operator)',
  ],
  ["caps-2", 'Under "prose", they are those of the deepest scope that has caps'],
  [
    "ttl-1",
    'Under "server", a reserve gets at most an hour, and an extension is not limited by it (ttl_ms: a policy may shorten the lease)',
  ],
  [
    "blank-1",
    'Under "server", blank levels of a subject and a blank kind or name of an action are 400 (the text says nothing; under "prose" a blank level counts as absent)',
  ],
  ["reserve-8", "An expired reservation gives its estimate back"],
];

export const evaluating: readonly Statement[] = [
  ["evaluate-1", "A dry run is evaluated in full and changes nothing: no balance, no reservation"],
  [
    "evaluate-2",
    "Its response has no reservation_id, expires_at_ms or remaining_ttl_ms, and always has affected_scopes",
  ],
  ["evaluate-3", "It denies with a reason_code; no budget at all is BUDGET_NOT_FOUND"],
  ["evaluate-4", "Decide reserves nothing"],
  [
    "evaluate-5",
    "Decide denies with 200 for debt, over-limit, status or too little budget, and never with 409",
  ],
];

export const committing: readonly Statement[] = [
  ["commit-1", "If the actual amount is below the estimate, the rest is given back"],
  [
    "commit-2",
    "REJECT refuses every overage with BUDGET_EXCEEDED, even one that the budgets could pay (CommitOveragePolicy: reserve a buffer when using REJECT)",
  ],
  [
    "commit-3",
    "ALLOW_IF_AVAILABLE never refuses and makes no debt: it charges what the tightest scope can pay, and at least the estimate",
  ],
  ["commit-4", "Scopes that could not pay in full are then over their limit"],
  [
    "commit-5",
    "ALLOW_WITH_OVERDRAFT makes debt up to the limit; beyond it is OVERDRAFT_LIMIT_EXCEEDED, in all scopes or none",
  ],
  ["commit-6", "Without an overdraft limit, that policy acts as ALLOW_IF_AVAILABLE"],
  ["commit-7", "The default policy is ALLOW_IF_AVAILABLE"],
  ["commit-8", "A commit succeeds until the end of the grace period"],
  ["commit-9", "A refused commit leaves the reservation as it was"],
  [
    "commit-10",
    "Its checks have one order: existence, owner, replay, tenant, state, unit, overage",
  ],
  [
    "commit-12",
    'A commit in another unit to an expired reservation is 410 under "server", and 400 under "prose" (the text gives no order)',
  ],
  ["commit-11", "Reservations in over-limit and frozen scopes can be settled"],
];

export const debt: readonly Statement[] = [
  [
    "debt-1",
    "Over-limit in any scope blocks every new reservation with OVERDRAFT_LIMIT_EXCEEDED, whatever remains",
  ],
  ["debt-2", "That comes before DEBT_OUTSTANDING and before BUDGET_EXCEEDED"],
  [
    "debt-3",
    "Debt blocks with DEBT_OUTSTANDING; we read this as debt without a positive overdraft limit",
  ],
  ["debt-4", "Over-limit ends when the debt is back at the limit"],
  ["debt-5", "Funds repay debt first"],
  [
    "debt-6",
    'Under rules "server", only the part that could not be paid becomes debt, and is compared with the limit (Balance, debt semantics: debt is what was consumed without budget to cover it)',
  ],
  [
    "debt-7",
    'Under "server", scopes without an overdraft limit first cut the charge to what they can pay, and the other scopes are checked against that (Balance, overdraft limit: zero acts as ALLOW_IF_AVAILABLE)',
  ],
  [
    "debt-8",
    'Under "server", the cut marks only those scopes without a limit that could not pay in full (ALLOW_IF_AVAILABLE: over-limit where the full delta is not covered)',
  ],
  [
    "debt-9",
    'Under "prose", all of an overage becomes debt in a scope that cannot pay it, and is compared with the limit (ALLOW_WITH_OVERDRAFT: debt plus delta up to the limit)',
  ],
];

export const releasing: readonly Statement[] = [
  ["release-1", "A release gives back what was held, in every scope, and charges nothing"],
];

export const extending: readonly Statement[] = [
  ["extend-1", "An extension counts from the current expiry, and not from the request"],
  ["extend-2", "It moves the expiry and changes nothing else"],
  [
    "extend-3",
    "It succeeds while the reservation is active and its lease has not ended, to the millisecond",
  ],
  ["extend-4", "A server may limit the length of one extension, and how far ahead it leads"],
  ["extend-5", "Too many extensions are MAX_EXTENSIONS_EXCEEDED"],
];

export const events: readonly Statement[] = [
  ["event-1", "An event charges without a reservation, and its success is 201"],
  ["event-2", "It charges every scope or none"],
  [
    "event-3",
    "The three policies apply to its whole amount; charged is present if it was cut short",
  ],
  ["event-4", "The client's time has no effect"],
];
