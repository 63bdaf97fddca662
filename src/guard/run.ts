import type { CommitRequest, EventCreateRequest } from "../../generated/paths.js";
import type { Amount } from "../amount.js";
import { BudgetDeniedError, CyclesError } from "../errors.js";
import type { ReserveRequest } from "../params.js";
import { checkActual } from "./actual.js";
import {
  ActualUnknownError,
  HeartbeatFailedError,
  SettlementRefusedError,
  SettlementUnknownError,
} from "./errors.js";
import type { Guard } from "./guard.js";
import type { Lifecycle } from "./lifecycle.js";
import type { BudgetSource } from "./source.js";
import type { FailedCommit, Note } from "./transition.js";
import type { ActualSource, RunOptions } from "./work-options.js";

/** Reserves, runs the work and settles. */
export async function run<Result, Args extends readonly unknown[] = []>(
  from: BudgetSource,
  request: ReserveRequest,
  work: (guard: Guard) => Result | PromiseLike<Result>,
  options: RunOptions<Result, Args>,
  args: Args,
): Promise<Result> {
  let lifecycle: Lifecycle;
  try {
    lifecycle = await from.reserve(request, options);
  } catch (error) {
    if (error instanceof BudgetDeniedError && options.onDenied) return options.onDenied(error);
    throw error;
  }
  let result: Result;
  try {
    const guard = from.toGuard(lifecycle);
    result = await from.around(guard)(() => work(guard));
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

/**
 * Settles after the work has returned: commits its cost, unless the work has settled the guard.
 *
 * In the mode `observe`, only notices report failures, because the caller needs the result.
 */
export async function settleDone<Result, Args extends readonly unknown[]>(
  lifecycle: Lifecycle,
  result: Result,
  source: ActualSource<Result, Args> | undefined,
  args: Args,
): Promise<void> {
  try {
    await settleOrThrow(lifecycle, result, source, args);
  } catch (error) {
    if (!lifecycle.grant.observes) throw error;
  }
}

async function settleOrThrow<Result, Args extends readonly unknown[]>(
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
    if (error instanceof HeartbeatFailedError) throw withResult(error, result);
    if (lifecycle.state.kind !== "ended" || lifecycle.state.failed === undefined) throw error;
  }
  if (lifecycle.state.kind === "ended" && lifecycle.state.failed !== undefined)
    throw notSettled(lifecycle.id, result, lifecycle.state.failed);
}

/** The error of a commit whose heartbeat failed, with the result of the work. */
export function withResult(error: HeartbeatFailedError, result: unknown): HeartbeatFailedError {
  const { cause, reservationId, settlement } = error;
  if (!(cause instanceof CyclesError)) return error;
  return new HeartbeatFailedError(reservationId, settlement, cause, result);
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
  // These texts are bodies that were sent.
  const commit = JSON.parse(spend.logged?.commit ?? "") as CommitRequest;
  const event =
    spend.mode === "event"
      ? (JSON.parse(spend.event.http.body ?? "") as EventCreateRequest)
      : undefined;
  return new SettlementUnknownError(id, commit, event, result, error);
}
