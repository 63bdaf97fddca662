import { type ContextStore, openContext, type Runner } from "../context.js";
import type { SubjectDefaults } from "../protocol/subject.js";
import type { Budget } from "./budget.js";
import type { Guard } from "./guard.js";
import type { BudgetSource, ClientSource } from "./source.js";

/** One thing that surrounds the running code: the work of a guard, an allowance, or a scope. */
export type Frame = {
  /** Shared by a client and its children. */
  readonly client: object;
  readonly budget: Budget;
  readonly outer: Frame | undefined;
} & (
  | { readonly kind: "guard"; readonly guard: Guard }
  | { readonly kind: "allowance"; readonly source: (context: ClientSource) => BudgetSource }
  | { readonly kind: "scope"; readonly subject: SubjectDefaults }
);

/** Opened when it is first needed, because it makes every promise of the process a bit slower. */
let opened: { readonly store: ContextStore<Frame> | undefined } | undefined;

function store(): ContextStore<Frame> | undefined {
  return (opened ??= { store: openContext() }).store;
}

/** Whether this runtime keeps a context across `await`. */
export function hasContext(): boolean {
  return store() !== undefined;
}

/** The frame of the running code; undefined if there is none. */
export function currentFrame(): Frame | undefined {
  return opened?.store?.get();
}

/** Runs code inside a frame. Without a context on this runtime, it only runs the code. */
export function inside(frame: Frame): Runner {
  const frames = store();
  return frames === undefined ? (work) => work() : (work) => frames.run(frame, work);
}

/** Runs code later, in the frame of the code that runs now. */
export function captured(): Runner {
  const frame = currentFrame();
  return (work) => (opened?.store ? opened.store.run(frame, work) : work());
}

/** The frames of a client, from the inside out. */
export function* framesOf(client: object): Generator<Frame, void, undefined> {
  for (let frame = currentFrame(); frame !== undefined; frame = frame.outer)
    if (frame.client === client) yield frame;
}

/**
 * The budget of the running code: the allowance that it runs inside; otherwise the client of the
 * scope or of the work that it runs inside; undefined if there is none.
 *
 * It needs a runtime with `AsyncLocalStorage`: Node, Bun, Deno, edge runtimes, and workerd with
 * `nodejs_compat`. On other runtimes, it returns undefined.
 *
 * @example
 * ```ts
 * import { currentBudget, CyclesClient } from "cycles-client";
 * const cycles = new CyclesClient();
 * const budget = currentBudget() ?? cycles;
 * ```
 */
export function currentBudget(): Budget | undefined {
  const innermost = currentFrame();
  if (innermost === undefined) return undefined;
  for (const frame of framesOf(innermost.client))
    if (frame.kind === "allowance") return frame.budget;
  return innermost.budget;
}

/**
 * The guard whose work is running: the innermost `run`, `wrap` or `stream`. Undefined if there is
 * none, or if the runtime has no `AsyncLocalStorage`.
 *
 * @example
 * ```ts
 * import { currentGuard, usd } from "cycles-client";
 * const noteCost = () => currentGuard()?.setActual(usd("0.01"));
 * ```
 */
export function currentGuard(): Guard | undefined {
  let frame = currentFrame();
  while (frame !== undefined && frame.kind !== "guard") frame = frame.outer;
  return frame?.guard;
}
