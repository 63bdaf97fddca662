import type { Segment } from "./segment.js";

/** Syncs segments to the disk. Those that wait for the same segment share one call. */
export class SharedSync {
  readonly #running = new Map<Segment, Promise<void>>();
  readonly #next = new Map<Segment, Promise<void>>();

  /**
   * Resolves when the disk has all that was written to the segment before this call. Rejects with
   * the system's error. After that, the system may have dropped what it could not write and report
   * success for it, so the segment must be given up.
   */
  of(segment: Segment): Promise<void> {
    const running = this.#running.get(segment);
    if (running === undefined) return this.#start(segment);
    // The call that is running may have begun before the text was written.
    let next = this.#next.get(segment);
    if (next === undefined) {
      const start = () => {
        this.#next.delete(segment);
        return this.#start(segment);
      };
      next = running.then(start, start);
      this.#next.set(segment, next);
    }
    return next;
  }

  #start(segment: Segment): Promise<void> {
    const syncing = segment.sync().finally(() => {
      if (this.#running.get(segment) === syncing) this.#running.delete(segment);
    });
    this.#running.set(segment, syncing);
    return syncing;
  }
}
