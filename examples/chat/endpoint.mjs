import { createServer } from "node:http";
import { text } from "node:stream/consumers";
import { BudgetDeniedError } from "cycles-client";
import { chat } from "./chat.mjs";

/**
 * `POST /chat` with a question answers it as it comes; a client that hangs up ends the call of the model, too.
 * @param {import("cycles-client").CyclesClient} cycles
 * @param {import("openai").default} openai
 */
export function endpoint(cycles, openai) {
  return createServer((request, response) => {
    answer(cycles, openai, request, response).catch((error) => {
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
async function answer(cycles, openai, request, response) {
  try {
    for await (const piece of chat(cycles, openai, await text(request))) {
      if (response.destroyed) break;
      response.write(piece);
    }
    response.end();
  } catch (error) {
    // Nothing was sent before the budget said yes.
    if (!(error instanceof BudgetDeniedError)) throw error;
    response.writeHead(402).end(`No budget left: ${error.code}\n`);
  }
}
