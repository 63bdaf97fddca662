import type { Statement } from "./statement.js";

export const scopes: readonly Statement[] = [
  [
    "Scopes are derived in one order, from tenant to toolset; affected_scopes keeps to it",
    "reserve: a reserve > derives its scopes in one order, whatever the order of the subject's fields",
  ],
  [
    "Levels that a subject leaves out are skipped, and not filled in",
    "reserve: a reserve > skips levels that the subject leaves out, and budgets of other scopes",
  ],
  [
    "Scopes without a budget do not take part",
    "reserve: a reserve > holds the estimate in every scope that has a budget",
  ],
  [
    "One derived scope at least has to have a budget; none in any unit is 404 on reserve and event",
    "reserve: a reserve > answers 404 where no scope has a budget, with the scope",
    "settle: an event > is refused by frozen and closed budgets, wrong units and missing budgets",
  ],
  [
    "A subject names one standard level at least; dimensions alone are 400",
    "requests: a bad request > whose subject has %s is refused",
  ],
  [
    "A level with delimiters, spaces or controls may be refused",
    "requests: a bad request > whose subject has %s is refused",
  ],
  [
    "Dimensions may be left out of budgeting, but come back as they were sent",
    "reserve: a reserve > derives no scope from dimensions",
    "queries: a reservation > is read in full",
  ],
];

export const units: readonly Statement[] = [
  [
    "Reserve, decide and event in a unit that only lacks a budget here are 400 UNIT_MISMATCH",
    "reserve: a reserve > answers 400 with the units that there are where only the unit is wrong",
    "reserve: a decide > refuses a wrong unit",
    "reserve: a dry run > still refuses a wrong unit, and denies where there is no budget at all",
    "settle: an event > is refused by frozen and closed budgets, wrong units and missing budgets",
  ],
  [
    "A scope with another unit does not matter where some scope has the right one",
    "reserve: a reserve > passes over scopes that have budgets in other units only",
    "reserve: a reserve > uses the budgets in its unit alone where scopes have several",
  ],
  [
    "A commit in another unit than the estimate's is 400 UNIT_MISMATCH",
    "settle: a commit > in another unit is refused and changes nothing",
  ],
  [
    "The details tell the scope, the unit asked for and the units there are",
    "reserve: a reserve > answers 400 with the units that there are where only the unit is wrong",
    "settle: a commit > names the units that would fit where its own does not",
  ],
];

export const reserving: readonly Statement[] = [
  [
    "A reserve holds its estimate in all scopes or in none",
    "reserve: a reserve > is all or nothing",
    "race: 200 clients that race over sockets for a budget of 100 > also where the narrowest of several budgets is the innermost",
  ],
  [
    "Concurrent reserves together never hold more than there is",
    "race: 200 clients that race over sockets for a budget of 100 > are 100 winners and 100 denials (run %d)",
  ],
  [
    "Too little left is 409 BUDGET_EXCEEDED on a live reserve, and not a DENY",
    "reserve: a reserve > may take the last unit, and not one more",
  ],
  [
    "Frozen and closed budgets are told apart; scopes are judged from the tenant down",
    "reserve: a reserve > is refused where a budget is %s",
    "reserve: a reserve > is judged from the tenant down",
    "reserve: a reserve > is told that a scope is %s",
  ],
  [
    "A lease is a minute long and its grace five seconds, unless asked otherwise; policy may shorten it",
    "reserve: a reserve > holds the estimate in every scope that has a budget",
    "settle: what is settled or gone > refuses %s",
    "reserve: a reserve > gets no longer a lease than the rules allow",
  ],
  [
    "remaining_ttl_ms tells what is left of a live lease; servers may be older and leave it out",
    "reserve: a reserve > holds the estimate in every scope that has a budget",
    "reserve: a reserve > leaves remaining_ttl_ms out where the authority plays an older server",
  ],
  [
    "Caps come with ALLOW_WITH_CAPS, and with no other decision",
    "reserve: a reserve > is told the caps of the deepest scope that has some",
    "reserve: a reserve > is told no caps where it is denied, or where none are set",
  ],
  [
    "What lapses gives its budget back",
    "settle: what is settled or gone > gives its budget back once the grace period is over, without being asked",
  ],
];

export const evaluating: readonly Statement[] = [
  [
    "A dry run is judged in full and changes nothing: no balance, no reservation",
    "reserve: a dry run > says what would happen and holds nothing",
    "idempotency: a repeated key > replays a dry run without having reserved anything",
  ],
  [
    "Its answer has no reservation_id, expires_at_ms or remaining_ttl_ms, and always has affected_scopes",
    "reserve: a dry run > says what would happen and holds nothing",
    "reserve: a dry run > denies with a reason instead of failing",
  ],
  [
    "It denies with a reason_code; no budget at all is BUDGET_NOT_FOUND",
    "reserve: a dry run > denies with a reason instead of failing",
    "reserve: a dry run > still refuses a wrong unit, and denies where there is no budget at all",
  ],
  ["Decide reserves nothing", "reserve: a decide > allows what a reserve would, and holds nothing"],
  [
    "Decide denies with 200 for debt, over-limit, status or lack of budget, and never with 409",
    "reserve: a decide > denies with 200, whatever the state of the budget",
    "reserve: a reserve > is refused where a budget is %s",
  ],
];

export const committing: readonly Statement[] = [
  [
    "Less than the estimate: the rest is given back",
    "settle: a commit > charges less than the estimate and gives the rest back",
  ],
  [
    "REJECT refuses more than the estimate where it is not there, with BUDGET_EXCEEDED",
    "settle: a commit > under %s with %d held elsewhere and %d spent (overdraft limit %d) comes to %s",
  ],
  [
    "ALLOW_IF_AVAILABLE never refuses and makes no debt: it charges what the tightest scope can pay, at least the estimate",
    "settle: a commit > under %s with %d held elsewhere and %d spent (overdraft limit %d) comes to %s",
    "settle: a commit > is cut short to what the tightest scope can pay, and marks only that one",
    "settle: a commit > is charged its estimate at least, even where a scope is below zero",
  ],
  [
    "Scopes that could not pay in full are over their limit from then on",
    "settle: a commit > is cut short to what the tightest scope can pay, and marks only that one",
  ],
  [
    "ALLOW_WITH_OVERDRAFT makes debt up to the limit; beyond it is OVERDRAFT_LIMIT_EXCEEDED, in all scopes or none",
    "settle: a commit > under %s with %d held elsewhere and %d spent (overdraft limit %d) comes to %s",
    "settle: a commit > makes debt only in the scopes that cannot pay",
    "settle: a commit > makes no debt in any scope where one of them has reached its overdraft limit",
  ],
  [
    "Without an overdraft limit that policy is ALLOW_IF_AVAILABLE",
    "settle: a commit > under %s with %d held elsewhere and %d spent (overdraft limit %d) comes to %s",
  ],
  [
    "The policy left out is ALLOW_IF_AVAILABLE",
    "settle: a commit > is cut short where the reserve named no policy",
    "settle: an event > under %s with an overdraft limit of %d and %d spent comes to %s",
  ],
  [
    "A commit is taken through the grace period",
    "settle: a commit > is taken until the grace period ends, and not a millisecond longer",
  ],
  [
    "A refused commit leaves the reservation as it was",
    "settle: a commit > that was refused leaves the reservation active, to be committed under another key",
  ],
  [
    "Its checks come in one order: existence, owner, replay, tenant, state, unit, expiry, overage",
    "settle: a commit > is refused for the first reason there is, in the order of checks",
  ],
  [
    "Over-limit and frozen scopes still settle what is reserved",
    "settle: a commit > and a release are taken from a scope that is over its limit",
    "settle: a commit > works on a budget that was frozen meanwhile",
  ],
];

export const debt: readonly Statement[] = [
  [
    "Over-limit blocks every new reservation with OVERDRAFT_LIMIT_EXCEEDED, in any scope, whatever remains",
    "reserve: a reserve > is blocked by an over-limit in any of its scopes, however much remains",
  ],
  [
    "That comes before DEBT_OUTSTANDING and before the lack of budget",
    "reserve: a reserve > is refused where a budget is %s",
    "reserve: a reserve > is told that a scope is %s",
  ],
  [
    "Debt blocks with DEBT_OUTSTANDING, in the reading that a positive overdraft limit allows for it",
    "reserve: a reserve > is refused where a budget is %s",
    "reserve: a reserve > is not blocked by debt within the limit",
  ],
  [
    "Over-limit ends by itself once the debt is back at the limit",
    "settle: funding > ends an over-limit at the limit itself",
    "settle: funding > repays debt first and lets a scope over its limit recover",
  ],
  [
    "Funds repay debt first",
    "settle: funding > repays debt first and lets a scope over its limit recover",
  ],
];

export const releasing: readonly Statement[] = [
  [
    "A release gives back what was held, in every scope, and charges nothing",
    "settle: a release > gives the whole estimate back",
    "settle: a release > gives back what each scope held, through the grace period",
  ],
];

export const extending: readonly Statement[] = [
  [
    "An extension counts from the present expiry, and not from the request",
    "settle: an extension > counts from the current expiry",
  ],
  [
    "It moves the expiry and touches nothing else",
    "settle: an extension > moves the expiry and nothing else",
  ],
  [
    "It is taken while the reservation is active and its lease has not run out, to the millisecond",
    "settle: an extension > is granted in the last millisecond of a lease",
    "settle: an extension > comes too late in the grace period, where a commit is still taken",
  ],
  [
    "A server may clamp what one extension grants, and how far ahead it leads",
    "settle: an extension > is clamped in what one grants and in how far it leads, and never goes back",
    "settle: an extension > granted per extension is at most the longest lease",
  ],
  [
    "Too many of them are MAX_EXTENSIONS_EXCEEDED",
    "settle: an extension > is granted so many times and no more",
    "settle: an extension > is granted ten times by default",
  ],
];

export const events: readonly Statement[] = [
  [
    "An event charges without a reservation and is answered 201",
    "settle: an event > charges without a reservation, and answers 201",
  ],
  [
    "It charges every scope or none",
    "settle: an event > charges every scope with a budget, or none",
  ],
  [
    "The three policies apply to its whole amount; charged tells where it was cut short",
    "settle: an event > under %s with an overdraft limit of %d and %d spent comes to %s",
    "settle: an event > is cut short to what the tightest scope can pay, in every scope alike",
  ],
  [
    "The client's own time decides nothing",
    "settle: an event > is judged by the server's time, whatever the client's clock says",
  ],
];
