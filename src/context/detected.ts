import { type ContextStore, type Storage, storeOver } from "./store.js";

/** The parts of the global scope in which a runtime may offer `AsyncLocalStorage`. */
interface Offers {
  readonly AsyncLocalStorage?: StorageClass;
  readonly process?: {
    getBuiltinModule?(name: string): { readonly AsyncLocalStorage?: StorageClass } | undefined;
  };
}

type StorageClass = new <Value>() => Storage<Value>;

/**
 * A store on a runtime that may have `AsyncLocalStorage`: a global in edge runtimes, and a module
 * in workerd under the flag `nodejs_compat`. `undefined` elsewhere, as in browsers. It is looked up
 * and not imported, because a worker without the flag cannot load the module.
 */
export function openContext<Value>(): ContextStore<Value> | undefined {
  // A cast, because no type describes the globals of all runtimes.
  const { AsyncLocalStorage, process } = globalThis as Offers;
  const Found =
    AsyncLocalStorage ?? process?.getBuiltinModule?.("node:async_hooks")?.AsyncLocalStorage;
  return Found && storeOver(new Found<Value | undefined>());
}
