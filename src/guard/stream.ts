import { BudgetDeniedError } from "../errors.js";
import type { Guard } from "./guard.js";
import { type Desk, reserve, type ReserveOptions, type ReserveRequest } from "./reserve.js";
import { type ActualSource, settleDone, settleFailed } from "./run.js";

/** How a stream is run under a budget. */
export interface StreamOptions<Item> extends ReserveOptions {
  /** What to commit where nothing was noted; a function is handed the last item, which often carries the usage. */
  readonly actual?: ActualSource<Item | undefined>;
  /** Supplies the items where the budget says no. */
  readonly onDenied?: (error: BudgetDeniedError) => AsyncIterable<Item>;
}

/**
 * Reserves when the first item is asked for, yields the items through while the lease is held, and settles at the
 * end, at an early `break`, and at an error.
 */
export async function* stream<Item>(
  desk: Desk,
  request: ReserveRequest,
  source: (guard: Guard) => AsyncIterable<Item> | PromiseLike<AsyncIterable<Item>>,
  options: StreamOptions<Item>,
): AsyncGenerator<Item, void, undefined> {
  let guard: Guard;
  try {
    guard = await reserve(desk, request, options);
  } catch (error) {
    if (!(error instanceof BudgetDeniedError) || !options.onDenied) throw error;
    yield* options.onDenied(error);
    return;
  }
  let last: Item | undefined;
  let started = false;
  let failed = true;
  try {
    for await (const item of await source(guard)) {
      started = true;
      last = item;
      // Until it is asked for the next item, the stream may be left by `break`: that is no failure.
      failed = false;
      yield item;
      failed = true;
    }
    failed = false;
  } finally {
    if (!failed) await settleDone(guard, last, options.actual, []);
    else if (started) await settleBroken(guard, last, options.actual);
    else await settleFailed(guard);
  }
}

/**
 * The source failed after it had given something: that has been paid for, so nothing is released. What is known is
 * committed; what is not lapses with the lease, and is reported.
 */
async function settleBroken<Item>(
  guard: Guard,
  last: Item | undefined,
  actual: ActualSource<Item | undefined> | undefined,
): Promise<void> {
  if (guard.actual === undefined && actual === undefined) {
    guard.report({ type: "actual_unknown", reservationId: guard.id });
    guard.abandon();
    return;
  }
  if (guard.actual === undefined && actual !== undefined) {
    try {
      guard.setActual(
        actual === "estimate" ? guard.request.estimate : actual(last),
        actual === "estimate" ? { metadata: { actual_source: "estimate" } } : {},
      );
    } catch {
      guard.report({ type: "actual_unknown", reservationId: guard.id });
      guard.abandon();
      return;
    }
  }
  await settleFailed(guard);
}
