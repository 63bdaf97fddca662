import { perMillion, usd } from "cycles-client";
import { Hono } from "hono";
import { budgeted } from "./budgeted.mjs";

/** @import { CyclesClient } from "cycles-client" */
/** @import { Budgeted } from "./budgeted.mjs" */

/**
 * A service in which a request cannot spend more than it reserved, and a tenant cannot spend more
 * than its budget.
 * @param {CyclesClient} cycles
 * @param {(question: string) => Promise<{ answer: string, tokens: number }>} ask the call that costs money
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
