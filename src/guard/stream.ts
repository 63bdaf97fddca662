import { atMost } from "../clock.js";
import type { Runner } from "../context.js";
import { BudgetDeniedError } from "../errors.js";
import type { ReserveRequest } from "../params.js";
import type { GuardContext } from "./context.js";
import { captured } from "./current.js";
import type { Guard } from "./guard.js";
import type { Lifecycle } from "./lifecycle.js";
import { settleDone, settleFailed } from "./run.js";
import type { BudgetSource } from "./source.js";
import type { ActualSource, StreamOptions } from "./work-options.js";

/**
 * Reserves when the first item is requested, yields the items of the source, and settles at the
 * end, after an early `break`, and after an error.
 *
 * All that it runs, it runs in the context of this call, because the consumer may have another one.
 */
export function stream<Item>(
  context: GuardContext,
  from: BudgetSource,
  request: ReserveRequest,
  source: (guard: Guard) => AsyncIterable<Item> | PromiseLike<AsyncIterable<Item>>,
  options: StreamOptions<Item>,
): AsyncGenerator<Item, void, undefined> {
  return items(context, from, captured(), request, source, options);
}

async function* items<Item>(
  context: GuardContext,
  from: BudgetSource,
  here: Runner,
  request: ReserveRequest,
  source: (guard: Guard) => AsyncIterable<Item> | PromiseLike<AsyncIterable<Item>>,
  options: StreamOptions<Item>,
): AsyncGenerator<Item, void, undefined> {
  let lifecycle: Lifecycle;
  try {
    lifecycle = await here(() => from.reserve(request, options));
  } catch (error) {
    const { onDenied } = options;
    if (!(error instanceof BudgetDeniedError) || !onDenied) throw error;
    yield* here(() => onDenied(error));
    return;
  }
  const guard = from.toGuard(lifecycle);
  const within = here(() => from.around(guard));
  const { actual: given } = options;
  const actual = typeof given === "function" ? (last?: Item) => within(() => given(last)) : given;
  let last: Item | undefined;
  let iterator: AsyncIterator<Item> | undefined;
  let hasStarted = false;
  let hasFailed = true;
  let hasLeft = false;
  try {
    const started = (await within(() => source(guard)))[Symbol.asyncIterator]();
    iterator = started;
    for (;;) {
      const result = await within(() => started.next());
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
    const cleanedUp = hasLeft && iterator ? cleanUp(context, within, iterator) : undefined;
    await cleanedUp?.catch(() => undefined);
    if (hasLeft || !hasFailed) await settleDone(lifecycle, last, actual, []);
    else if (hasStarted) await settleBroken(lifecycle, last, actual);
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
  within: Runner,
  iterator: AsyncIterator<unknown>,
): Promise<void> {
  await atMost(clock, Promise.resolve(within(() => iterator.return?.())), settleTimeout);
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
