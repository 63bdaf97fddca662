/** A value that comes once, and the promise of it for those who ask: nearly nobody does, and a promise has its price. */
export class Deferred<T> {
  #come: { readonly value: T } | undefined;
  #promise: Promise<T> | undefined;
  #resolve: ((value: T) => void) | undefined;

  /** Resolves, and never rejects. */
  get promise(): Promise<T> {
    return (this.#promise ??= this.#come
      ? Promise.resolve(this.#come.value)
      : new Promise((resolve) => {
          this.#resolve = resolve;
        }));
  }

  /** The first value counts. */
  resolve(value: T): void {
    this.#come ??= { value };
    this.#resolve?.(value);
  }
}
