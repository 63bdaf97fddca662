import { comparePositions, type CursorPosition } from "./cursor.js";

/**
 * The ids of one tenant's reservations, by creation time and then by id: the order of a list. New
 * ids are merged at the next read, because many are added between two reads.
 */
export class CreationOrder {
  #sorted: CursorPosition[] = [];
  #added: CursorPosition[] = [];
  #deleted = 0;

  add(id: string, createdAt: number): void {
    this.#added.push({ id, value: createdAt });
  }

  /** Notes that a reservation has been deleted. `isKept` says which ids remain. */
  delete(isKept: (id: string) => boolean): void {
    this.#deleted += 1;
    // Up to half of the ids may belong to deleted reservations, so that few deletions copy the arrays.
    if (this.#deleted * 2 <= this.#sorted.length + this.#added.length) return;
    this.#deleted = 0;
    this.#sorted = this.#sorted.filter(({ id }) => isKept(id));
    this.#added = this.#added.filter(({ id }) => isKept(id));
  }

  /**
   * Returns the ids after a position, by creation time in one direction and then by id. Ids of deleted
   * reservations may be among them.
   */
  *ids(direction: "asc" | "desc", after: CursorPosition | undefined): Generator<string, void> {
    this.#merge();
    if (direction === "asc") {
      yield* this.#between(after ? this.#countUntil(after) : 0, this.#sorted.length);
      return;
    }
    if (after) yield* this.#between(this.#countUntil(after), this.#countFrom(after));
    let end = after ? this.#countEarlier(after) : this.#sorted.length;
    for (let last = this.#sorted[end - 1]; last !== undefined; last = this.#sorted[end - 1]) {
      const start = this.#countEarlier(last);
      yield* this.#between(start, end);
      end = start;
    }
  }

  *#between(start: number, end: number): Generator<string, void> {
    for (let index = start; index < end; index += 1) {
      const position = this.#sorted[index];
      if (position) yield position.id;
    }
  }

  #merge(): void {
    const added = this.#added.sort(comparePositions);
    const [first] = added;
    if (first === undefined) return;
    // Only ids after the first new one can move.
    const later = this.#sorted.splice(this.#countBefore(first));
    for (const position of later.concat(added).sort(comparePositions)) this.#sorted.push(position);
    this.#added = [];
  }

  /** The number of ids before a position. */
  #countBefore(position: CursorPosition): number {
    return this.#search((other) => comparePositions(other, position) < 0);
  }

  /** The number of ids before a position and at it. */
  #countUntil(position: CursorPosition): number {
    return this.#search((other) => comparePositions(other, position) <= 0);
  }

  /** The number of ids that are older than a position. */
  #countEarlier({ value }: CursorPosition): number {
    return this.#search((other) => other.value < value);
  }

  /** The number of ids that are not newer than a position. */
  #countFrom({ value }: CursorPosition): number {
    return this.#search((other) => other.value <= value);
  }

  /** The number of ids at the beginning for which `isBefore` holds. */
  #search(isBefore: (position: CursorPosition) => boolean): number {
    let [low, high] = [0, this.#sorted.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      const position = this.#sorted[middle];
      if (position && isBefore(position)) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
