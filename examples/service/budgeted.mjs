import { scopeId, toResponse } from "cycles-client";
import { createMiddleware } from "hono/factory";

/** @import { Amount, CyclesClient, Guard } from "cycles-client" */
/** @typedef {{ Variables: { guard: Guard } }} Budgeted */

/**
 * Middleware that reserves budget before the handler runs, and commits the cost that the handler
 * noted. If the handler notes nothing, or fails before it notes a cost, the budget is released. If
 * there is no budget left, the response is a 402.
 * @param {CyclesClient} cycles
 * @param {{ kind: string, name: string }} action
 * @param {Amount} estimate
 */
export function budgeted(cycles, action, estimate) {
  return createMiddleware(
    /** @param {import("hono").Context<Budgeted>} context */
    async (context, next) => {
      const user = context.req.header("x-user");
      // A user's name can be any text, such as an e-mail address.
      const subject = user === undefined ? {} : { agent: scopeId(user) };
      try {
        await cycles.run(
          { action, estimate, subject },
          async (guard) => {
            context.set("guard", guard);
            await next();
            // Hono catches the handler's error. Throw it again, so that `run` settles failed work.
            if (context.error) throw context.error;
            if (guard.actual === undefined) await guard.release("nothing was spent");
          },
          { signal: context.req.raw.signal },
        );
      } catch (error) {
        if (error === context.error) return undefined;
        const denial = toResponse(error);
        if (denial === undefined) throw error;
        return denial;
      }
      return undefined;
    },
  );
}
