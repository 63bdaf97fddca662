import { isCyclesError, scopeId, toResponse } from "cycles-client";
import fastify from "fastify";
import { closing } from "./closing.mjs";

/** @import { CyclesClient } from "cycles-client" */
/** @import { Ask } from "./assistant.mjs" */

/**
 * @param {CyclesClient} cycles
 * @param {Ask} ask
 */
export function fastifyApp(cycles, ask) {
  const app = fastify();
  app.addHook("preHandler", (request, _, done) =>
    cycles.scope({ agent: scopeId(userOf(request)) }, done),
  );
  app.setErrorHandler((error, _, reply) => {
    const denial = toResponse(error);
    if (denial) return reply.send(denial);
    // Fastify shows the message of an error to the user.
    throw isCyclesError(error) ? new Error("Internal Server Error", { cause: error }) : error;
  });

  app.post("/ask", (request, reply) => ask(String(request.body), closing(reply.raw)));
  return app;
}

/**
 * Your authentication goes here.
 * @param {import("fastify").FastifyRequest} request
 */
function userOf(request) {
  return String(request.headers["x-user"] ?? "");
}
