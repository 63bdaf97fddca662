import { chat } from "./chat.mjs";
import { embeddings } from "./embeddings.mjs";
import { generateContent } from "./generate-content.mjs";
import { images } from "./images.mjs";
import { messages } from "./messages.mjs";
import { responses } from "./responses.mjs";

/** @typedef {{ event?: string, data: object | string }} StreamEvent */

/**
 * One wire format.
 * @typedef {object} Format
 * @property {string} name
 * @property {(path: string) => boolean} matches
 * @property {(path: string, body: any) => import("./model.mjs").Question} read
 * @property {(reply: Reply) => object} body the response as one JSON object
 * @property {(reply: Reply) => Iterable<StreamEvent>} [events] the response as events
 * @property {(status: number) => object} refusal the body of an error
 */

/**
 * What a response is made of.
 * @typedef {object} Reply
 * @property {string} path
 * @property {number} number the number of the call, for the ids in the response
 * @property {any} request the body of the request
 * @property {import("./model.mjs").Question} question
 * @property {import("./model.mjs").Answer} answer
 * @property {import("./bill.mjs").Bill} bill grows while the model writes
 * @property {boolean} isCounted whether the response has usage
 */

/** @type {readonly Format[]} */
const formats = [chat, responses, embeddings, images, messages, generateContent];

/**
 * The format of a path; undefined if a call of it costs nothing.
 * @param {string} path
 */
export function formatOf(path) {
  return formats.find((format) => format.matches(path));
}
