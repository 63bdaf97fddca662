/** How often to look whether npm is still there, in milliseconds. */
const ORPHAN_CHECK = 250;

/** Aborts at Ctrl-C, at SIGTERM, and where the npx that started this process was ended. */
export function stopRequested(): AbortSignal {
  const stop = new AbortController();
  const abort = () => {
    stop.abort();
  };
  // Once: a second Ctrl-C ends what does not end by itself.
  process.once("SIGINT", abort);
  process.once("SIGTERM", abort);
  if (process.env["npm_lifecycle_event"] !== undefined) whenOrphaned(abort);
  return stop.signal;
}

/** npm passes a SIGTERM on to the shell between itself and us, which dies of it and says nothing. */
function whenOrphaned(abort: () => void): void {
  const parent = process.ppid;
  const check = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(check);
    abort();
  }, ORPHAN_CHECK);
  check.unref();
}
