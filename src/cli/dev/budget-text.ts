import type { Amount } from "../../amount.js";
import { UsageError } from "../usage-error.js";
import { parseAmount } from "./amount-text.js";

/**
 * The budgets of `--budget`: a scope, `=`, and an amount for each unit, such as `tenant:acme=5.00usd,5000tokens`.
 * The scope itself is checked where the authority is made. Throws {@link UsageError}.
 */
export function parseBudget(text: string): { readonly scope: string; readonly amounts: Amount[] } {
  const [, scope = "", amounts = ""] = /^([^=]+)=(.+)$/.exec(text) ?? [];
  if (scope === "") {
    throw new UsageError(
      `--budget: ${JSON.stringify(text)} is not a budget; write a scope and an amount, such as tenant:acme=5.00usd`,
    );
  }
  const where = `--budget ${scope}`;
  return { scope, amounts: amounts.split(",").map((amount) => parseAmount(where, amount)) };
}
