import { setImmediate } from "node:timers/promises";

/** How long a slice of work may block the event loop, in milliseconds. */
const SLICE_MS = 10;

/** Returns a function that lets other work run when the current slice is over. */
export function slices(): () => Promise<void> | undefined {
  let startedAt = performance.now();
  return () => {
    if (performance.now() - startedAt < SLICE_MS) return undefined;
    return setImmediate().then(() => {
      startedAt = performance.now();
    });
  };
}
