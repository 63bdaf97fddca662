import { Admission, type GatedCall } from "./admission.js";
import { refusedAround } from "./caps.js";
import { claim } from "./repeats.js";

/**
 * Runs a tool that returns a result, if the budget allows it.
 *
 * Once the tool has returned, its caller gets the result: a notice reports a cost that could not be
 * recorded. An error would make a model call the tool again.
 */
export async function callGated<Result, Denied>(
  call: GatedCall<Result, Denied>,
  work: () => Result | PromiseLike<Result>,
): Promise<Result | Denied> {
  const { budget, tool, request, options } = call;
  const refused = refusedAround(budget, tool, options);
  if (refused !== undefined) return call.denied(refused);
  if (request.estimate.amount === 0) return work();

  const admission = new Admission(call);
  const { idempotencyKey } = options;
  const claimed = idempotencyKey === undefined ? undefined : claim(budget, tool, idempotencyKey);
  const done: { outcome?: { readonly result: Result } } = {};
  try {
    return await budget.run<Result>(
      request,
      async (hold) => {
        admission.start(hold);
        const result = await work();
        admission.finish(hold, result);
        done.outcome = { result };
        return result;
      },
      { ...options, onDenied: admission.deny },
    );
  } catch (error) {
    const denial = admission.denialIn(error);
    if (denial !== undefined) return await call.denied(denial);
    if (done.outcome !== undefined) return done.outcome.result;
    throw admission.shown(error);
  } finally {
    claimed?.end(admission.hasStarted);
  }
}
