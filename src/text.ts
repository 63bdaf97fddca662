// Makes text from other sources safe to show to a person, on a terminal or in a log.

/**
 * Characters that a terminal executes or a reader cannot see: control characters, line separators,
 * bidirectional and zero-width marks.
 */
const HIDDEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

/** Returns the text on one line, with hidden characters written as `\u{…}`. */
export function plain(text: string): string {
  return text.replace(HIDDEN, (one) => `\\u{${(one.codePointAt(0) ?? 0).toString(16)}}`);
}

/** Returns at most `most` characters. If the text is longer, it ends with an ellipsis. */
export function cut(text: string, most: number): string {
  return text.length <= most ? text : `${text.slice(0, most - 1)}…`;
}

/**
 * Formats a time in ISO 8601. A time outside the range of `Date` is formatted as a number, because
 * a server may send any number.
 *
 * @param epochMs milliseconds since 1970
 */
export function isoTime(epochMs: number): string {
  return Math.abs(epochMs) <= LAST_MS
    ? new Date(epochMs).toISOString()
    : `${epochMs} ms after 1970`;
}

/** The latest time that a `Date` can hold, in milliseconds since 1970. */
const LAST_MS = 8.64e15;

const LONGEST = 60;

/**
 * Formats a value for an error message: short, and on one line. For objects, arrays and functions,
 * it shows only the type.
 */
export function quoted(value: unknown): string {
  switch (typeof value) {
    case "string":
      return value.length > LONGEST
        ? `${JSON.stringify(value.slice(0, LONGEST))}… (${value.length} characters)`
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
