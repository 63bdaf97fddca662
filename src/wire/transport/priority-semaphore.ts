/**
 * Lets so many at a time begin. The others wait in two lines, each in its order, and those of the first line go before
 * all of the second.
 */
export class PrioritySemaphore<Item> {
  readonly #begin: (item: Item) => void;
  readonly #first: Item[] = [];
  readonly #second: Item[] = [];
  #free: number;
  #letting = false;

  constructor(places: number, begin: (item: Item) => void) {
    this.#free = places;
    this.#begin = begin;
  }

  enter(item: Item, first: boolean): void {
    (first ? this.#first : this.#second).push(item);
    this.#letIn();
  }

  /** For each item that began, once. */
  leave(): void {
    this.#free += 1;
    this.#letIn();
  }

  #letIn(): void {
    // An item may leave while it begins, and what waits behind it may do the same: a loop, not a recursion.
    if (this.#letting) return;
    this.#letting = true;
    while (this.#free > 0) {
      const next = this.#first.shift() ?? this.#second.shift();
      if (next === undefined) break;
      this.#free -= 1;
      this.#begin(next);
    }
    this.#letting = false;
  }
}
