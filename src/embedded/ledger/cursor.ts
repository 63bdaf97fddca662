/** A position in a sorted list: the sort value and the unique id of a row. */
export interface CursorPosition {
  readonly value: string | number;
  readonly id: string;
}

/**
 * Compares by value in one direction, then by id. The ids ascend in both directions, as on the
 * reference server.
 */
export function comparePositions(
  one: CursorPosition,
  other: CursorPosition,
  direction: "asc" | "desc" = "asc",
): number {
  if (one.value !== other.value) {
    return one.value < other.value === (direction === "asc") ? -1 : 1;
  }
  return one.id === other.id ? 0 : one.id < other.id ? -1 : 1;
}

/**
 * Encodes an opaque cursor. `binding` is the sort and the filters as text; the cursor is valid only
 * with these. It contains a position and not a count. If rows are added or removed between two
 * pages, no other row is repeated or skipped.
 */
export function encodeCursor(binding: string, { value, id }: CursorPosition): string {
  // Percent-encoded first, because btoa supports only Latin-1.
  return btoa(encodeURIComponent(JSON.stringify([binding, value, id])))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replaceAll("=", "");
}

/**
 * Decodes a cursor. Returns `undefined` if it is malformed, or belongs to other filters or another
 * sort.
 */
export function decodeCursor(binding: string, cursor: string): CursorPosition | undefined {
  const parts: unknown = parse(cursor);
  if (!isList(parts)) return undefined;
  const [bound, value, id] = parts;
  if (bound !== binding || typeof id !== "string") return undefined;
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
