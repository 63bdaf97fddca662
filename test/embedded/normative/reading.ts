import type { Statement } from "./statement.js";

export const getting: readonly Statement[] = [
  [
    "A reservation is read in full, with the metadata of its reserve and of its commit",
    "queries: a reservation > is read in full",
  ],
  [
    "One that has expired is 410 here, and a row like any other in lists",
    "queries: a reservation > that has expired is gone, and still listed",
  ],
];

export const listing: readonly Statement[] = [
  [
    "An idempotency key finds the one reservation that was made with it",
    "queries: a list > filtered and sorted by %s is %s",
    "queries: a list > is asked for a key with question marks in it as it stands",
  ],
  ["Rows can be had by status", "queries: a list > filtered and sorted by %s is %s"],
  [
    "Rows can be had by each level of the subject",
    "queries: a list > is filtered by the subject's %s",
  ],
  [
    "Three windows, each on its own time, both ends included, either end open, all of them at once",
    "queries: a list > filtered and sorted by %s is %s",
    "queries: a list > counts both ends of a window",
  ],
  [
    "A window on the end of reservations leaves out rows that have none: active and expired ones",
    "queries: a list > filtered and sorted by %s is %s",
    "queries: a list > shows only of settled rows when they were, and what they came to",
  ],
  ["A blank bound is no bound", "queries: a list > filtered and sorted by %s is %s"],
  ["A window that ends before it begins is 400", "queries: a list > refuses %s and names %s"],
  [
    "Seven sort keys; newest first unless told otherwise",
    "queries: a list > filtered and sorted by %s is %s",
    "queries: a list > sorts by %s",
  ],
  [
    "A cursor goes on in its own sort order and filters, and is 400 under others",
    "queries: a list > refuses its cursor once %s is added",
    "queries: a list > is walked page by page, without gaps or repeats while rows come and change",
  ],
  [
    "A cursor does not mind another limit or other fields to include",
    "queries: a list > is walked page by page, without gaps or repeats while rows come and change",
  ],
  [
    "A page has 1 to 200 rows, 50 unless told otherwise",
    "queries: a list > is of fifty rows where no limit is given, and of two hundred at most",
    "queries: a list > refuses %s and names %s",
  ],
  [
    "The metadata of rows comes only where it is asked for; unknown and empty names are passed over",
    "queries: a list > shows the large fields only where they are asked for",
  ],
  [
    "What was committed is told on every committed row, when it ended on every settled one",
    "queries: a list > shows only of settled rows when they were, and what they came to",
  ],
  [
    "Parameters that a server does not know are passed over",
    "queries: a list > filtered and sorted by %s is %s",
  ],
];

export const balances: readonly Statement[] = [
  [
    "One level of the subject at least has to be named, else 400",
    "queries: balances > need a filter that is not blank, and a boolean where one is meant",
  ],
  [
    "Balances are those of the scopes that the filter means, with their children where asked for",
    "queries: balances > for %s are those of the scopes meant",
    "queries: balances > are found by the %s of their scope",
  ],
  ["They come in pages", "queries: balances > come in pages, whose cursors keep to their filters"],
  [
    "What remains is what was allocated less what is spent, reserved and owed, and may be below zero",
    "queries: balances > add up, and are in one unit each, below zero too",
    "properties/history.property: keeps the books through ${RUNS} random histories (seed ${SEED})",
  ],
  [
    "All amounts of a balance are in one unit",
    "queries: balances > add up, and are in one unit each, below zero too",
  ],
  [
    "Over-limit is told on the balance",
    "settle: funding > ends an over-limit at the limit itself",
    "queries: balances > show every field, the leaf and the whole path",
  ],
];
