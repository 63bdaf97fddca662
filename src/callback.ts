import type { Notify } from "./notices.js";

/** Calls a callback of the user's. Neither what it throws nor what its promise rejects with goes further than `failed`. */
export function contain(callback: () => unknown, failed: (error: unknown) => void): void {
  try {
    const returned = callback();
    if (isThenable(returned)) returned.then(undefined, failed);
  } catch (error) {
    failed(error);
  }
}

/** The callback of an option, contained: its first failure is a notice, for the next would say the same. */
export function contained<Argument>(
  option: string,
  callback: (argument: Argument) => unknown,
  notify: Notify,
): (argument: Argument) => void {
  let isSaid = false;
  const failed = (error: unknown) => {
    if (isSaid) return;
    isSaid = true;
    notify({ type: "callback_failed", callback: option, message: thrownText(error) });
  };
  return (argument) => {
    contain(() => callback(argument), failed);
  };
}

/** What a thrown value says. It may be anything, also something that cannot be made into text. */
export function thrownText(error: unknown): string {
  try {
    const said: unknown = error instanceof Error ? error.message : error;
    return String(said);
  } catch {
    return "an error that cannot be read";
  }
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  const { then } = (value ?? {}) as { then?: unknown };
  return typeof then === "function";
}
