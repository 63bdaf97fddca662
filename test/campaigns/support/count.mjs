/** Counts events by name. */
export class Count {
  /** @type {Map<string, number>} */
  #counts;

  /** @param {readonly string[]} [names] names that are listed even if their count is 0 */
  constructor(names = []) {
    this.#counts = new Map(names.map((name) => [name, 0]));
  }

  /** @param {string} name */
  add(name, times = 1) {
    this.#counts.set(name, (this.#counts.get(name) ?? 0) + times);
  }

  get total() {
    return [...this.#counts.values()].reduce((sum, times) => sum + times, 0);
  }

  entries() {
    return [...this.#counts];
  }
}
