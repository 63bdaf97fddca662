import { type BudgetDeniedError, type CyclesError, isCyclesError } from "./errors.js";
import { member } from "./member.js";
import type { WebResponse } from "./web.js";

/**
 * Returns the response to a user whose request the budget denied: the status 402 with problem
 * details (RFC 9457), and with `Retry-After` if the server named a time. The response shows no
 * scope, id, amount or message of the budget.
 *
 * It returns undefined for every other error, so that your framework handles it. This includes
 * other errors of this package, which describe your budgets and are not for users. For work that
 * ran, but whose spend the server refused, the result is undefined, too.
 *
 * A denial may be the `cause` of the error. `deniedBy` of `cycles-client/llm` finds the denial in
 * the errors of the SDKs of providers: `toResponse(deniedBy(error) ?? error)`.
 *
 * @example
 * ```ts
 * import { CyclesClient, scopeId, toResponse, usd } from "cycles-client";
 * const cycles = new CyclesClient();
 * const work = { action: { kind: "http.request", name: "ask" }, estimate: usd("0.05") };
 * async function ask(user: string) {
 *   try {
 *     return await cycles.scope({ agent: scopeId(user) }, () =>
 *       cycles.run(work, () => new Response("the reply"), { actual: "estimate" }),
 *     );
 *   } catch (error) {
 *     const denial = toResponse(error);
 *     if (denial === undefined) throw error;
 *     return denial;
 *   }
 * }
 * ```
 */
export function toResponse(error: unknown): WebResponse | undefined {
  const denial = denialIn(error);
  if (denial === undefined) return undefined;
  const { retryAfterMs } = denial;
  return new Response(JSON.stringify(PROBLEM), {
    status: PROBLEM.status,
    headers: {
      "content-type": "application/problem+json",
      ...(retryAfterMs !== undefined && { "retry-after": `${Math.ceil(retryAfterMs / 1_000)}` }),
    },
  });
}

const MOST_CAUSES = 10;

/** RFC 9457, section 4.2.1: `about:blank` has the title of the status. */
const PROBLEM = {
  type: "about:blank",
  title: "Payment Required",
  status: 402,
  detail: "The budget does not allow this request.",
};

function denialIn(error: unknown): BudgetDeniedError | undefined {
  try {
    let cause = error;
    for (let depth = 0; depth < MOST_CAUSES && !isCyclesError(cause); depth += 1)
      cause = member(cause, "cause");
    // Our other errors may have a denial as their cause, for example that of a commit after the work.
    return isCyclesError(cause) && isDenial(cause) ? cause : undefined;
  } catch {
    // A getter or a proxy has thrown. Its error must not take the place of the one that is handled.
    return undefined;
  }
}

/** An error of another copy of this package is no instance of the class of this copy. */
function isDenial(error: CyclesError): error is BudgetDeniedError {
  return error.name === "BudgetDeniedError";
}
