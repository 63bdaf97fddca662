import { CyclesError } from "cycles-client";

/** @import { components, CyclesClient } from "cycles-client" */

/**
 * The ledger of one scope, in microcents.
 * @typedef {{
 *   scope: string, allocated: number, spent: number, reserved: number, debt: number, remaining: number
 * }} Book
 */

/**
 * The tenant's own ledger in dollars; where only scopes beneath it have one, the first of these.
 * @param {CyclesClient} client
 * @param {string} tenant
 * @returns {Promise<Book>}
 */
export async function readBook(client, tenant) {
  /** @type {Book[]} */
  const books = [];
  for await (const balance of client.getBalances({ tenant })) {
    if (balance.remaining.unit === "USD_MICROCENTS") books.push(toBook(balance));
  }
  const book = books.find(({ scope }) => scope === `tenant:${tenant}`) ?? books[0];
  if (!book) {
    throw new CyclesError(`Tenant ${tenant} has no budget in USD_MICROCENTS: give it one`, {
      code: "NO_BUDGET",
    });
  }
  return book;
}

/**
 * Whether everything that was allocated is accounted for, and the ledger has what the agent says it spent.
 * @param {Book} before
 * @param {Book} after
 * @param {number} actuals the sum of what was committed since `before`
 */
export function audit(before, after, actuals) {
  const { allocated, spent, reserved, debt, remaining } = after;
  return {
    isWhole: allocated === spent + reserved + debt + remaining,
    isOurs: spent - before.spent === actuals,
  };
}

/**
 * @param {components["schemas"]["Balance"]} balance
 * @returns {Book}
 */
function toBook({ scope_path, remaining, ...rest }) {
  const spent = rest.spent?.amount ?? 0;
  const reserved = rest.reserved?.amount ?? 0;
  const debt = rest.debt?.amount ?? 0;
  const allocated = rest.allocated?.amount ?? spent + reserved + debt + remaining.amount;
  return { scope: scope_path, allocated, spent, reserved, debt, remaining: remaining.amount };
}
