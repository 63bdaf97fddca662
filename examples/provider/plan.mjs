/**
 * What the next call gets. Without a plan, the model repeats the question.
 * @typedef {object} Plan
 * @property {string} [say] what the model writes
 * @property {{ name: string, arguments: object }[]} [tools] the tools that the model calls
 * @property {number} [cached] input tokens that come from the cache
 * @property {number} [cacheWritten] input tokens that are written to the cache
 * @property {number} [reasoning] tokens that the model uses to reason
 * @property {number} [status] refuses the call with this HTTP status, such as 429 or 503
 * @property {Promise<unknown>} [after] sends the first byte when this promise resolves
 * @property {number} [stallAfter] sends this many pieces of a stream, at least one event, and then
 *   nothing more. The connection stays open. A response that is not a stream never starts
 * @property {number} [cutAfter] sends this many pieces of a stream, at least one event, or half of
 *   another response, and then destroys the connection
 * @property {false} [usage] leaves usage out of the response
 * @property {"odd" | "bytes"} [chunks] splits events at odd places or at every byte, also inside
 *   UTF-8 sequences, and puts comments between them
 * @property {"\r\n" | "\n"} [lineEnd] ends the lines of events
 */

/**
 * Whether the plan ends the stream here.
 * @param {number | undefined} after the number of pieces after which it does
 * @param {import("./bill.mjs").Bill} bill
 */
export function isReached(after, bill) {
  return after !== undefined && bill.output - bill.reasoning >= after;
}
