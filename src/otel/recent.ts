/** A map that forgets its oldest entries, so that it can never grow without limit. */
export class Recent<Value> {
  readonly #most: number;
  readonly #entries = new Map<string, Value>();

  /** @param most how many entries it keeps */
  constructor(most: number) {
    this.#most = most;
  }

  get(key: string): Value | undefined {
    return this.#entries.get(key);
  }

  /** Adds an entry, or replaces it. Returns the entry that is forgotten for it, if there is one. */
  set(key: string, value: Value): Value | undefined {
    this.#entries.set(key, value);
    if (this.#entries.size <= this.#most) return undefined;
    for (const oldest of this.#entries.keys()) return this.take(oldest);
    return undefined;
  }

  /** Removes an entry and returns it. */
  take(key: string): Value | undefined {
    const value = this.#entries.get(key);
    this.#entries.delete(key);
    return value;
  }
}
