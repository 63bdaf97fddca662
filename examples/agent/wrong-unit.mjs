import { BudgetNotFoundError, tokens, UnitMismatchError } from "cycles-client";

/** @import { CyclesClient } from "cycles-client" */

/**
 * Reserves tokens where the budget is kept in dollars, and answers the error that helps; undefined where the
 * tenant has a budget in tokens too.
 * @param {CyclesClient} client
 */
export async function reserveInWrongUnit(client) {
  try {
    const guard = await client.reserve({
      action: { kind: "llm.completion", name: "wrong-unit" },
      estimate: tokens(500),
    });
    await guard.release("only to see whether there is a budget in tokens");
    return undefined;
  } catch (error) {
    if (error instanceof UnitMismatchError || error instanceof BudgetNotFoundError) return error;
    throw error;
  }
}
