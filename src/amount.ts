import { enums } from "../generated/constants.js";
import type { Amount, components } from "../generated/paths.js";
import { CyclesValidationError } from "./errors.js";
import { quoted } from "./text.js";

/** What a spend is counted in. Budgets are kept per unit, and units are never converted. (Protocol: UnitEnum.) */
export type Unit = components["schemas"]["UnitEnum"];

export type { Amount };

const MICROCENT_DIGITS = 8;
const MICROCENTS_PER_USD = 10n ** BigInt(MICROCENT_DIGITS);
/** More digits of dollars are beyond 2^53 − 1 even at a millionth. */
const MOST_DIGITS = 16;
const PER_MILLION = 1_000_000n;

/**
 * Dollars as microcents (1 USD = 100,000,000 microcents), exactly: decimal text is parsed, nothing is multiplied
 * as a float.
 *
 * @throws {@link CyclesValidationError} for text that is not a plain decimal number, is negative, is finer than
 * one microcent, or is beyond what an integer of JavaScript holds exactly (about 90 million dollars).
 * @example
 * ```ts
 * import { usd } from "cycles-client";
 * usd("0.1"); // { unit: "USD_MICROCENTS", amount: 10_000_000 }
 * ```
 */
export function usd(dollars: string): Amount {
  return amountOf("USD_MICROCENTS", toMicrocents("usd", dollars));
}

/** A whole number of microcents: 100,000,000 are one US dollar. Throws {@link CyclesValidationError}. */
export function microcents(amount: number): Amount {
  return whole("USD_MICROCENTS", amount);
}

/** A whole number of tokens. Throws {@link CyclesValidationError}. */
export function tokens(amount: number): Amount {
  return whole("TOKENS", amount);
}

/** A whole number of credits, whatever a credit is worth to you. Throws {@link CyclesValidationError}. */
export function credits(amount: number): Amount {
  return whole("CREDITS", amount);
}

/** A whole number of risk points. Throws {@link CyclesValidationError}. */
export function riskPoints(amount: number): Amount {
  return whole("RISK_POINTS", amount);
}

/**
 * The price of `count` tokens at `price` dollars for a million of them, rounded up to a whole microcent.
 *
 * @throws {@link CyclesValidationError} as {@link usd} does, and if `count` is not a whole number ≥ 0.
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
 * The sum of amounts in one unit.
 *
 * @throws {@link CyclesValidationError} if the units differ, or the sum is beyond 2^53 − 1.
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
 * An amount for people: `$0.10`, `1,234 TOKENS`. Dollars keep as many digits as they need, two at the least.
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
  // Loops, because regular expressions would take quadratic time to find the digits that count.
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

/** Lets an amount through that a budget can be charged with. Throws {@link CyclesValidationError}. */
export function checkAmount(value: Amount): Amount {
  if (!(enums.UnitEnum as readonly string[]).includes(value.unit)) {
    fail("unit", `must be one of ${enums.UnitEnum.join(", ")}, not ${quoted(value.unit)}`);
  }
  if (!Number.isSafeInteger(value.amount) || value.amount < 0) {
    fail("amount", `must be a whole number from 0 to 2^53 − 1, not ${quoted(value.amount)}`);
  }
  return value;
}

/** Whether a value has the shape of an amount; what it says is for the server to judge. */
export function isAmount(value: unknown): value is Amount {
  const { unit, amount } = (value ?? {}) as Partial<Record<keyof Amount, unknown>>;
  return typeof unit === "string" && typeof amount === "number";
}

function amountOf(unit: Unit, amount: bigint): Amount {
  if (amount > BigInt(Number.MAX_SAFE_INTEGER))
    fail("amount", `${quoted(amount)} ${unit} is beyond 2^53 − 1`);
  return { unit, amount: Number(amount) };
}

function fail(path: string, message: string): never {
  throw new CyclesValidationError("The amount", [{ path, message }]);
}
