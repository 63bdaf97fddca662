import { scopeId, toResponse } from "cycles-client";
import express from "express";
import { closing } from "./closing.mjs";

/** @import { CyclesClient } from "cycles-client" */
/** @import { Ask } from "./assistant.mjs" */

/**
 * @param {CyclesClient} cycles
 * @param {Ask} ask
 */
export function expressApp(cycles, ask) {
  const app = express();
  app.use(express.text({ limit: "1mb" }));
  app.use((request, _, next) => cycles.scope({ agent: scopeId(userOf(request)) }, next));

  app.post("/ask", async (request, response) => {
    response.send(await ask(request.body, closing(response)));
  });

  app.use(respondToDenial);
  return app;
}

/**
 * Express recognises an error handler by its four parameters. It belongs after the routes.
 * @param {unknown} error
 * @param {express.Request} _
 * @param {express.Response} response
 * @param {express.NextFunction} next
 */
async function respondToDenial(error, _, response, next) {
  const denial = toResponse(error);
  if (!denial || response.headersSent) next(error);
  else response.writeHead(402, Object.fromEntries(denial.headers)).end(await denial.text());
}

/**
 * Your authentication goes here.
 * @param {express.Request} request
 */
function userOf(request) {
  return request.get("x-user") ?? "";
}
