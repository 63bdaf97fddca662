import { CyclesConfigError } from "../index.js";
import { type Decimal, parseDecimal } from "./decimal.js";

/** The members of an option that is an object; none of undefined. */
export function membersOf(option: string, value: unknown): [string, unknown][] {
  if (value === undefined) return [];
  if (typeof value === "object" && value !== null && !Array.isArray(value)) {
    return Object.entries(value);
  }
  throw refusal(`${option} must be an object`, value);
}

/** Refuses a name that is misspelt, because its price would be left out without a word. */
export function checkNames(
  option: string,
  members: readonly [string, unknown][],
  known: readonly string[],
): void {
  for (const [name] of members) {
    if (known.includes(name)) continue;
    throw new CyclesConfigError(
      `${option} has no option ${shown(name)}. It has ${known.join(", ")}.`,
    );
  }
}

/** Reads decimal text. A number is refused, because 0.1 + 0.2 is not 0.3 in floating point. */
export function decimalOf(option: string, meaning: string, value: unknown): Decimal {
  const decimal = typeof value === "string" ? parseDecimal(value) : undefined;
  if (decimal === undefined) throw refusal(`${option} must be ${meaning}`, value);
  return decimal;
}

export function refusal(rule: string, value: unknown): CyclesConfigError {
  return new CyclesConfigError(`${rule}, not ${shown(value)}.`);
}

function shown(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value.slice(0, 80));
  if (
    typeof value === "number" ||
    typeof value === "boolean" ||
    value === undefined ||
    value === null
  ) {
    return String(value);
  }
  return Array.isArray(value) ? "an array" : `a value of type ${typeof value}`;
}
