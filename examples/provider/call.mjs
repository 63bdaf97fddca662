import { answer } from "./model.mjs";
import { openBill } from "./bill.mjs";
import { sendEvents, sendJson } from "./send.mjs";

/** @import { Bill } from "./bill.mjs" */
/** @import { Format } from "./format.mjs" */
/** @import { Plan } from "./plan.mjs" */

/**
 * A call that the provider received.
 * @typedef {object} Call
 * @property {number} number counts the calls, from 1
 * @property {string} path
 * @property {string} format the wire format
 * @property {string} model
 * @property {import("node:http").IncomingHttpHeaders} headers
 * @property {any} body the request
 * @property {number} status the status of the response
 * @property {import("./send.mjs").Ending | undefined} ending undefined while it is sent
 * @property {Bill} bill
 * @property {() => void} cut destroys the connection
 * @property {Promise<void>} closed resolves when the response has been sent, or the connection closed
 */

/**
 * Answers a call as planned. The bill grows with each piece of a stream that is sent. A response
 * that is not a stream is billed in full before it is sent.
 * @param {Call} call
 * @param {Format} format
 * @param {Plan} plan
 * @param {import("node:http").ServerResponse} response
 */
export async function respond(call, format, plan, response) {
  await plan.after;
  if (call.status !== 200) {
    await sendJson(response, call.status, format.refusal(call.status), {});
    return "refused";
  }
  const question = format.read(call.path, call.body);
  Object.assign(call.bill, openBill(question.input, plan));
  const reply = {
    path: call.path,
    number: call.number,
    request: call.body,
    question,
    answer: answer(question, plan, call.number),
    bill: call.bill,
    isCounted: plan.usage !== false,
  };
  return question.stream && format.events
    ? sendEvents(response, format.events(reply), call.bill, plan)
    : sendJson(response, 200, format.body(reply), plan);
}
