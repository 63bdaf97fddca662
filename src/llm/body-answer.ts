import type { Answer, Pricing } from "./answer.js";
import type { EventReader, JsonObject, Report } from "./dialects/dialect.js";
import type { CallSpend } from "./spend.js";

/** Bodies over this size are not read for usage. */
const MAX_BYTES = 64 * 1024 * 1024;

/** Reads a body that is one JSON text. */
export class BodyAnswer implements Answer {
  readonly #pricing: Pricing;
  readonly #events: () => EventReader;
  readonly #isError: boolean;
  #parts: Uint8Array[] = [];
  #bytes = 0;
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
    this.#bytes += bytes.length;
    if (this.#bytes <= MAX_BYTES) this.#parts.push(bytes);
    else this.#parts = [];
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
    if (!this.#hasEnded) return {};
    const body = parsed(this.#parts);
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

function parsed(parts: readonly Uint8Array[]): unknown {
  const decoder = new TextDecoder();
  const text = parts.map((part) => decoder.decode(part, { stream: true })).join("");
  try {
    const body: unknown = JSON.parse(text + decoder.decode());
    return body;
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null;
}
