import { add, type Amount, CyclesValidationError } from "../index.js";

/** The cost of a call, or of all calls of a tool. */
export type Cost<Args extends readonly unknown[]> = Amount | ((...args: Args) => Amount);

/**
 * The cost of one call.
 *
 * @throws {@link CyclesValidationError} if it is not an amount.
 */
export function costOf<Args extends readonly unknown[]>(
  tool: string,
  cost: Cost<Args>,
  args: Args,
): Amount {
  return checkCost(tool, "cost", typeof cost === "function" ? cost(...args) : cost);
}

/**
 * Returns a copy of an amount.
 *
 * @throws {@link CyclesValidationError} if the value is not an amount that can be charged.
 */
export function checkCost(tool: string, field: "cost" | "actual", value: unknown): Amount {
  if (isAmount(value)) return add(value);
  const given = typeof value === "number" ? `the number ${value}` : kindOf(value);
  throw new CyclesValidationError(`The tool "${tool}"`, [
    { path: field, message: `must be an amount such as riskPoints(5), not ${given}` },
  ]);
}

/** Whether a value has the shape of an amount. */
export function isAmount(value: unknown): value is Amount {
  return (
    typeof value === "object" &&
    value !== null &&
    "unit" in value &&
    typeof value.unit === "string" &&
    "amount" in value &&
    typeof value.amount === "number"
  );
}

function kindOf(value: unknown): string {
  if (value === null) return "null";
  return value instanceof Promise ? "a promise" : typeof value;
}
