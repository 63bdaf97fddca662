import type { LeftOut } from "./statement.js";

export const leftOut: readonly LeftOut[] = [
  {
    asked: "Signed evidence: envelopes, their ids on answers, the key set, and caching of both",
    why: "needs a signing identity; the protocol lets a server go without, and the two operations say 404",
  },
  {
    asked: "A tenant's record that cannot be read is 500",
    why: "tenants are values in memory here: there is no record that could be corrupt",
  },
  {
    asked: "Revoking the keys of a closed tenant, and the rest of the closing cascade",
    why: "the governance plane's; the closing itself is guarded at once",
  },
  {
    asked: "Audit entries for what an admin releases, and ids in entries and events",
    why: "the authority keeps no audit log and emits no events",
  },
  {
    asked: "Webhooks: types of events, delivery, signatures, retries, retention",
    why: "a delivery service beside the runtime plane, which the protocol leaves to choice",
  },
  {
    asked: "Alerts and metrics about scopes that are over their limit",
    why: "advice for operators of servers in production; balances show the state",
  },
  {
    asked: "Concurrent commits that together take the debt beyond its limit",
    why: "commands are decided one after another, so none slips past the check; `debt` in the options sets such a state up",
  },
  {
    asked: "Reason codes of action quotas and kinds, and deny_detail",
    why: "a draft extension's",
  },
  {
    asked: "retry_after_ms on denials",
    why: "optional, and the authority cannot know when someone will fund a budget",
  },
  {
    asked: "Cursors of unsorted lists that know no filters",
    why: "every list is sorted here, so every cursor knows its filters",
  },
  {
    asked: "Making, funding and closing budgets, and lifecycles in several units",
    why: "no operations of this API; in a test, the authority's own methods do the former",
  },
  {
    asked: "What clients do: heartbeats, retries, backoff, tolerance of unknown values",
    why: "the client's, and tested with it",
  },
  {
    asked: "Payment rails, and compatible evolution of the API",
    why: "about what lifecycles stand for and how documents change; nothing that one server could show",
  },
];
