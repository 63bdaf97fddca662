/** A seeded random number generator (mulberry32). With the same seed, a campaign runs the same way again. */
export class Random {
  #state;

  /** @param {number} seed */
  constructor(seed) {
    this.#state = seed >>> 0;
  }

  /** Returns a number from 0 (included) to 1 (excluded). */
  next() {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = this.#state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }

  /**
   * Returns an integer from `least` to `most`, both included.
   * @param {number} least
   * @param {number} most
   */
  integer(least, most) {
    return least + Math.floor(this.next() * (most - least + 1));
  }

  /** Returns true with this probability. @param {number} probability from 0 to 1 */
  chance(probability) {
    return this.next() < probability;
  }

  /**
   * @template Item
   * @param {readonly Item[]} items
   */
  pick(items) {
    return items[this.integer(0, items.length - 1)];
  }

  /** Returns a random UUID (version 4). */
  uuid() {
    const hex = () => this.integer(0, 0xffff).toString(16).padStart(4, "0");
    const variant = this.pick(["8", "9", "a", "b"]);
    return `${hex()}${hex()}-${hex()}-4${hex().slice(1)}-${variant}${hex().slice(1)}-${hex()}${hex()}${hex()}`;
  }
}
