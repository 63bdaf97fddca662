import { scopeId, toResponse } from "cycles-client";

/** @import { CyclesClient } from "cycles-client" */
/** @import { Ask } from "./assistant.mjs" */

/**
 * The exports of `app/ask/route.js`.
 * @param {CyclesClient} cycles
 * @param {Ask} ask
 */
export function nextRoute(cycles, ask) {
  const POST = budgeted(
    cycles,
    async (request) => new Response(await ask(await request.text(), request.signal)),
  );
  return { POST };
}

/**
 * Runs a route handler on the budget of its user.
 * @param {CyclesClient} cycles
 * @param {(request: Request) => Promise<Response>} handler
 * @returns {(request: Request) => Promise<Response>}
 */
function budgeted(cycles, handler) {
  return async (request) => {
    try {
      return await cycles.scope({ agent: scopeId(userOf(request)) }, () => handler(request));
    } catch (error) {
      const denial = toResponse(error);
      if (!denial) throw error;
      return denial;
    }
  };
}

/**
 * Your authentication goes here.
 * @param {Request} request
 */
function userOf(request) {
  return request.headers.get("x-user") ?? "";
}
