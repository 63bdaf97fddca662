interface Deadline {
  readonly at: number;
  readonly id: string;
}

/**
 * A binary heap of ids, by deadline. An extension adds the id again with a later deadline, so the
 * caller must check whether a returned id is really due.
 */
export class Deadlines {
  #heap: Deadline[] = [];

  get size(): number {
    return this.#heap.length;
  }

  add(id: string, at: number): void {
    const heap = this.#heap;
    const added = { at, id };
    let index = heap.length;
    heap.push(added);
    while (index > 0) {
      const parent = (index - 1) >> 1;
      const above = heap[parent];
      if (above === undefined || above.at <= at) break;
      heap[index] = above;
      index = parent;
    }
    heap[index] = added;
  }

  /** Removes and returns the earliest id whose deadline has passed. */
  take(now: number): string | undefined {
    const earliest = this.#heap[0];
    if (earliest === undefined || earliest.at >= now) return undefined;
    const last = this.#heap.pop();
    if (last !== undefined && this.#heap.length > 0) this.#sink(last);
    return earliest.id;
  }

  /** Removes the ids that no longer need a deadline. */
  prune(isNeeded: (id: string, at: number) => boolean): void {
    // A sorted array is a heap.
    this.#heap = this.#heap
      .filter(({ id, at }) => isNeeded(id, at))
      .sort((one, other) => one.at - other.at);
  }

  #sink(moved: Deadline): void {
    const heap = this.#heap;
    let index = 0;
    for (;;) {
      let child = 2 * index + 1;
      let below = heap[child];
      if (below === undefined) break;
      const right = heap[child + 1];
      if (right !== undefined && right.at < below.at) {
        child += 1;
        below = right;
      }
      if (below.at >= moved.at) break;
      heap[index] = below;
      index = child;
    }
    heap[index] = moved;
  }
}
