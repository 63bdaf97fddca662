import type { Answer, Pricing } from "./answer.js";
import type { EventReader, Report, Seen } from "./dialects/dialect.js";
import { EventBlocks } from "./event-blocks.js";
import { KeptBytes } from "./kept-bytes.js";
import { eventsOf, type StreamEvent, telling } from "./stream-event.js";
import type { CallSpend } from "./spend.js";

/** What the events of a stream contain. */
interface Content {
  readonly report: Report | undefined;
  readonly text: string;
  /** Whether text came after the last report, so that the report does not cover it. */
  readonly hasMoreText: boolean;
  readonly isComplete: boolean;
}

/**
 * Reads a stream of events.
 *
 * It keeps the bytes and reads them when the stream has ended. If the stream ended as it should,
 * only the events with usage are read, because reading all of them would take as much time as what
 * the SDK does with them.
 */
export class EventAnswer implements Answer {
  readonly #reader: () => EventReader;
  readonly #pricing: Pricing;
  readonly #bytes = new KeptBytes();
  /** Takes out events that the caller did not ask for; undefined if there are none. */
  readonly #blocks: EventBlocks | undefined;
  #hasEnded = false;

  /** @param hasExtra whether there may be events that the caller did not ask for */
  constructor(reader: () => EventReader, pricing: Pricing, hasExtra: boolean) {
    this.#reader = reader;
    this.#pricing = pricing;
    const isExtra = (event: StreamEvent) => readBy(reader(), event).isExtra === true;
    this.#blocks = hasExtra ? new EventBlocks(isExtra) : undefined;
  }

  read(bytes: Uint8Array): Uint8Array | undefined {
    this.#bytes.add(bytes);
    return this.#blocks === undefined ? bytes : this.#blocks.pass(bytes);
  }

  end(): Uint8Array | undefined {
    this.#hasEnded = true;
    return this.#blocks?.rest();
  }

  spend(): CallSpend {
    // If the stream has ended, a last event without an empty line after it is read all the same.
    const events = eventsOf(`${this.#bytes.text()}${this.#hasEnded ? "\n\n" : ""}`);
    const { report } = this.#final(this.#content(telling(events))) ?? {};
    if (report !== undefined) return this.#pricing.billed(report);
    const all = this.#content(events);
    return this.#pricing.partial(all.report, all.text);
  }

  /** The content, if the report in it is the last that the provider sends. */
  #final(content: Content): Content | undefined {
    const isWhole = content.isComplete || this.#hasEnded;
    return isWhole && !content.hasMoreText ? content : undefined;
  }

  #content(events: readonly StreamEvent[]): Content {
    const reader = this.#reader();
    let report: Report | undefined;
    let text = "";
    let hasMoreText = false;
    let isComplete = false;
    for (const event of events) {
      const seen = readBy(reader, event);
      text += seen.text ?? "";
      hasMoreText ||= seen.text !== undefined;
      if (seen.report !== undefined) {
        report = seen.report;
        hasMoreText = false;
      }
      isComplete ||= seen.isLast === true || seen.isExtra === true;
    }
    return { report, text, hasMoreText, isComplete };
  }
}

/** An event that cannot be read contains nothing. The caller gets it all the same. */
function readBy(reader: EventReader, event: StreamEvent): Seen {
  try {
    return reader.read(event);
  } catch {
    return {};
  }
}
