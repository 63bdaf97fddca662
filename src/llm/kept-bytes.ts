/** The capacity before the first growth. Most answers of chat models fit into a few doublings. */
const INITIAL_BYTES = 4_096;

/**
 * Keeps copies of bytes. The caller of a metered `fetch` owns the bytes that it was handed, and may
 * change them or move them to another thread.
 */
export class KeptBytes {
  #kept = new Uint8Array(0);
  #length = 0;

  add(bytes: Uint8Array): void {
    const length = this.#length + bytes.length;
    if (length > this.#kept.length) {
      const larger = new Uint8Array(Math.max(INITIAL_BYTES, length, 2 * this.#kept.length));
      larger.set(this.#kept.subarray(0, this.#length));
      this.#kept = larger;
    }
    this.#kept.set(bytes, this.#length);
    this.#length = length;
  }

  get length(): number {
    return this.#length;
  }

  /** All bytes as text in UTF-8. */
  text(): string {
    return new TextDecoder().decode(this.#kept.subarray(0, this.#length));
  }
}
