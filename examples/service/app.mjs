import { perMillion, usd } from "cycles-client";
import { Hono } from "hono";
import { budgeted } from "./budgeted.mjs";

/** @import { CyclesClient } from "cycles-client" */
/** @import { Budgeted } from "./budgeted.mjs" */

/**
 * A service in which no request can spend more than it reserved, nor a tenant more than it has.
 * @param {CyclesClient} cycles
 * @param {(question: string) => Promise<{ answer: string, tokens: number }>} ask what costs money
 */
export function service(cycles, ask) {
  /** @type {Hono<Budgeted>} */
  const app = new Hono();
  const budget = budgeted(cycles, { kind: "http.request", name: "ask" }, usd("0.05"));
  app.post("/ask", budget, async (context) => {
    const { answer, tokens } = await ask(await context.req.text());
    context.var.guard.setActual(perMillion("0.60", tokens), { metrics: { tokens_output: tokens } });
    return context.text(answer);
  });
  return app;
}
