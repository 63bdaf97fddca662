import type { CommitRequest } from "../../generated/paths.js";
import type { Amount } from "../amount.js";
import { BudgetDeniedError, CyclesError } from "../errors.js";
import type { ReserveRequest } from "../params.js";
import { checkActual } from "./actual.js";
import type { GuardContext } from "./context.js";
import {
  ActualUnknownError,
  HeartbeatFailedError,
  SettlementRefusedError,
  SettlementUnknownError,
} from "./errors.js";
import { Guard } from "./guard.js";
import type { Lifecycle } from "./lifecycle.js";
import { reserve, type ReserveOptions } from "./reserve.js";
import type { FailedCommit, Note } from "./transition.js";

/**
 * The cost of the work, if the work noted nothing: `"estimate"`, or a function of the result.
 *
 * The function returns an amount, `"estimate"`, or `undefined` if the cost is unknown.
 */
export type ActualSource<Result, Args extends readonly unknown[] = []> =
  "estimate" | ((result: Result, ...args: Args) => Amount | "estimate" | undefined);

/** Options of work that runs under a budget. */
export interface RunOptions<Result, Args extends readonly unknown[] = []> extends ReserveOptions {
  /**
   * The amount to commit if the work noted nothing with `guard.setActual`. `"estimate"` commits the
   * estimate, and the metadata of the spend records that.
   */
  readonly actual?: ActualSource<Result, Args>;
  /** Returns the result if the reserve is denied, for example from a cheaper model or a cache. */
  readonly onDenied?: (error: BudgetDeniedError) => Result | PromiseLike<Result>;
}

/** A request, or a function that makes one from the arguments of the call. */
export type RequestSource<Args extends readonly unknown[]> =
  ReserveRequest | ((...args: Args) => ReserveRequest);

/** Reserves, runs the work and settles. */
export async function run<Result, Args extends readonly unknown[] = []>(
  context: GuardContext,
  request: ReserveRequest,
  work: (guard: Guard) => Result | PromiseLike<Result>,
  options: RunOptions<Result, Args>,
  args: Args,
): Promise<Result> {
  let lifecycle: Lifecycle;
  try {
    lifecycle = await reserve(context, request, options);
  } catch (error) {
    if (error instanceof BudgetDeniedError && options.onDenied) return options.onDenied(error);
    throw error;
  }
  let result: Result;
  try {
    result = await work(new Guard(lifecycle));
  } catch (error) {
    await settleFailed(lifecycle);
    throw error;
  }
  await settleDone(lifecycle, result, options.actual, args);
  return result;
}

/**
 * Settles after the work has thrown: commits what was noted, or releases.
 *
 * The caller gets the error of the work, so only a notice reports a failure here.
 */
export async function settleFailed(lifecycle: Lifecycle): Promise<void> {
  await lifecycle.close().catch(() => undefined);
}

/** Settles after the work has returned: commits its cost, unless the work has settled the guard. */
export async function settleDone<Result, Args extends readonly unknown[]>(
  lifecycle: Lifecycle,
  result: Result,
  source: ActualSource<Result, Args> | undefined,
  args: Args,
): Promise<void> {
  await lifecycle.idle();
  try {
    switch (lifecycle.state.kind) {
      case "open":
      case "unpriced":
        await commitFrom(lifecycle, result, source, args);
        break;
      case "noted":
      case "unknown":
      case "refused":
        await lifecycle.close();
        break;
      case "committing":
      case "releasing":
      case "ended":
        break;
      default:
        lifecycle.state satisfies never;
    }
  } catch (error) {
    if (error instanceof HeartbeatFailedError && error.cause instanceof CyclesError)
      throw new HeartbeatFailedError(lifecycle.id, error.settlement, error.cause, result);
    if (lifecycle.state.kind !== "ended" || lifecycle.state.failed === undefined) throw error;
  }
  if (lifecycle.state.kind === "ended" && lifecycle.state.failed !== undefined)
    throw notSettled(lifecycle.id, result, lifecycle.state.failed);
}

async function commitFrom<Result, Args extends readonly unknown[]>(
  lifecycle: Lifecycle,
  result: Result,
  source: ActualSource<Result, Args> | undefined,
  args: Args,
): Promise<void> {
  let note: Note | undefined;
  try {
    note = noteFrom(lifecycle, () =>
      typeof source === "function" ? source(result, ...args) : source,
    );
  } catch (cause) {
    throw costUnknown(lifecycle, result, cause);
  }
  if (note === undefined) throw costUnknown(lifecycle, result);
  await lifecycle.commit(note.actual, note.details, true);
}

/**
 * The spend according to the `actual` option; `undefined` if the cost is unknown.
 *
 * @throws the error of the function
 * @throws {@link CyclesValidationError} if it returns something other than an amount
 */
function noteFrom(
  { grant }: Lifecycle,
  source: () => Amount | "estimate" | undefined,
): Note | undefined {
  const { estimate } = grant;
  const actual = source();
  if (actual === undefined) return undefined;
  if (actual === "estimate")
    return { actual: estimate, details: { metadata: { actual_source: "estimate" } } };
  return { actual: checkActual(actual, estimate.unit), details: undefined };
}

function costUnknown(lifecycle: Lifecycle, result: unknown, cause?: unknown): ActualUnknownError {
  const error = new ActualUnknownError(lifecycle.id, result, cause);
  lifecycle.costUnknown(error);
  return error;
}

function notSettled(id: string, result: unknown, { spend, because }: FailedCommit): CyclesError {
  const { fate, error } = because;
  if (fate === "refused") return new SettlementRefusedError(id, spend.actual, result, error);
  // The operation's validator accepted this text before it was sent.
  const commit = JSON.parse(spend.commit.http.body ?? "") as CommitRequest;
  return new SettlementUnknownError(id, commit, result, error);
}
