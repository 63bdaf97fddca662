import { AsyncLocalStorage } from "node:async_hooks";
import { type ContextStore, storeOver } from "./store.js";

/** A store on Node, Bun and Deno. */
export function openContext<Value>(): ContextStore<Value> | undefined {
  return storeOver(new AsyncLocalStorage<Value | undefined>());
}
