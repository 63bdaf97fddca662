import { createParser } from "eventsource-parser";

/** One server-sent event. */
export interface StreamEvent {
  readonly event: string | undefined;
  readonly data: string;
}

/**
 * Reads the whole events of a text. An event that no empty line ends is left out, because its end has
 * not arrived.
 */
export function eventsOf(text: string): StreamEvent[] {
  const events: StreamEvent[] = [];
  const parser = createParser({
    onEvent: ({ event, data }) => {
      events.push({ event, data });
    },
  });
  parser.feed(text);
  return events;
}

/** An event without usage does not match. OpenAI has `"usage": null` in all events but one. */
const USAGE = /[uU]sage(?:Metadata)?"\s*:\s*\{/;

/** The events with usage, and all that come after the last of them. */
export function telling(events: readonly StreamEvent[]): readonly StreamEvent[] {
  const hasUsage = events.map(({ data }) => USAGE.test(data));
  const last = hasUsage.lastIndexOf(true);
  return events.filter((_, position) => position > last || hasUsage[position]);
}
