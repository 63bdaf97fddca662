import type { LeftOut } from "./statement.js";

export const leftOut: readonly LeftOut[] = [
  {
    demand: "A rate limit on reads of evidence and of the key set",
    reason: "the rate limit counts by tenant, and these reads have none; a socket is local",
  },
  {
    demand: "A tenant record that cannot be read is 500",
    reason: "tenants are values in memory, so no record can be corrupt",
  },
  {
    demand: "Revoking the keys of a closed tenant, and the rest of the closing cascade",
    reason: "belongs to the governance plane; the closing itself takes effect at once",
  },
  {
    demand: "Audit entries for releases by an admin, and ids in entries and events",
    reason: "the authority keeps no audit log and emits no events",
  },
  {
    demand: "Webhooks: event types, delivery, signatures, retries, retention",
    reason: "belongs to an optional delivery service beside the runtime plane",
  },
  {
    demand: "Alerts and metrics about scopes that are over their limit",
    reason: "is advice for operators of production servers; balances show the state",
  },
  {
    demand: "Concurrent commits that together take the debt beyond its limit",
    reason:
      "cannot happen, because commands run one after another; the option `debt` sets up such a state",
  },
  {
    demand: "Reason codes of action quotas and kinds, and deny_detail",
    reason: "belongs to a draft extension",
  },
  {
    demand: "retry_after_ms on denials",
    reason: "is optional, and the authority cannot know when a budget will be funded",
  },
  {
    demand: "Cursors of unsorted lists, which are not bound to filters",
    reason: "does not apply, because every list is sorted and every cursor is bound to its filters",
  },
  {
    demand: "Creating, funding and closing budgets, and lifecycles in several units",
    reason: "are no operations of this API; in a test, use the methods of the authority",
  },
  {
    demand: "The behaviour of clients: heartbeats, retries, backoff, tolerance of unknown values",
    reason: "is tested with the client",
  },
  {
    demand: "Payment rails, and compatible evolution of the API",
    reason:
      "describe the meaning of lifecycles and the evolution of documents, which one server cannot show",
  },
];
