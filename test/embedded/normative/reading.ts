import type { Statement } from "./statement.js";

export const getting: readonly Statement[] = [
  ["get-1", "A reservation is read in full, with the metadata of its reserve and of its commit"],
  ["get-2", "An expired reservation is 410 here, and an ordinary row in lists"],
];

export const listing: readonly Statement[] = [
  ["list-1", "An idempotency key finds the one reservation that was made with it"],
  ["list-2", "Rows can be filtered by status"],
  ["list-3", "Rows can be filtered by each level of the subject"],
  [
    "list-4",
    "There are three windows, each on its own time; both ends are included, either end may be open, and all can be combined",
  ],
  [
    "list-5",
    "A window on the end of reservations excludes rows without one: active and expired ones",
  ],
  ["list-6", "A blank bound counts as absent"],
  ["list-7", "A window that ends before it begins is 400"],
  ["list-8", "There are seven sort keys; by default the newest row is first"],
  ["list-9", "A cursor continues in its own sort order and filters, and is 400 with others"],
  ["list-10", "A cursor is valid with another limit and other included fields"],
  ["list-11", "A page has 1 to 200 rows, 50 by default"],
  ["list-12", "Rows have their metadata only on request; unknown and empty names are ignored"],
  [
    "list-13",
    "Every committed row has the committed amount, and every settled row the time of its end",
  ],
  ["list-14", "Unknown parameters are ignored"],
  ["list-15", "A filter by the caller's own tenant only confirms it, so cursors ignore it"],
];

export const balances: readonly Statement[] = [
  ["balance-1", "A filter must name at least one level of the subject, else 400"],
  [
    "balance-2",
    "Balances are those of the scopes that the filter selects, and on request of their children",
  ],
  ["balance-3", "Balances have pages"],
  [
    "balance-4",
    "The remaining amount is the allocated amount less spent, reserved and debt, and may be below zero",
  ],
  ["balance-5", "All amounts of a balance are in one unit"],
  ["balance-6", "The balance shows over-limit"],
];

export const evidence: readonly Statement[] = [
  ["evidence-1", "The id is the hash of the canonical form, and the signature covers the id"],
  [
    "evidence-2",
    "A response is recorded without its reference to the evidence and without remaining_ttl_ms",
  ],
  ["evidence-3", "A denied decision or dry run is recorded as a response, not as an error"],
  ["evidence-4", "A denied settlement is recorded with the reservation that its path names"],
  ["evidence-5", "A repeated request refers to the evidence of the first response"],
  ["evidence-6", "A reservation refers to the evidence of its operations, a list only on request"],
  ["evidence-7", "Evidence and keys are public; evidence may be cached forever, keys briefly"],
  ["evidence-8", "Evidence is served in canonical form, and never changes"],
  ["evidence-9", "A retired key stays in the key set with the time in which it signed"],
  ["evidence-10", "The URL of evidence is the server_id, /evidence/ and the id"],
];
