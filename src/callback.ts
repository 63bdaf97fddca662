import type { Notify } from "./notices.js";

/**
 * Calls a user's callback. If it throws, or returns a promise that rejects, `failed` receives the
 * error.
 */
export function contain(callback: () => unknown, failed: (error: unknown) => void): void {
  try {
    const returned = callback();
    if (isThenable(returned)) returned.then(undefined, failed);
  } catch (error) {
    failed(error);
  }
}

/**
 * Wraps the callback of an option so that it cannot throw. Only its first failure becomes a notice,
 * because later failures are usually the same.
 */
export function contained<Argument>(
  option: string,
  callback: (argument: Argument) => unknown,
  notify: Notify,
): (argument: Argument) => void {
  let isReported = false;
  const failed = (error: unknown) => {
    if (isReported) return;
    isReported = true;
    notify({ type: "callback_failed", callback: option, message: thrownText(error) });
  };
  return (argument) => {
    contain(() => callback(argument), failed);
  };
}

/** The message of a thrown value. Any value can be thrown, even one without a text form. */
export function thrownText(error: unknown): string {
  try {
    const message: unknown = error instanceof Error ? error.message : error;
    return String(message);
  } catch {
    return "an error that cannot be read";
  }
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  const isObject = typeof value === "object" || typeof value === "function";
  return isObject && value !== null && "then" in value && typeof value.then === "function";
}
