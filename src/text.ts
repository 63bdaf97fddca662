// Text of others, made fit to be shown: to a person, on a terminal, in a log.

/** What a terminal obeys, or a reader cannot see: controls, line separators, bidirectional and zero-width marks. */
const HIDDEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

/** Text on one line, with what is hidden in it written as `\u{…}`. */
export function plain(text: string): string {
  return text.replace(HIDDEN, (one) => `\\u{${(one.codePointAt(0) ?? 0).toString(16)}}`);
}

/** At most `most` characters; the end is left out, and a dot sign says so. */
export function cut(text: string, most: number): string {
  return text.length <= most ? text : `${text.slice(0, most - 1)}…`;
}

/**
 * A moment for people, whatever a server says that it is: in ISO 8601, or as a number when no date is so far away.
 *
 * @param epochMs milliseconds since 1970
 */
export function isoTime(epochMs: number): string {
  return Math.abs(epochMs) <= LAST_MS
    ? new Date(epochMs).toISOString()
    : `${String(epochMs)} ms after 1970`;
}

/** The last moment that a `Date` can hold, in milliseconds since 1970. */
const LAST_MS = 8.64e15;

const LONGEST = 60;

/** A value as an error message quotes it: on one line, and never long. Objects are named, not written out. */
export function quoted(value: unknown): string {
  switch (typeof value) {
    case "string":
      return value.length > LONGEST
        ? `${JSON.stringify(value.slice(0, LONGEST))}… (${String(value.length)} characters)`
        : JSON.stringify(value);
    case "function":
      return "a function";
    case "object":
      if (value === null) return "null";
      return Array.isArray(value) ? "an array" : "an object";
    default: {
      const text = String(value);
      return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
    }
  }
}
