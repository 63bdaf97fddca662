import type { Statement } from "./statement.js";

export const getting: readonly Statement[] = [
  ["get-1", "A reservation is read in full, with the metadata of its reserve and of its commit"],
  ["get-2", "One that has expired is 410 here, and a row like any other in lists"],
];

export const listing: readonly Statement[] = [
  ["list-1", "An idempotency key finds the one reservation that was made with it"],
  ["list-2", "Rows can be had by status"],
  ["list-3", "Rows can be had by each level of the subject"],
  [
    "list-4",
    "Three windows, each on its own time, both ends included, either end open, all of them at once",
  ],
  [
    "list-5",
    "A window on the end of reservations leaves out rows that have none: active and expired ones",
  ],
  ["list-6", "A blank bound is no bound"],
  ["list-7", "A window that ends before it begins is 400"],
  ["list-8", "Seven sort keys; newest first unless told otherwise"],
  ["list-9", "A cursor goes on in its own sort order and filters, and is 400 under others"],
  ["list-10", "A cursor does not mind another limit or other fields to include"],
  ["list-11", "A page has 1 to 200 rows, 50 unless told otherwise"],
  [
    "list-12",
    "The metadata of rows comes only where it is asked for; unknown and empty names are passed over",
  ],
  [
    "list-13",
    "What was committed is told on every committed row, when it ended on every settled one",
  ],
  ["list-14", "Parameters that a server does not know are passed over"],
];

export const balances: readonly Statement[] = [
  ["balance-1", "One level of the subject at least has to be named, else 400"],
  [
    "balance-2",
    "Balances are those of the scopes that the filter means, with their children where asked for",
  ],
  ["balance-3", "They come in pages"],
  [
    "balance-4",
    "What remains is what was allocated less what is spent, reserved and owed, and may be below zero",
  ],
  ["balance-5", "All amounts of a balance are in one unit"],
  ["balance-6", "Over-limit is told on the balance"],
];
