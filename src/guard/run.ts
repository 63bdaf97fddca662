import type { Amount } from "../amount.js";
import { BudgetDeniedError, CyclesError } from "../errors.js";
import { ActualUnknownError, HeartbeatFailedError, SettlementRefusedError } from "./errors.js";
import type { Guard } from "./guard.js";
import { type Desk, reserve, type ReserveOptions, type ReserveRequest } from "./reserve.js";

/** What the work cost, where it did not say so itself: read off its result, or the estimate as a stand-in. */
export type ActualSource<Result, Args extends readonly unknown[] = []> =
  "estimate" | ((result: Result, ...args: Args) => Amount);

/** How a piece of work is run under a budget. */
export interface RunOptions<Result, Args extends readonly unknown[] = []> extends ReserveOptions {
  /**
   * What to commit where the work has noted nothing with `guard.setActual`. `"estimate"` commits the estimate and
   * marks the spend so in its metadata.
   */
  readonly actual?: ActualSource<Result, Args>;
  /** Supplies the result where the budget says no: a cheaper model, a cached answer. */
  readonly onDenied?: (error: BudgetDeniedError) => Result | PromiseLike<Result>;
}

/** A request, or how to make one from the arguments of the call. */
export type RequestSource<Args extends readonly unknown[]> =
  ReserveRequest | ((...args: Args) => ReserveRequest);

/** Reserve, work, settle: the whole life of one guarded call. */
export async function run<Result, Args extends readonly unknown[] = []>(
  desk: Desk,
  request: ReserveRequest,
  work: (guard: Guard) => Result | PromiseLike<Result>,
  options: RunOptions<Result, Args>,
  args: Args,
): Promise<Result> {
  let guard: Guard;
  try {
    guard = await reserve(desk, request, options);
  } catch (error) {
    if (error instanceof BudgetDeniedError && options.onDenied) return options.onDenied(error);
    throw error;
  }
  let result: Result;
  try {
    result = await work(guard);
  } catch (error) {
    await settleFailed(guard);
    throw error;
  }
  await settleDone(guard, result, options.actual, args);
  return result;
}

/** The work has thrown: what it noted is committed, else its budget goes back. Its own error is what the caller gets. */
export async function settleFailed(guard: Guard): Promise<void> {
  const { actual } = guard;
  try {
    await guard.close();
  } catch (error) {
    reportUnsettled(guard, actual, error);
  }
}

/** The work is done: its cost is committed, unless it has settled the guard itself. */
export async function settleDone<Result, Args extends readonly unknown[]>(
  guard: Guard,
  result: Result,
  source: ActualSource<Result, Args> | undefined,
  args: Args,
): Promise<void> {
  await guard.idle();
  if (guard.state !== "open") return;
  const actual = guard.actual ?? actualFrom(guard, result, source, args);
  try {
    if (guard.actual) await guard.commit();
    else
      await guard.commit(
        actual,
        source === "estimate" ? { metadata: { actual_source: "estimate" } } : {},
      );
  } catch (error) {
    if (error instanceof HeartbeatFailedError && error.cause instanceof CyclesError) {
      throw new HeartbeatFailedError(guard.id, error.settlement, error.cause, result);
    }
    guard.abandon(error instanceof CyclesError ? error : undefined);
    if (error instanceof CyclesError)
      throw new SettlementRefusedError(guard.id, actual, result, error);
    throw error;
  }
}

function actualFrom<Result, Args extends readonly unknown[]>(
  guard: Guard,
  result: Result,
  source: ActualSource<Result, Args> | undefined,
  args: Args,
): Amount {
  if (source === "estimate") return guard.request.estimate;
  try {
    if (source) return source(result, ...args);
  } catch (error) {
    throw unknown(guard, result, error);
  }
  throw unknown(guard, result);
}

function unknown(guard: Guard, result: unknown, cause?: unknown): ActualUnknownError {
  const error = new ActualUnknownError(guard.id, result, cause);
  guard.abandon(error);
  return error;
}

/** The caller gets the error of the work; that its spend is not recorded must be seen all the same. */
function reportUnsettled(guard: Guard, actual: Amount | undefined, reason: unknown): void {
  const error =
    reason instanceof CyclesError
      ? reason
      : new CyclesError(String(reason), { code: "SETTLEMENT" });
  if (error instanceof HeartbeatFailedError) return;
  guard.abandon(error);
  if (actual) guard.reportUnsettled(actual, error);
}
