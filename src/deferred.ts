/**
 * A value that arrives once, and a promise of it. The promise is only created when a caller asks
 * for it: few callers ask, and promises cost memory.
 */
export class Deferred<T> {
  #result: { readonly value: T } | undefined;
  #promise: Promise<T> | undefined;
  #resolve: ((value: T) => void) | undefined;

  /** Resolves with the value, and never rejects. */
  get promise(): Promise<T> {
    return (this.#promise ??= this.#result
      ? Promise.resolve(this.#result.value)
      : new Promise((resolve) => {
          this.#resolve = resolve;
        }));
  }

  /** Sets the value. Only the first call has an effect. */
  resolve(value: T): void {
    this.#result ??= { value };
    this.#resolve?.(value);
  }
}
