import { units } from "../generated/constants.js";
import type { Amount, components } from "../generated/paths.js";
import { CyclesValidationError } from "./errors.js";
import { quoted } from "./text.js";

/**
 * The unit of an amount. Budgets are kept per unit, and units are never converted.
 * (Protocol: UnitEnum.)
 */
export type Unit = components["schemas"]["UnitEnum"];

export type { Amount };

const MICROCENT_DIGITS = 8;
const MICROCENTS_PER_USD = 10n ** BigInt(MICROCENT_DIGITS);
/** Dollars with more digits are beyond 2^53 − 1 microcents, even as a price per million tokens. */
const MOST_DIGITS = 16;
const PER_MILLION = 1_000_000n;

/**
 * Converts dollars to microcents exactly (1 USD = 100,000,000 microcents). It parses decimal text,
 * because floating-point numbers would round.
 *
 * @throws {@link CyclesValidationError} if the text is not a plain decimal number, is negative, has
 * a fraction of a microcent, or is beyond 2^53 − 1 microcents (about 90 million dollars).
 * @example
 * ```ts
 * import { usd } from "cycles-client";
 * usd("0.1"); // { unit: "USD_MICROCENTS", amount: 10_000_000 }
 * ```
 */
export function usd(dollars: string): Amount {
  return amountOf("USD_MICROCENTS", toMicrocents("usd", dollars));
}

/**
 * An amount in microcents; 100,000,000 microcents are one US dollar.
 *
 * @throws {@link CyclesValidationError} if it is not a whole number from 0 to 2^53 − 1.
 */
export function microcents(amount: number): Amount {
  return whole("USD_MICROCENTS", amount);
}

/**
 * An amount in tokens.
 *
 * @throws {@link CyclesValidationError} if it is not a whole number from 0 to 2^53 − 1.
 */
export function tokens(amount: number): Amount {
  return whole("TOKENS", amount);
}

/**
 * An amount in credits. You decide what a credit is worth.
 *
 * @throws {@link CyclesValidationError} if it is not a whole number from 0 to 2^53 − 1.
 */
export function credits(amount: number): Amount {
  return whole("CREDITS", amount);
}

/**
 * An amount in risk points.
 *
 * @throws {@link CyclesValidationError} if it is not a whole number from 0 to 2^53 − 1.
 */
export function riskPoints(amount: number): Amount {
  return whole("RISK_POINTS", amount);
}

/**
 * The price of `count` tokens at `price` dollars per million tokens, rounded up to a whole
 * microcent.
 *
 * @throws {@link CyclesValidationError} as {@link usd} does, and if `count` is not a whole number
 * from 0 to 2^53 − 1.
 * @example
 * ```ts
 * import { add, perMillion } from "cycles-client";
 * const cost = add(perMillion("3.00", 1234), perMillion("15.00", 87));
 * ```
 */
export function perMillion(price: string, count: number): Amount {
  const counted = BigInt(whole("TOKENS", count).amount);
  const total = toMicrocents("perMillion", price) * counted;
  return amountOf("USD_MICROCENTS", (total + PER_MILLION - 1n) / PER_MILLION);
}

/**
 * The exact sum of amounts in one unit.
 *
 * @throws {@link CyclesValidationError} if the units differ or the sum is beyond 2^53 − 1.
 * @example
 * ```ts
 * import { add, usd } from "cycles-client";
 * add(usd("0.1"), usd("0.2")); // exactly usd("0.3")
 * ```
 */
export function add(first: Amount, ...rest: readonly Amount[]): Amount {
  let sum = BigInt(checkAmount(first).amount);
  for (const amount of rest) {
    const next = checkAmount(amount);
    if (next.unit !== first.unit)
      fail("unit", `cannot add ${next.unit} to ${first.unit}; budgets never convert units`);
    sum += BigInt(next.amount);
  }
  return amountOf(first.unit, sum);
}

/**
 * Formats an amount for people: `$0.10`, `1,234 TOKENS`. Dollars have at least two decimals, and
 * more if needed.
 *
 * @example
 * ```ts
 * import { format, usd } from "cycles-client";
 * format(usd("0.1")); // "$0.10"
 * ```
 */
export function format({ unit, amount }: Amount): string {
  if (unit !== "USD_MICROCENTS") return `${amount.toLocaleString("en-US")} ${unit}`;
  const sign = amount < 0 ? "-" : "";
  const microcents = BigInt(Math.abs(amount));
  const dollars = (microcents / MICROCENTS_PER_USD).toLocaleString("en-US");
  const fraction = String(microcents % MICROCENTS_PER_USD).padStart(MICROCENT_DIGITS, "0");
  return `${sign}$${dollars}.${fraction.replace(/0{1,6}$/, "")}`;
}

function toMicrocents(what: string, dollars: unknown): bigint {
  const match = typeof dollars === "string" ? /^(\d+)(?:\.(\d+))?$/.exec(dollars) : null;
  if (match === null)
    fail("dollars", `${what} takes plain decimal text such as "0.25", not ${quoted(dollars)}`);
  const [text, units = "", fraction = ""] = match;
  // Loops, because regular expressions would take quadratic time to skip the zeros.
  let start = 0;
  while (units[start] === "0") start += 1;
  if (units.length - start > MOST_DIGITS) fail("dollars", `${quoted(text)} is beyond 2^53 − 1`);
  let end = fraction.length;
  while (fraction[end - 1] === "0") end -= 1;
  if (end > MICROCENT_DIGITS) {
    fail("dollars", `${quoted(text)} is finer than one microcent (0.00000001); round it first`);
  }
  const digits = fraction.slice(0, end).padEnd(MICROCENT_DIGITS, "0");
  return BigInt(units) * MICROCENTS_PER_USD + BigInt(digits);
}

function whole(unit: Unit, amount: number): Amount {
  return checkAmount({ unit, amount });
}

/**
 * Returns an amount that can be charged to a budget.
 *
 * @throws {@link CyclesValidationError} for other values.
 */
export function checkAmount(value: Amount): Amount {
  if (!units.some((unit) => unit === value.unit)) {
    fail("unit", `must be one of ${units.join(", ")}, not ${quoted(value.unit)}`);
  }
  if (!Number.isSafeInteger(value.amount) || value.amount < 0) {
    fail("amount", `must be a whole number from 0 to 2^53 − 1, not ${quoted(value.amount)}`);
  }
  return value;
}

/** Whether a value has the shape of an amount. The server decides whether it is valid. */
export function isAmount(value: unknown): value is Amount {
  return (
    typeof value === "object" &&
    value !== null &&
    "unit" in value &&
    "amount" in value &&
    typeof value.unit === "string" &&
    typeof value.amount === "number"
  );
}

function amountOf(unit: Unit, amount: bigint): Amount {
  if (amount > BigInt(Number.MAX_SAFE_INTEGER))
    fail("amount", `${quoted(amount)} ${unit} is beyond 2^53 − 1`);
  return { unit, amount: Number(amount) };
}

function fail(path: string, message: string): never {
  throw new CyclesValidationError("The amount", [{ path, message }]);
}
