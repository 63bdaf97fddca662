/**
 * What a call costs, in tokens. The provider counts one token for four bytes of input, and one for
 * each piece that the model writes.
 * @typedef {object} Bill
 * @property {number} input all input tokens, cached ones included
 * @property {number} cached input tokens that came from the cache
 * @property {number} cacheWritten input tokens that were written to the cache
 * @property {number} output all output tokens, reasoning included
 * @property {number} reasoning output tokens that the model used to reason
 */

/** @returns {Bill} the bill of a call that the provider refused */
export function nothing() {
  return { input: 0, cached: 0, cacheWritten: 0, output: 0, reasoning: 0 };
}

/**
 * Returns the bill of a call before the model writes.
 * @param {string} input
 * @param {import("./plan.mjs").Plan} plan
 * @returns {Bill}
 */
export function openBill(input, { cached = 0, cacheWritten = 0, reasoning = 0 }) {
  const tokens = Math.ceil(Buffer.byteLength(input) / 4) + cached + cacheWritten;
  return { input: tokens, cached, cacheWritten, output: reasoning, reasoning };
}

/**
 * Yields the pieces, and bills each one when it is written.
 * @template Piece
 * @param {readonly Piece[]} pieces
 * @param {Bill} bill
 */
export function* billed(pieces, bill) {
  for (const piece of pieces) {
    bill.output += 1;
    yield piece;
  }
}

/**
 * Returns the sum of bills.
 * @param {readonly Bill[]} bills
 */
export function total(bills) {
  const sum = nothing();
  for (const bill of bills) {
    for (const kind of ["input", "cached", "cacheWritten", "output", "reasoning"]) {
      sum[kind] += bill[kind];
    }
  }
  return sum;
}
