import { type Budget, currentBudget } from "../index.js";
import { RepeatedToolCallError } from "./errors.js";

/** A call that no other one with its key may run beside. */
export interface Claim {
  /** Ends the claim. A call that has run on an allowance keeps its key until the allowance ends. */
  end(hasRun: boolean): void;
}

/**
 * The keys of calls, by the budget that they are charged to.
 *
 * - The authority refuses a key whose call has ended, so for a client, only those that run are kept.
 * - Draws on an allowance do not reach the authority, so all keys are kept as long as it lives.
 */
const claimed = new WeakMap<Budget, Set<string>>();

/**
 * Claims the key of a call.
 *
 * @throws {@link RepeatedToolCallError} if a call with this key runs, or has run on this allowance.
 */
export function claim(budget: Budget, tool: string, key: string): Claim {
  const payer = [budget, currentBudget()].find(isAllowance) ?? budget;
  const keys = claimed.get(payer) ?? new Set();
  if (keys.has(key)) throw new RepeatedToolCallError(tool, key);
  claimed.set(payer, keys.add(key));
  return {
    end(hasRun) {
      if (!hasRun || !isAllowance(payer)) keys.delete(key);
    },
  };
}

function isAllowance(budget: Budget | undefined): budget is Budget {
  return budget?.unit !== undefined;
}
