import { createServer } from "node:http";
import { text } from "node:stream/consumers";
import { BudgetDeniedError } from "cycles-client";
import { chat } from "./chat.mjs";

/**
 * `POST /chat` with a question streams the reply. If the client disconnects, the model call ends
 * too.
 * @param {import("cycles-client").CyclesClient} cycles
 * @param {import("openai").default} openai
 */
export function endpoint(cycles, openai) {
  return createServer((request, response) => {
    reply(cycles, openai, request, response).catch((error) => {
      console.error(error);
      response.destroy();
    });
  });
}

/**
 * @param {import("cycles-client").CyclesClient} cycles
 * @param {import("openai").default} openai
 * @param {import("node:http").IncomingMessage} request
 * @param {import("node:http").ServerResponse} response
 */
async function reply(cycles, openai, request, response) {
  try {
    for await (const piece of chat(cycles, openai, await text(request))) {
      if (response.destroyed) break;
      response.write(piece);
    }
    response.end();
  } catch (error) {
    // A denial comes before the first piece, so nothing has been sent yet.
    if (!(error instanceof BudgetDeniedError)) throw error;
    response.writeHead(402).end(`No budget left: ${error.code}\n`);
  }
}
