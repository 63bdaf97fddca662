import { Refusal } from "./ledger/refusal.js";
import { canonical } from "./ledger/replay.js";

/** What a page says about the pages after it. */
export interface Page {
  next_cursor?: string;
  has_more?: boolean;
}

/**
 * A page out of a sorted list. The cursor names the last item of the page before and what the list was filtered
 * and sorted by: with other filters it is refused.
 */
export function cut<Item>(
  list: readonly Item[],
  idOf: (item: Item) => string,
  {
    limit,
    cursor,
    binding,
  }: { readonly limit: number; readonly cursor: string | undefined; readonly binding: object },
): Page & { items: readonly Item[] } {
  const bound = canonical(binding);
  const start =
    cursor === undefined ? 0 : list.findIndex((item) => idOf(item) === lastOf(cursor, bound)) + 1;
  const items = list.slice(start, start + limit);
  const last = items.at(-1);
  const more = start + limit < list.length;
  return {
    items,
    has_more: more,
    ...(more && last !== undefined && { next_cursor: encode({ last: idOf(last), bound }) }),
  };
}

function lastOf(cursor: string, bound: string): string {
  const decoded = decode(cursor);
  if (decoded?.bound !== bound) {
    throw new Refusal(
      400,
      "INVALID_REQUEST",
      "cursor: it belongs to a list with other filters or another order",
    );
  }
  return decoded.last;
}

function encode(value: { last: string; bound: string }): string {
  return encodeURIComponent(JSON.stringify(value));
}

function decode(cursor: string): { last: string; bound: string } | undefined {
  try {
    return JSON.parse(decodeURIComponent(cursor)) as { last: string; bound: string };
  } catch {
    return undefined;
  }
}
