import type { components } from "../../generated/paths.js";
import type { Amount } from "../amount.js";
import { BudgetDeniedError, CyclesError } from "../errors.js";
import type { ReserveRequest } from "../params.js";
import type { SpendDetails } from "../settlement/details.js";
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
import type { FailedCommit } from "./state.js";

/**
 * What the work cost, if it did not say so itself: the estimate as a stand-in, or a function that reads it off the
 * result. The function can return `"estimate"`, too, or `undefined` if the cost cannot be known.
 */
export type ActualSource<Result, Args extends readonly unknown[] = []> =
  "estimate" | ((result: Result, ...args: Args) => Amount | "estimate" | undefined);

/** How a piece of work is run under a budget. */
export interface RunOptions<Result, Args extends readonly unknown[] = []> extends ReserveOptions {
  /**
   * What to commit if the work has noted nothing with `guard.setActual`. `"estimate"` commits the estimate and
   * marks the spend so in its metadata.
   */
  readonly actual?: ActualSource<Result, Args>;
  /** Supplies the result if the budget says no: a cheaper model, a cached answer. */
  readonly onDenied?: (error: BudgetDeniedError) => Result | PromiseLike<Result>;
}

/** A request, or how to make one from the arguments of the call. */
export type RequestSource<Args extends readonly unknown[]> =
  ReserveRequest | ((...args: Args) => ReserveRequest);

/** Reserve, work, settle: the whole life of one guarded call. */
export async function run<Result, Args extends readonly unknown[] = []>(
  context: GuardContext,
  request: ReserveRequest,
  work: (guard: Guard) => Result | PromiseLike<Result>,
  options: RunOptions<Result, Args>,
  args: Args,
): Promise<Result> {
  let life: Lifecycle;
  try {
    life = await reserve(context, request, options);
  } catch (error) {
    if (error instanceof BudgetDeniedError && options.onDenied) return options.onDenied(error);
    throw error;
  }
  let result: Result;
  try {
    result = await work(new Guard(life));
  } catch (error) {
    await settleFailed(life);
    throw error;
  }
  await settleDone(life, result, options.actual, args);
  return result;
}

/**
 * The work has thrown: what it noted is committed, else its budget goes back. The caller gets the work's own error;
 * what goes wrong here is in a notice.
 */
export async function settleFailed(life: Lifecycle): Promise<void> {
  await life.close().catch(() => undefined);
}

/** The work is done: its cost is committed, unless it has settled the guard itself. */
export async function settleDone<Result, Args extends readonly unknown[]>(
  life: Lifecycle,
  result: Result,
  source: ActualSource<Result, Args> | undefined,
  args: Args,
): Promise<void> {
  await life.idle();
  try {
    switch (life.state.kind) {
      case "open":
      case "unpriced":
        await commitFrom(life, result, source, args);
        break;
      case "noted":
      case "unknown":
      case "refused":
        await life.close();
        break;
      case "committing":
      case "releasing":
      case "ended":
        break;
      default:
        life.state satisfies never;
    }
  } catch (error) {
    if (error instanceof HeartbeatFailedError && error.cause instanceof CyclesError)
      throw new HeartbeatFailedError(life.id, error.settlement, error.cause, result);
    if (life.state.kind !== "ended" || life.state.failed === undefined) throw error;
  }
  if (life.state.kind === "ended" && life.state.failed !== undefined)
    throw notSettled(life.id, result, life.state.failed);
}

async function commitFrom<Result, Args extends readonly unknown[]>(
  life: Lifecycle,
  result: Result,
  source: ActualSource<Result, Args> | undefined,
  args: Args,
): Promise<void> {
  let found: Found | undefined;
  try {
    found = find(life, () => (typeof source === "function" ? source(result, ...args) : source));
  } catch (cause) {
    throw unknownCost(life, result, cause);
  }
  if (found === undefined) throw unknownCost(life, result);
  await life.commit(found.actual, found.details, true);
}

/** A spend that the work did not note. */
export interface Found {
  readonly actual: Amount;
  readonly details: SpendDetails | undefined;
}

/**
 * What the work cost, as the caller's function says it; `undefined` if it is not known.
 *
 * @throws what the function throws, and {@link CyclesValidationError} if it returns something that is no amount
 */
export function find(
  { grant }: Lifecycle,
  source: () => Amount | "estimate" | undefined,
): Found | undefined {
  const { estimate } = grant;
  const actual = source();
  if (actual === undefined) return undefined;
  if (actual === "estimate")
    return { actual: estimate, details: { metadata: { actual_source: "estimate" } } };
  return { actual: checkActual(actual, estimate.unit), details: undefined };
}

function unknownCost(life: Lifecycle, result: unknown, cause?: unknown): ActualUnknownError {
  const error = new ActualUnknownError(life.id, result, cause);
  life.costUnknown(error);
  return error;
}

function notSettled(id: string, result: unknown, { spend, because }: FailedCommit): CyclesError {
  const { fate, error } = because;
  if (fate === "refused") return new SettlementRefusedError(id, spend.actual, result, error);
  const commit = JSON.parse(spend.commit.http.body ?? "") as components["schemas"]["CommitRequest"];
  return new SettlementUnknownError(id, commit, result, error);
}
