interface Deadline {
  readonly at: number;
  readonly id: string;
}

/**
 * Ids by the time at which they are due, the earliest first: a binary heap. An id may stand in it several times
 * (an extension adds a later one), so what comes out is a reason to look, not a verdict.
 */
export class Deadlines {
  readonly #heap: Deadline[] = [];

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

  /** Takes out the earliest id whose time has passed, if there is one. */
  take(now: number): string | undefined {
    const earliest = this.#heap[0];
    if (earliest === undefined || earliest.at >= now) return undefined;
    const last = this.#heap.pop();
    if (last !== undefined && this.#heap.length > 0) this.#sink(last);
    return earliest.id;
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
