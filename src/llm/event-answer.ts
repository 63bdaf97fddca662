import { createParser, type EventSourceParser } from "eventsource-parser";
import type { Answer, Pricing } from "./answer.js";
import type { EventReader, Report } from "./dialects/dialect.js";
import { EventBlocks } from "./event-blocks.js";
import type { CallSpend } from "./spend.js";

/** Reads a stream of events. */
export class EventAnswer implements Answer {
  readonly #events: EventReader;
  readonly #pricing: Pricing;
  readonly #parser: EventSourceParser;
  readonly #decoder = new TextDecoder();
  /** Takes out events that the caller did not ask for; undefined if there are none. */
  readonly #blocks: EventBlocks | undefined;
  #report: Report | undefined;
  #text = "";
  /** Whether text came after the last report, so that the report does not cover it. */
  #hasNewText = false;
  #isComplete = false;
  #hasEnded = false;

  /** @param hasExtra whether there may be events that the caller did not ask for */
  constructor(events: EventReader, pricing: Pricing, hasExtra: boolean) {
    this.#events = events;
    this.#pricing = pricing;
    this.#blocks = hasExtra ? new EventBlocks() : undefined;
    this.#parser = createParser({
      onEvent: ({ event, data }) => {
        this.#read(event, data);
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

  get isComplete(): boolean {
    return this.#isComplete;
  }

  spend(): CallSpend {
    const isFinal = this.#isComplete || (this.#hasEnded && !this.#hasNewText);
    return this.#report !== undefined && isFinal
      ? this.#pricing.billed(this.#report)
      : this.#pricing.partial(this.#report, this.#text);
  }

  #read(event: string | undefined, data: string): void {
    const seen = this.#events.read({ event, data });
    if (seen.text !== undefined) {
      this.#text += seen.text;
      this.#hasNewText = true;
    }
    if (seen.report !== undefined) {
      this.#report = seen.report;
      this.#hasNewText = false;
    }
    if (seen.isLast === true || seen.isExtra === true) this.#isComplete = true;
    if (seen.isExtra === true) this.#blocks?.takeOut(data);
  }
}
