import type { Amount } from "../../amount.js";
import type { EmbeddedBalance, Exchange } from "../../embedded/index.js";
import { plain } from "../../text.js";
import { bar, type Colour, cutEnd, cutLevels, type Paint, table } from "../layout.js";
import { exportLines } from "./access.js";
import { brief, exact } from "./amount-text.js";
import { summarise, unitOf } from "./operation.js";
import { type DevReport, left, tightest } from "./report.js";

const VERB_COLUMNS = 8;
const AMOUNT_COLUMNS = 10;
const OUTCOME_COLUMNS = 15;
const BAR_COLUMNS = 6;
const LEFT_COLUMNS = 9;
/** The bar and the remaining amount, with the spaces before them. */
const LEVEL_COLUMNS = BAR_COLUMNS + LEFT_COLUMNS + 2;
/** The minimum width of a scope beside a long amount or outcome. */
const LEAST_SCOPE_COLUMNS = 8;

/** How many tenants and how many budgets are printed. Printing thousands would slow the start. */
const MAX_LISTED = 100;

/** If a smaller share of a budget remains, its bar is yellow. */
const LOW = 0.25;

/** Lines for people, of at most `columns()` columns, which must be at least 80. */
export function textReport(paint: Paint, columns: () => number): DevReport {
  return {
    opened: ([first, ...others], access, balances) => [
      ...exportLines(access(first)),
      ...others
        .slice(0, MAX_LISTED)
        .map((other) => `# for ${other}: ${exportLines(access(other)).join("; ")}`),
      ...unlisted(others.length, "tenants").map((line) => `# ${line}`),
      "# Budgets and keys end with this process. Ctrl-C stops it.",
      ...summary(balances, columns() - 2).map((line) => `# ${line}`),
      "",
    ],
    exchanged: (exchange, balances) => {
      const budget = tightest(balances, exchange.scopes, unitOf(exchange));
      const line = operationLine(exchange, paint, columns() - LEVEL_COLUMNS);
      return [budget === undefined ? line.trimEnd() : `${line} ${level(budget, paint)}`];
    },
    skipped: (exchanges) => [`# ${exchanges} more, not shown because the output is read slowly`],
    closed: (balances) => ["", ...summary(balances, columns())],
  };
}

/** A line of exactly this many columns. A long amount or outcome shortens the scope first. */
function operationLine(exchange: Exchange, paint: Paint, columns: number): string {
  const { verb, scope, amounts, outcome, colour } = summarise(exchange);
  const time = new Date(exchange.at).toTimeString().slice(0, 8);
  const head = `${time} ${cutEnd(plain(verb), VERB_COLUMNS).padEnd(VERB_COLUMNS)}`;
  const room = columns - head.length - 3; // a space before each of the three
  const most = room - LEAST_SCOPE_COLUMNS;
  const amount = cutEnd(amounts, most - OUTCOME_COLUMNS).padStart(AMOUNT_COLUMNS);
  const result = cutEnd(plain(outcome), most - amount.length).padEnd(OUTCOME_COLUMNS);
  const scopeColumns = room - amount.length - result.length;
  const where = cutLevels(plain(scope), scopeColumns).padEnd(scopeColumns);
  return [head, where, amount, paint(colour, result)].join(" ");
}

/** The bar of a budget, and the remaining amount. */
function level(balance: EmbeddedBalance, paint: Paint): string {
  return `${paint(urgency(balance), barOf(balance))} ${cutEnd(brief(balance.remaining, LEFT_COLUMNS), LEFT_COLUMNS)}`;
}

function barOf({ allocated, spent, debt, reserved }: EmbeddedBalance): string {
  const used = spent.amount + debt.amount;
  return bar({ used, held: reserved.amount, whole: allocated.amount }, BAR_COLUMNS);
}

function urgency(balance: EmbeddedBalance): Colour {
  if (balance.is_over_limit || left(balance) <= 0) return "red";
  return left(balance) < LOW ? "yellow" : "green";
}

/** A table of all budgets, with exact amounts. */
function summary(balances: readonly EmbeddedBalance[], columns: number): string[] {
  const heading = ["budget", "allocated", "spent", "reserved", "debt", "left"];
  const listed = balances.slice(0, MAX_LISTED);
  const rows = listed.map(({ scope_path, allocated, spent, reserved, debt, remaining }) => [
    scope_path,
    ...[allocated, spent, reserved, debt, remaining].map((amount: Amount) => exact(amount)),
  ]);
  return [...table([heading, ...rows], columns), ...unlisted(balances.length, "budgets")];
}

/** A line that says how many items of a long list are left out. */
function unlisted(count: number, what: string): string[] {
  return count <= MAX_LISTED
    ? []
    : [`and ${count - MAX_LISTED} more ${what}, which only --json prints`];
}
