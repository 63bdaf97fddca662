import { BudgetDeniedError } from "cycles-client";
import { createMiddleware } from "hono/factory";

/** @import { Amount, CyclesClient, Guard } from "cycles-client" */
/** @typedef {{ Variables: { guard: Guard } }} Budgeted */

/**
 * Middleware: budget is reserved before the handler runs, and what the handler noted is committed after it; where it noted
 * nothing, or failed before it noted something, the budget goes back. Who has none left gets a 402.
 * @param {CyclesClient} cycles
 * @param {{ kind: string, name: string }} action
 * @param {Amount} estimate
 */
export function budgeted(cycles, action, estimate) {
  return createMiddleware(
    /** @param {import("hono").Context<Budgeted>} context */
    async (context, next) => {
      const agent = context.req.header("x-user");
      const subject = agent === undefined ? {} : { agent };
      try {
        await cycles.run(
          { action, estimate, subject },
          async (guard) => {
            context.set("guard", guard);
            await next();
            // Hono keeps a handler's error for its own handling; the budget has to know of it.
            if (context.error) throw context.error;
            if (guard.actual === undefined) await guard.release("nothing was spent");
          },
          { signal: context.req.raw.signal },
        );
      } catch (error) {
        if (error === context.error) return undefined;
        if (!(error instanceof BudgetDeniedError)) throw error;
        return context.json({ error: error.code, scopes: error.scopes }, 402);
      }
      return undefined;
    },
  );
}
