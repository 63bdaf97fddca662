const LONGEST = 60;

/** A value as an error message quotes it: on one line, and never long. Objects are named, not written out. */
export function shown(value: unknown): string {
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
