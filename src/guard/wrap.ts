import { CyclesValidationError } from "../errors.js";
import type { Guard } from "./guard.js";
import { run } from "./run.js";
import type { BudgetSource } from "./source.js";
import type { RequestSource, RunOptions } from "./work-options.js";

/**
 * A function that runs `work` under a budget at each call.
 *
 * @param source returns where the budget of a call comes from
 */
export function wrap<Args extends readonly unknown[], Result>(
  source: () => BudgetSource,
  request: RequestSource<Args>,
  work: (guard: Guard, ...args: Args) => Result | PromiseLike<Result>,
  options: RunOptions<Result, Args>,
): (...args: Args) => Promise<Result> {
  const key =
    options.idempotencyKey ?? (typeof request === "object" ? request.idempotency_key : undefined);
  if (key !== undefined) throw fixedKey();
  return async (...args) => {
    const wanted = typeof request === "function" ? request(...args) : request;
    return run(source(), wanted, (guard) => work(guard, ...args), options, args);
  };
}

function fixedKey(): CyclesValidationError {
  return new CyclesValidationError("The wrapped function", [
    {
      path: "idempotency_key",
      message:
        "must not be fixed, because every call would repeat the reservation of the first call. " +
        "Leave it out, or pass a function that makes a request with its own key for each call",
    },
  ]);
}
