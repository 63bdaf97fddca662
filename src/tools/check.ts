import { add, type Amount, CyclesConfigError } from "../index.js";
import { isAmount } from "./cost.js";

/** What is checked of the options, which JavaScript callers can get wrong. */
interface Given {
  readonly cost?: unknown;
  readonly actual?: unknown;
  readonly onDenied?: unknown;
  readonly onFailure?: unknown;
  readonly idempotencyKey?: unknown;
}

/** @throws {@link CyclesConfigError} if this is no budget, for example because it is left out. */
export function checkBudget(what: string, budget: unknown): void {
  const isBudget = typeof budget === "object" && budget !== null && "run" in budget;
  if (!isBudget) refuse(what, "budget", "a CyclesClient or an allowance", budget);
}

/**
 * Checks options when a tool is gated, so that a mistake does not wait for the first call.
 *
 * @param what begins the error messages
 * @throws {@link CyclesConfigError} with a message that names the field and the fix.
 */
export function checkOptions(what: string, given: Given): void {
  const { cost, actual } = given;
  if (typeof cost !== "function" && !isAmount(cost))
    refuse(what, "cost", "an amount such as riskPoints(5), or a function that returns one", cost);
  if (isAmount(cost)) checkAmount(what, cost);
  if (actual !== undefined && typeof actual !== "function")
    refuse(what, "actual", "a function that returns an amount", actual);
  checkPolicies(what, given);
}

/** @throws {@link CyclesConfigError} as {@link checkOptions} does. */
export function checkPolicies(what: string, given: Given): void {
  const { onDenied, onFailure, idempotencyKey } = given;
  if (onDenied !== undefined && typeof onDenied !== "function" && !DENIED.includes(onDenied))
    refuse(what, "onDenied", '"throw", "tell-the-model" or a function', onDenied);
  if (onFailure !== undefined && !FAILED.includes(onFailure))
    refuse(what, "onFailure", '"charge" or "release"', onFailure);
  if (idempotencyKey !== undefined && typeof idempotencyKey !== "function")
    refuse(what, "idempotencyKey", "a function that returns a key for each call", idempotencyKey);
}

/** @throws {@link CyclesConfigError} */
export function refuse(what: string, field: string, expected: string, given: unknown): never {
  throw new CyclesConfigError(`${what}: ${field} must be ${expected}, not ${shown(given)}`);
}

function checkAmount(what: string, cost: Amount): void {
  try {
    add(cost);
  } catch (error) {
    const why = error instanceof Error ? error.message : "it is not valid";
    throw new CyclesConfigError(`${what}: cost cannot be charged: ${why}`);
  }
}

const DENIED: readonly unknown[] = ["throw", "tell-the-model"];
const FAILED: readonly unknown[] = ["charge", "release"];

function shown(value: unknown): string {
  return typeof value === "string" || typeof value === "number"
    ? JSON.stringify(value)
    : value === null
      ? "null"
      : typeof value;
}
