import { setImmediate } from "node:timers/promises";
import { chunksOf, eventText } from "./events.mjs";
import { isReached } from "./plan.mjs";

/** @import { ServerResponse } from "node:http" */
/** @import { Bill } from "./bill.mjs" */
/** @import { StreamEvent } from "./format.mjs" */
/** @import { Plan } from "./plan.mjs" */

/** @typedef {"answered" | "refused" | "stalled" | "cut" | "left"} Ending "left": the client closed the connection */

/**
 * Sends a body.
 * @param {ServerResponse} response
 * @param {number} status
 * @param {object} body
 * @param {Plan} plan
 * @returns {Promise<Ending>}
 */
export async function sendJson(response, status, body, plan) {
  if (plan.stallAfter !== undefined) return "stalled";
  const text = JSON.stringify(body);
  response.writeHead(status, { "content-type": "application/json" });
  if (plan.cutAfter !== undefined) {
    await write(response, Buffer.from(text.slice(0, text.length / 2)));
    response.destroy();
    return "cut";
  }
  response.end(text);
  return "answered";
}

/**
 * Sends a stream. The model writes no more than the client takes: the next event is made when the
 * one before it has left.
 * @param {ServerResponse} response
 * @param {Iterable<StreamEvent>} events
 * @param {Bill} bill
 * @param {Plan} plan
 * @returns {Promise<Ending>}
 */
export async function sendEvents(response, events, bill, plan) {
  const { chunks, lineEnd = "\n", cutAfter, stallAfter } = plan;
  response.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-store" });
  for (const event of events) {
    const comment = chunks === undefined ? "" : `: processing${lineEnd}${lineEnd}`;
    for (const chunk of chunksOf(comment + eventText(event, lineEnd), chunks)) {
      if (!(await write(response, chunk))) return "left";
    }
    if (isReached(stallAfter, bill)) return "stalled";
    if (isReached(cutAfter, bill)) {
      response.destroy();
      return "cut";
    }
  }
  response.end();
  return "answered";
}

/**
 * Resolves when the bytes have left: to `false` if the client closed the connection.
 * @param {ServerResponse} response
 * @param {Uint8Array} bytes
 */
async function write(response, bytes) {
  if (response.destroyed) return false;
  await new Promise((resolve) => response.write(bytes, resolve));
  // Lets the client close the connection in between.
  await setImmediate();
  return !response.destroyed;
}
