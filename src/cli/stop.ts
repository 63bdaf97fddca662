/** The interval between checks of the parent process, in milliseconds. */
const ORPHAN_CHECK = 250;

/** Aborts at Ctrl-C, at SIGTERM, and when the npx that started this process ends. */
export function stopRequested(): AbortSignal {
  const stop = new AbortController();
  const abort = () => {
    stop.abort();
  };
  // Once, so that a second Ctrl-C ends a process that hangs.
  process.once("SIGINT", abort);
  process.once("SIGTERM", abort);
  if (process.env["npm_lifecycle_event"] !== undefined) whenOrphaned(abort);
  return stop.signal;
}

/**
 * Without this check, the process would outlive npm, which sends SIGTERM only to the shell between
 * npm and this process.
 */
function whenOrphaned(abort: () => void): void {
  const parent = process.ppid;
  const check = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(check);
    abort();
  }, ORPHAN_CHECK);
  check.unref();
}
