import type { AnswerHeaders } from "../../headers.js";

/** Headers as undici hands them over: by lower-case names. */
export class ReceivedHeaders implements AnswerHeaders {
  readonly #values: Readonly<Record<string, string | readonly string[] | undefined>>;

  constructor(values: Readonly<Record<string, string | readonly string[] | undefined>>) {
    this.#values = values;
  }

  get(name: string): string | null {
    const key = name.toLowerCase();
    const value = Object.hasOwn(this.#values, key) ? this.#values[key] : undefined;
    return typeof value === "object" ? value.join(", ") : (value ?? null);
  }

  *[Symbol.iterator](): Generator<[string, string], void> {
    for (const [name, value] of Object.entries(this.#values)) {
      for (const one of typeof value === "object" ? value : [value ?? ""]) yield [name, one];
    }
  }
}
