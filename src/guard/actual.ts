import { type Amount, checkAmount, isAmount, type Unit } from "../amount.js";
import { CyclesValidationError } from "../errors.js";

/**
 * Checks that an amount can be committed under a reservation in `unit`. Returns a copy, so that a
 * later change to the caller's object does not change what was noted.
 *
 * @throws {@link CyclesValidationError} with a message that names the field and the fix
 */
export function checkActual(actual: unknown, unit: Unit): Amount {
  if (actual === undefined) {
    throw invalid("actual", "is required: pass it, or call guard.setActual(…) first");
  }
  if (!isAmount(actual)) {
    throw invalid("actual", `must be an amount such as usd("0.02"), not ${typeOf(actual)}`);
  }
  const checked = checkAmount({ unit: actual.unit, amount: actual.amount });
  if (checked.unit !== unit) {
    throw invalid(
      "actual.unit",
      `must be ${unit}, the unit of the reservation, not ${checked.unit}`,
    );
  }
  return checked;
}

function typeOf(value: unknown): string {
  if (typeof value === "number") return `the number ${value}`;
  return value === null ? "null" : typeof value;
}

function invalid(path: string, message: string): CyclesValidationError {
  return new CyclesValidationError("The actual amount", [{ path, message }]);
}
