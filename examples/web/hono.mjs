import { scopeId, toResponse } from "cycles-client";
import { Hono } from "hono";

/** @import { CyclesClient } from "cycles-client" */
/** @import { Ask } from "./assistant.mjs" */

/**
 * @param {CyclesClient} cycles
 * @param {Ask} ask
 */
export function honoApp(cycles, ask) {
  const app = new Hono();
  app.use((context, next) => cycles.scope({ agent: scopeId(userOf(context.req.raw)) }, next));
  app.onError((error, context) => {
    const denial = toResponse(error);
    if (denial) return denial;
    console.error(error);
    return context.text("Internal Server Error", 500);
  });

  app.post("/ask", async (context) =>
    context.text(await ask(await context.req.text(), context.req.raw.signal)),
  );
  return app;
}

/**
 * Your authentication goes here.
 * @param {Request} request
 */
function userOf(request) {
  return request.headers.get("x-user") ?? "";
}
