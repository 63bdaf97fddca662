import type { LeftOut } from "./statement.js";

export const leftOut: readonly LeftOut[] = [
  {
    demand: "Signed evidence: envelopes, their ids on answers, the key set, and caching of both",
    reason:
      "needs a signing identity; the protocol lets a server go without, and the two operations say 404",
  },
  {
    demand: "A tenant's record that cannot be read is 500",
    reason: "tenants are values in memory here: there is no record that could be corrupt",
  },
  {
    demand: "Revoking the keys of a closed tenant, and the rest of the closing cascade",
    reason: "the governance plane's; the closing itself is guarded at once",
  },
  {
    demand: "Audit entries for what an admin releases, and ids in entries and events",
    reason: "the authority keeps no audit log and emits no events",
  },
  {
    demand: "Webhooks: types of events, delivery, signatures, retries, retention",
    reason: "a delivery service beside the runtime plane, which the protocol leaves to choice",
  },
  {
    demand: "Alerts and metrics about scopes that are over their limit",
    reason: "advice for operators of servers in production; balances show the state",
  },
  {
    demand: "Concurrent commits that together take the debt beyond its limit",
    reason:
      "commands are decided one after another, so none slips past the check; `debt` in the options sets such a state up",
  },
  {
    demand: "Reason codes of action quotas and kinds, and deny_detail",
    reason: "a draft extension's",
  },
  {
    demand: "retry_after_ms on denials",
    reason: "optional, and the authority cannot know when someone will fund a budget",
  },
  {
    demand: "Cursors of unsorted lists that know no filters",
    reason: "every list is sorted here, so every cursor knows its filters",
  },
  {
    demand: "Making, funding and closing budgets, and lifecycles in several units",
    reason: "no operations of this API; in a test, the authority's own methods do the former",
  },
  {
    demand: "What clients do: heartbeats, retries, backoff, tolerance of unknown values",
    reason: "the client's, and tested with it",
  },
  {
    demand: "Payment rails, and compatible evolution of the API",
    reason:
      "about what lifecycles stand for and how documents change; nothing that one server could show",
  },
];
