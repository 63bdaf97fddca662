/**
 * A semaphore with a priority queue. A fixed number of items run at a time. The others wait in
 * order, and items with priority start first.
 */
export class PrioritySemaphore<Item> {
  readonly #start: (item: Item) => void;
  readonly #priority: Item[] = [];
  readonly #others: Item[] = [];
  #free: number;
  #isStarting = false;

  constructor(permits: number, start: (item: Item) => void) {
    this.#free = permits;
    this.#start = start;
  }

  /** Starts the item as soon as a permit is free. */
  acquire(item: Item, priority: boolean): void {
    (priority ? this.#priority : this.#others).push(item);
    this.#startNext();
  }

  /** Returns a permit. Call it once for each item that was started. */
  release(): void {
    this.#free += 1;
    this.#startNext();
  }

  #startNext(): void {
    // A loop instead of recursion, because an item can end while it starts.
    if (this.#isStarting) return;
    this.#isStarting = true;
    while (this.#free > 0) {
      const next = this.#priority.shift() ?? this.#others.shift();
      if (next === undefined) break;
      this.#free -= 1;
      this.#start(next);
    }
    this.#isStarting = false;
  }
}
