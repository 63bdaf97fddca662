/** A place in a sorted list: the sort value and the unique id of the last row that was handed out. */
export interface CursorPosition {
  readonly value: string | number;
  readonly id: string;
}

/**
 * An opaque cursor that remembers what it was made for: `binding` is the sort and the filters, as text. It names a
 * place rather than a count, so rows that come or go between two pages are neither repeated nor skipped.
 */
export function encodeCursor(binding: string, { value, id }: CursorPosition): string {
  // Percent-encoding first, because btoa takes Latin-1 only.
  return btoa(encodeURIComponent(JSON.stringify([binding, value, id])))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replaceAll("=", "");
}

/** The place in a cursor; `undefined` where it is broken, or was made for other filters or another sort. */
export function decodeCursor(binding: string, cursor: string): CursorPosition | undefined {
  const parts: unknown = parse(cursor);
  if (!isList(parts)) return undefined;
  const [madeFor, value, id] = parts;
  if (madeFor !== binding || typeof id !== "string") return undefined;
  return typeof value === "string" || typeof value === "number" ? { value, id } : undefined;
}

function parse(cursor: string): unknown {
  try {
    return JSON.parse(decodeURIComponent(atob(cursor.replaceAll("-", "+").replaceAll("_", "/"))));
  } catch {
    return undefined;
  }
}

function isList(value: unknown): value is readonly unknown[] {
  return Array.isArray(value);
}
