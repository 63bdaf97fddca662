/** Holds one value for all that runs inside a function, across `await`. */
export interface ContextStore<Value> {
  get(): Value | undefined;
  /** Runs `work` with another value. */
  run<Result>(value: Value | undefined, work: () => Result): Result;
}

/** The part of `AsyncLocalStorage` that is used. */
export interface Storage<Value> {
  getStore(): Value | undefined;
  run<Result>(value: Value, work: () => Result): Result;
}

/** A store over the platform's `AsyncLocalStorage`. */
export function storeOver<Value>(storage: Storage<Value | undefined>): ContextStore<Value> {
  return {
    get: () => storage.getStore(),
    run: (value, work) => storage.run(value, work),
  };
}
