import process from "node:process";

interface Flushed {
  flush(): void;
}

const waiting = new Set<Flushed>();
let listens = false;

/**
 * Flushes a log when the process exits. A program may call `process.exit` in the turn of the event
 * loop in which it committed.
 */
export function atExit(log: Flushed): void {
  waiting.add(log);
  if (listens) return;
  listens = true;
  process.on("exit", () => {
    for (const each of waiting) each.flush();
  });
}

/** Called when a log has nothing more to write. */
export function notAtExit(log: Flushed): void {
  waiting.delete(log);
}
