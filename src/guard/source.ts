import type { Runner } from "../context.js";
import type { ReserveRequest } from "../params.js";
import type { GuardContext } from "./context.js";
import type { Guard } from "./guard.js";
import type { Lifecycle } from "./lifecycle.js";
import type { ReserveOptions } from "./reserve.js";

/**
 * Where the budget of a piece of work comes from: a client, which reserves it at the authority, or
 * an allowance, which holds it already.
 */
export interface BudgetSource {
  /** Holds budget. Throws for every form of denial. */
  reserve(request: ReserveRequest, options: ReserveOptions): Promise<Lifecycle>;

  /** The guard of a lifecycle that this source has started. */
  toGuard(lifecycle: Lifecycle): Guard;

  /** Runs code inside the work of a guard, so that `currentGuard` returns it. */
  around(guard: Guard): Runner;
}

/** A client as its allowances use it: a source, and what guards use. */
export interface ClientSource extends GuardContext, BudgetSource {}
