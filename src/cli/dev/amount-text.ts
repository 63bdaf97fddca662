import {
  type Amount,
  credits,
  format,
  microcents,
  riskPoints,
  tokens,
  type Unit,
  usd,
} from "../../amount.js";
import { CyclesValidationError } from "../../errors.js";
import { suggestion } from "../../closest.js";
import { UsageError } from "../terminal.js";

/** The constructors of amounts, by the name of their unit. */
const CONSTRUCTORS: Readonly<Record<string, (text: string) => Amount>> = {
  usd,
  microcents: (text) => microcents(Number(text)),
  tokens: (text) => tokens(Number(text)),
  credits: (text) => credits(Number(text)),
  points: (text) => riskPoints(Number(text)),
};

const SHORT: Readonly<Record<Unit, string>> = {
  USD_MICROCENTS: "usd",
  TOKENS: "tok",
  CREDITS: "cr",
  RISK_POINTS: "pts",
};

/**
 * Parses an amount: a number and its unit, such as `5.00usd` or `5000tokens`. Only dollars have
 * decimals. Throws a {@link UsageError} whose message begins with `where`.
 */
export function parseAmount(where: string, text: string): Amount {
  const [, number = "", word = ""] = /^(\d+(?:\.\d+)?)([a-z]+)$/i.exec(text) ?? [];
  if (number === "") {
    throw new UsageError(
      `${where}: ${JSON.stringify(text)} is not an amount; use a number and a unit, such as 5.00usd or 5000tokens`,
    );
  }
  const unit = word.toLowerCase();
  const construct = Object.hasOwn(CONSTRUCTORS, unit) ? CONSTRUCTORS[unit] : undefined;
  if (construct === undefined) {
    const hint = suggestion(word, Object.keys(CONSTRUCTORS));
    throw new UsageError(`${where}: ${JSON.stringify(word)} is not a unit${hint}`);
  }
  return constructed(where, text, () => construct(number));
}

/**
 * Calls a constructor of an amount. Its error becomes a {@link UsageError} that names the place.
 */
export function constructed(where: string, text: string, construct: () => Amount): Amount {
  try {
    return construct();
  } catch (error) {
    if (!(error instanceof CyclesValidationError)) throw error;
    const problems = error.issues.map(({ message }) => message).join("; ");
    throw new UsageError(`${where}: ${text} is not valid: ${problems}`);
  }
}

/** The exact text of an amount: `$0.02`, `1,234 tok`. */
export function exact(amount: Amount): string {
  if (amount.unit === "USD_MICROCENTS") return format(amount);
  return `${amount.amount.toLocaleString("en-US")} ${SHORT[amount.unit]}`;
}

/** The text of an amount in few columns, rounded if necessary: `$4.9868`, `12.3M tok`. */
export function brief(amount: Amount, columns: number): string {
  const whole = exact(amount);
  if (whole.length <= columns) return whole;
  if (amount.unit !== "USD_MICROCENTS") return `${compact(amount.amount)} ${SHORT[amount.unit]}`;
  const dollars = amount.amount / 1e8;
  const digits = [4, 3, 2].find((count) => inDollars(dollars, count).length <= columns);
  if (digits !== undefined && Math.abs(dollars) >= 10 ** -digits) return inDollars(dollars, digits);
  return Math.abs(dollars) < 1
    ? "<$0.0001"
    : `${dollars < 0 ? "-" : ""}$${compact(Math.abs(dollars))}`;
}

/** Rounds towards zero, so that a budget never looks larger than it is. */
function inDollars(dollars: number, digits: number): string {
  const cut = Math.trunc(Math.abs(dollars) * 10 ** digits) / 10 ** digits;
  const shown = cut.toLocaleString("en-US", {
    minimumFractionDigits: 2,
    maximumFractionDigits: digits,
  });
  return `${dollars < 0 ? "-" : ""}$${shown}`;
}

function compact(value: number): string {
  return value.toLocaleString("en-US", { notation: "compact", maximumFractionDigits: 1 });
}

/**
 * Parses a value of `--budget`: a scope, `=`, and an amount for each unit, such as
 * `tenant:acme=5.00usd,5000tokens`. Throws a {@link UsageError}. The authority checks the scope.
 */
export function parseBudget(text: string): { readonly scope: string; readonly amounts: Amount[] } {
  const [, scope = "", amounts = ""] = /^([^=]+)=(.+)$/.exec(text) ?? [];
  if (scope === "") {
    throw new UsageError(
      `--budget: ${JSON.stringify(text)} is not a budget; use a scope and an amount, such as tenant:acme=5.00usd`,
    );
  }
  const where = `--budget ${scope}`;
  return { scope, amounts: amounts.split(",").map((amount) => parseAmount(where, amount)) };
}
