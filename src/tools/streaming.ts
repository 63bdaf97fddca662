/** A function of any kind, as it is found in a tool. */
export type AnyFunction = (...args: never) => unknown;

/**
 * Whether a function is an `async function*`. Only of such a function is it known before the call
 * that it yields several results.
 */
export function isStreaming(candidate: AnyFunction): boolean {
  return Object.prototype.toString.call(candidate) === "[object AsyncGeneratorFunction]";
}

export function isAsyncIterable(value: unknown): value is AsyncIterable<unknown> {
  return typeof value === "object" && value !== null && Symbol.asyncIterator in value;
}

/** The last item of an iterable. Another value, or what its promise resolves to. */
export async function finalOf(result: unknown): Promise<unknown> {
  if (!isAsyncIterable(result)) return result;
  let last: unknown;
  for await (const item of result) last = item;
  return last;
}

/** The items of an iterable, or another value as the only item. */
export async function* itemsOf(result: unknown): AsyncGenerator<unknown, void, undefined> {
  if (isAsyncIterable(result)) yield* result;
  else yield await result;
}
