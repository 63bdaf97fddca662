/** The longest request body, in bytes. Requests of the protocol are far smaller. */
export const MAX_BODY_BYTES = 2 ** 20;

/** The deepest nesting of a request body, because code that walks over it can recurse. */
export const MAX_DEPTH = 100;

/** Whether the UTF-8 form of `text` has more than `limit` bytes. */
export function isLongerThan(text: string, limit: number): boolean {
  if (text.length > limit) return true;
  // A UTF-16 unit takes one to three bytes. Only texts in between must be counted.
  return text.length * 3 > limit && new TextEncoder().encode(text).length > limit;
}

/** Whether a parsed JSON value has at most `levels` levels of objects and arrays. */
export function isNestedWithin(value: unknown, levels: number): boolean {
  if (typeof value !== "object" || value === null) return true;
  return levels > 0 && Object.values(value).every((item) => isNestedWithin(item, levels - 1));
}
