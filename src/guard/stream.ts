import { atMost } from "../clock.js";
import { BudgetDeniedError } from "../errors.js";
import type { ReserveRequest } from "../params.js";
import type { GuardContext } from "./context.js";
import { Guard } from "./guard.js";
import type { Lifecycle } from "./lifecycle.js";
import { reserve, type ReserveOptions } from "./reserve.js";
import { type ActualSource, settleDone, settleFailed } from "./run.js";

/** How a stream is run under a budget. */
export interface StreamOptions<Item> extends ReserveOptions {
  /** What to commit if nothing was noted; a function is handed the last item, which often carries the usage. */
  readonly actual?: ActualSource<Item | undefined>;
  /** Supplies the items if the budget says no. */
  readonly onDenied?: (error: BudgetDeniedError) => AsyncIterable<Item>;
}

/**
 * Reserves when the first item is asked for, yields the items through while the lease is held, and settles at the
 * end, at an early `break`, and at an error.
 */
export async function* stream<Item>(
  context: GuardContext,
  request: ReserveRequest,
  source: (guard: Guard) => AsyncIterable<Item> | PromiseLike<AsyncIterable<Item>>,
  options: StreamOptions<Item>,
): AsyncGenerator<Item, void, undefined> {
  let life: Lifecycle;
  try {
    life = await reserve(context, request, options);
  } catch (error) {
    if (!(error instanceof BudgetDeniedError) || !options.onDenied) throw error;
    yield* options.onDenied(error);
    return;
  }
  const guard = new Guard(life);
  let last: Item | undefined;
  let iterator: AsyncIterator<Item> | undefined;
  let started = false;
  let failed = true;
  let left = false;
  try {
    iterator = (await source(guard))[Symbol.asyncIterator]();
    for (;;) {
      const step = await iterator.next();
      if (step.done === true) break;
      started = true;
      last = step.value;
      // Until the consumer asks for the next item it may leave the stream by `break`: that is no failure.
      left = true;
      yield step.value;
      left = false;
    }
    failed = false;
  } finally {
    const cleanedUp = left && iterator ? cleanUp(context, iterator) : undefined;
    await cleanedUp?.catch(() => undefined);
    if (left || !failed) await settleDone(life, last, options.actual, []);
    else if (started) await settleBroken(life, last, options.actual);
    else await settleFailed(life);
    await cleanedUp;
  }
}

/**
 * Lets a source that is left early clean up, which may note its last usage. One that hangs does not keep the spend from
 * the ledger: it gets `settleTimeout`.
 */
async function cleanUp(
  { settings: { clock, settleTimeout } }: GuardContext,
  iterator: AsyncIterator<unknown>,
): Promise<void> {
  await atMost(clock, Promise.resolve(iterator.return?.()), settleTimeout);
}

/**
 * The source failed after it had given something: that has been paid for, so nothing is released. What is known is
 * committed; what is not lapses with the lease, and is reported.
 */
async function settleBroken<Item>(
  life: Lifecycle,
  last: Item | undefined,
  actual: ActualSource<Item | undefined> | undefined,
): Promise<void> {
  try {
    await settleDone(life, last, actual, []);
  } catch {
    // The consumer gets the source's error; a notice says this one.
  }
}
