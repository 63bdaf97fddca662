import { SetupError } from "./setup-error.mjs";

/** @import { components, CyclesClient } from "cycles-client" */

/**
 * The balance of one scope, in microcents.
 * @typedef {{
 *   scope: string, allocated: number, spent: number, reserved: number, debt: number, remaining: number
 * }} Book
 */

/**
 * Reads the tenant's balance in dollars. If only scopes below the tenant have one, it reads the
 * first of them.
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
    throw new SetupError(`Tenant ${tenant} has no budget in USD_MICROCENTS: create one`);
  }
  return book;
}

/**
 * Checks that the allocated amount is fully accounted for, and that the ledger has what the agent
 * spent.
 * @param {Book} before
 * @param {Book} after
 * @param {number} actuals the sum of the commits since `before`
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
