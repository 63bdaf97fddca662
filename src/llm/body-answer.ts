import type { Answer, Pricing } from "./answer.js";
import type { EventReader, Report } from "./dialects/dialect.js";
import { isObject } from "./dialects/values.js";
import { KeptBytes } from "./kept-bytes.js";
import type { CallSpend } from "./spend.js";

/** Bodies over this size are not read for usage. */
const MAX_BYTES = 64 * 1024 * 1024;

/** Reads a body that is one JSON text. */
export class BodyAnswer implements Answer {
  readonly #pricing: Pricing;
  readonly #events: () => EventReader;
  readonly #isError: boolean;
  /** Undefined once the body is too large. */
  #bytes: KeptBytes | undefined = new KeptBytes();
  #hasEnded = false;

  /**
   * @param events reads the events of a stream that came as a JSON list
   * @param isError whether the response is an error, which costs nothing unless it has usage
   */
  constructor(events: () => EventReader, pricing: Pricing, isError: boolean) {
    this.#events = events;
    this.#pricing = pricing;
    this.#isError = isError;
  }

  read(bytes: Uint8Array): Uint8Array {
    this.#bytes?.add(bytes);
    if (this.#bytes !== undefined && this.#bytes.length > MAX_BYTES) this.#bytes = undefined;
    return bytes;
  }

  end(): undefined {
    this.#hasEnded = true;
    return undefined;
  }

  spend(): CallSpend | undefined {
    const { report, text } = this.#content();
    if (report !== undefined) return this.#pricing.billed(report);
    if (this.#isError) return undefined;
    // A provider that was cut off in the middle has written the whole answer.
    return text === undefined ? this.#pricing.estimated() : this.#pricing.partial(report, text);
  }

  #content(): { readonly report?: Report | undefined; readonly text?: string } {
    if (!this.#hasEnded || this.#bytes === undefined) return {};
    const body = parsed(this.#bytes.text());
    if (Array.isArray(body)) return this.#fromList(body);
    if (!isObject(body)) return {};
    return { report: this.#pricing.report(body), text: this.#pricing.text(body) };
  }

  #fromList(events: readonly unknown[]): { readonly report: Report | undefined; text: string } {
    const reader = this.#events();
    let report: Report | undefined;
    let text = "";
    for (const event of events) {
      const seen = reader.read({ data: JSON.stringify(event) });
      report = seen.report ?? report;
      text += seen.text ?? "";
    }
    return { report, text };
  }
}

function parsed(text: string): unknown {
  try {
    const body: unknown = JSON.parse(text);
    return body;
  } catch {
    return undefined;
  }
}
