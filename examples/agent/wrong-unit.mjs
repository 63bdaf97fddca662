import { BudgetNotFoundError, tokens, UnitMismatchError } from "cycles-client";

/** @import { CyclesClient } from "cycles-client" */

/**
 * Reserves tokens from a budget in dollars, and returns the error with its hint. Returns
 * `undefined` if the tenant also has a budget in tokens.
 * @param {CyclesClient} client
 */
export async function reserveInWrongUnit(client) {
  try {
    const guard = await client.reserve({
      action: { kind: "llm.completion", name: "wrong-unit" },
      estimate: tokens(500),
    });
    await guard.release("this only checks for a budget in tokens");
    return undefined;
  } catch (error) {
    if (error instanceof UnitMismatchError || error instanceof BudgetNotFoundError) return error;
    throw error;
  }
}
