import { createParser, type EventSourceParser } from "eventsource-parser";
import type { Answer, Pricing } from "./answer.js";
import type { EventReader, Report, Seen } from "./dialects/dialect.js";
import { EventBlocks } from "./event-blocks.js";
import type { CallSpend } from "./spend.js";

/** One event of a stream. */
interface StreamEvent {
  readonly event: string | undefined;
  readonly data: string;
}

/** What the events of a stream contain. */
interface Content {
  readonly report: Report | undefined;
  readonly text: string;
  /** Whether text came after the last report, so that the report does not cover it. */
  readonly hasMoreText: boolean;
  readonly isComplete: boolean;
}

/** An event without usage does not match. OpenAI has `"usage": null` in all events but one. */
const USAGE = /[uU]sage(?:Metadata)?"\s*:\s*\{/;

/**
 * Reads a stream of events.
 *
 * It keeps the events and reads them when the stream has ended. If the stream ended as it should,
 * only those with usage are read, because reading all of them would take as much time as what the
 * SDK does with them.
 */
export class EventAnswer implements Answer {
  readonly #reader: () => EventReader;
  readonly #pricing: Pricing;
  readonly #parser: EventSourceParser;
  readonly #decoder = new TextDecoder();
  readonly #events: StreamEvent[] = [];
  /** The positions of the events with usage. */
  readonly #withUsage: number[] = [];
  /** Takes out events that the caller did not ask for; undefined if there are none. */
  readonly #blocks: EventBlocks | undefined;
  #hasEnded = false;

  /** @param hasExtra whether there may be events that the caller did not ask for */
  constructor(reader: () => EventReader, pricing: Pricing, hasExtra: boolean) {
    this.#reader = reader;
    this.#pricing = pricing;
    const blocks = hasExtra ? new EventBlocks() : undefined;
    this.#blocks = blocks;
    this.#parser = createParser({
      onEvent: ({ event, data }) => {
        const position = this.#events.push({ event, data }) - 1;
        if (!USAGE.test(data)) return;
        this.#withUsage.push(position);
        if (blocks && readBy(reader(), { event, data }).isExtra === true) blocks.takeOut(data);
      },
    });
  }

  read(bytes: Uint8Array): Uint8Array | undefined {
    this.#parser.feed(this.#decoder.decode(bytes, { stream: true }));
    return this.#blocks === undefined ? bytes : this.#blocks.pass(bytes);
  }

  end(): Uint8Array | undefined {
    // A last event without an empty line after it is read all the same.
    this.#parser.feed(`${this.#decoder.decode()}\n\n`);
    this.#hasEnded = true;
    return this.#blocks?.rest();
  }

  spend(): CallSpend {
    const { report } = this.#final(this.#content(this.#telling())) ?? {};
    if (report !== undefined) return this.#pricing.billed(report);
    const all = this.#content(this.#events);
    return this.#pricing.partial(all.report, all.text);
  }

  /** The events with usage, and all that come after the last of them. */
  #telling(): readonly StreamEvent[] {
    const last = this.#withUsage.at(-1) ?? -1;
    const withUsage = this.#withUsage.flatMap((position) => this.#events[position] ?? []);
    return [...withUsage, ...this.#events.slice(last + 1)];
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
