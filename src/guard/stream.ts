import { atMost } from "../clock.js";
import { BudgetDeniedError } from "../errors.js";
import type { ReserveRequest } from "../params.js";
import type { GuardContext } from "./context.js";
import { Guard } from "./guard.js";
import type { Lifecycle } from "./lifecycle.js";
import { reserve, type ReserveOptions } from "./reserve.js";
import { type ActualSource, settleDone, settleFailed } from "./run.js";

/** Options of a stream that runs under a budget. */
export interface StreamOptions<Item> extends ReserveOptions {
  /** The amount to commit if nothing was noted. A function receives the last item. */
  readonly actual?: ActualSource<Item | undefined>;
  /** Returns the items if the reserve is denied, for example from a cheaper model. */
  readonly onDenied?: (error: BudgetDeniedError) => AsyncIterable<Item>;
}

/**
 * Reserves when the first item is requested, yields the items of the source, and settles at the
 * end, after an early `break`, and after an error.
 */
export async function* stream<Item>(
  context: GuardContext,
  request: ReserveRequest,
  source: (guard: Guard) => AsyncIterable<Item> | PromiseLike<AsyncIterable<Item>>,
  options: StreamOptions<Item>,
): AsyncGenerator<Item, void, undefined> {
  let lifecycle: Lifecycle;
  try {
    lifecycle = await reserve(context, request, options);
  } catch (error) {
    if (!(error instanceof BudgetDeniedError) || !options.onDenied) throw error;
    yield* options.onDenied(error);
    return;
  }
  const guard = new Guard(lifecycle);
  let last: Item | undefined;
  let iterator: AsyncIterator<Item> | undefined;
  let hasStarted = false;
  let hasFailed = true;
  let hasLeft = false;
  try {
    iterator = (await source(guard))[Symbol.asyncIterator]();
    for (;;) {
      const result = await iterator.next();
      if (result.done === true) break;
      hasStarted = true;
      last = result.value;
      // If the consumer stops with `break`, the code after `yield` does not run: not a failure.
      hasLeft = true;
      yield result.value;
      hasLeft = false;
    }
    hasFailed = false;
  } finally {
    const cleanedUp = hasLeft && iterator ? cleanUp(context, iterator) : undefined;
    await cleanedUp?.catch(() => undefined);
    if (hasLeft || !hasFailed) await settleDone(lifecycle, last, options.actual, []);
    else if (hasStarted) await settleBroken(lifecycle, last, options.actual);
    else await settleFailed(lifecycle);
    await cleanedUp;
  }
}

/**
 * Lets the source clean up after an early `break`, because it may then note its last usage. It has
 * at most `settleTimeout`, so that a source that hangs does not delay the commit for longer.
 */
async function cleanUp(
  { settings: { clock, settleTimeout } }: GuardContext,
  iterator: AsyncIterator<unknown>,
): Promise<void> {
  await atMost(clock, Promise.resolve(iterator.return?.()), settleTimeout);
}

/**
 * Settles after the source failed in the middle. Its items cost something, so nothing is released:
 * the cost is committed if it is known. Otherwise the lease lapses, and a notice reports it.
 */
async function settleBroken<Item>(
  lifecycle: Lifecycle,
  last: Item | undefined,
  actual: ActualSource<Item | undefined> | undefined,
): Promise<void> {
  try {
    await settleDone(lifecycle, last, actual, []);
  } catch {
    // The consumer gets the error of the source. A notice reports this one.
  }
}
