/**
 * A semaphore with a priority queue: a fixed number of items run at a time. The others wait in
 * order, and those with priority go before all others.
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

  /** Gives a permit back. Call it once for each item that was started. */
  release(): void {
    this.#free += 1;
    this.#startNext();
  }

  #startNext(): void {
    // An item can end while it starts, and so can the next one: a loop, not a recursion.
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
