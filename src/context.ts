/** Runs code in a certain context. */
export type Runner = <Result>(work: () => Result) => Result;

/** Holds one value for all that runs inside a function, across `await`. */
export interface ContextStore<Value> {
  get(): Value | undefined;
  /** Runs `work` with another value. */
  run<Result>(value: Value | undefined, work: () => Result): Result;
}

/** The part of `AsyncLocalStorage` that is used. */
interface Storage<Value> {
  getStore(): Value | undefined;
  run<Result>(value: Value, work: () => Result): Result;
}

type StorageClass = new <Value>() => Storage<Value>;

/** The parts of the global scope in which a runtime may offer `AsyncLocalStorage`. */
interface Offers {
  readonly AsyncLocalStorage?: StorageClass;
  readonly process?: {
    getBuiltinModule?(name: string): { readonly AsyncLocalStorage?: StorageClass } | undefined;
  };
}

/**
 * A store over the platform's `AsyncLocalStorage`; `undefined` if it has none, as in browsers.
 *
 * It is looked up and not imported, because a worker without the flag `nodejs_compat` cannot load
 * the module.
 */
export function openContext<Value>(): ContextStore<Value> | undefined {
  // A cast, because no type describes the globals of all runtimes.
  const { AsyncLocalStorage, process } = globalThis as Offers;
  const Found =
    AsyncLocalStorage ?? process?.getBuiltinModule?.("node:async_hooks")?.AsyncLocalStorage;
  if (Found === undefined) return undefined;
  const storage = new Found<Value | undefined>();
  return {
    get: () => storage.getStore(),
    run: (value, work) => storage.run(value, work),
  };
}
