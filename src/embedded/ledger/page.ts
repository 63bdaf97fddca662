import { defaults } from "../../../generated/constants.js";
import { comparePositions, type CursorPosition, decodeCursor, encodeCursor } from "./cursor.js";
import { refuse, type Refusal } from "./refusal.js";

/** How a list is split into pages. */
export interface Paging<Row> {
  /**
   * The sort and the filters as text. A cursor is valid only with the ones that it was made for.
   */
  readonly binding: string;
  readonly position: (row: Row) => CursorPosition;
  readonly direction: "asc" | "desc";
  readonly limit: number | undefined;
  readonly cursor: string | undefined;
}

/** The rows of a list. They may include rows before the cursor. */
export interface Rows<Row> {
  readonly rows: (after: CursorPosition | undefined) => Iterable<Row>;
  /** Whether the rows are in the order of the list. Then only the first ones after the cursor are read. */
  readonly areSorted: boolean;
}

export interface Page<Row> {
  readonly rows: readonly Row[];
  /** The cursor of the next page; `undefined` on the last page. */
  readonly next: string | undefined;
}

/**
 * Returns one page, which begins after the cursor. It neither copies nor sorts the whole list,
 * which can be long.
 */
export function page<Row>(
  { rows, areSorted }: Rows<Row>,
  paging: Paging<Row>,
): Page<Row> | Refusal {
  const { binding, position, cursor, limit = defaults.Limit } = paging;
  const after = cursor === undefined ? undefined : decodeCursor(binding, cursor);
  if (cursor !== undefined && after === undefined) {
    return refuse(
      "INVALID_REQUEST",
      "cursor: does not belong to these filters and this sort; start again without a cursor",
    );
  }
  const compare = (one: CursorPosition, other: CursorPosition) =>
    comparePositions(one, other, paging.direction);
  // One more row than the limit means that there is another page.
  const first: Placed<Row>[] = [];
  for (const row of rows(after)) {
    const at = position(row);
    if (after && compare(at, after) <= 0) continue;
    insert(first, { row, at }, compare);
    if (first.length <= limit) continue;
    if (areSorted) break;
    first.length = limit + 1;
  }
  const taken = first.slice(0, limit);
  const last = taken.at(-1);
  const more = first.length > taken.length && last !== undefined;
  return {
    rows: taken.map(({ row }) => row),
    next: more ? encodeCursor(binding, last.at) : undefined,
  };
}

interface Placed<Row> {
  readonly row: Row;
  readonly at: CursorPosition;
}

/** Inserts a row into a sorted list. Most rows of a long list come after its last one. */
function insert<Row>(
  sorted: Placed<Row>[],
  placed: Placed<Row>,
  compare: (one: CursorPosition, other: CursorPosition) => number,
): void {
  let index = sorted.length;
  for (let above = sorted[index - 1]; above !== undefined; above = sorted[index - 1]) {
    if (compare(above.at, placed.at) < 0) break;
    index -= 1;
  }
  sorted.splice(index, 0, placed);
}
