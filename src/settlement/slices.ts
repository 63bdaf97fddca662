/**
 * How long a slice of work may block the event loop, in milliseconds. A request needs several turns
 * of the event loop, and each of them may wait for a slice.
 */
const SLICE_MS = 5;

// Read when the module loads, so that a test framework's fake timers cannot stop the work.
const runtime: {
  readonly setTimeout: (callback: () => void, ms: number) => unknown;
  readonly setImmediate?: (callback: () => void) => unknown;
} = globalThis;
const { setTimeout: later, setImmediate: soon } = runtime;

/**
 * Returns a function to call between two steps of a long work. It returns `undefined` if the work
 * may go on, or a promise that lets other work run first.
 */
export function slices(): () => Promise<void> | undefined {
  let endsAt = performance.now() + SLICE_MS;
  return () => {
    if (performance.now() < endsAt) return undefined;
    return nextTurn().then(() => {
      endsAt = performance.now() + SLICE_MS;
    });
  };
}

/** Resolves in the next turn of the event loop. */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => {
    if (soon) soon(resolve);
    else later(resolve, 0);
  });
}
