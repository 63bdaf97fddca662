import { defaults } from "../../../generated/constants.js";
import { type CursorPosition, decodeCursor, encodeCursor } from "./cursor.js";
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

export interface Page<Row> {
  readonly rows: readonly Row[];
  /** The cursor of the next page; `undefined` on the last page. */
  readonly next: string | undefined;
}

/** Sorts the rows and returns one page, which begins after the cursor. */
export function page<Row>(rows: readonly Row[], paging: Paging<Row>): Page<Row> | Refusal {
  const { binding, position, cursor, limit = defaults.Limit } = paging;
  const sign = paging.direction === "asc" ? 1 : -1;
  const placed = rows.map((row) => ({ row, at: position(row) }));
  placed.sort((one, other) => sign * compare(one.at, other.at));

  const after = cursor === undefined ? undefined : decodeCursor(binding, cursor);
  if (cursor !== undefined && after === undefined) {
    return refuse(
      "INVALID_REQUEST",
      "cursor: does not belong to these filters and this sort; start again without a cursor",
    );
  }
  const left = after ? placed.filter(({ at }) => sign * compare(at, after) > 0) : placed;
  const taken = left.slice(0, limit);
  const last = taken.at(-1);
  const more = left.length > taken.length && last !== undefined;
  return {
    rows: taken.map(({ row }) => row),
    next: more ? encodeCursor(binding, last.at) : undefined,
  };
}

/** By value, then by id. */
function compare(one: CursorPosition, other: CursorPosition): number {
  if (one.value !== other.value) return one.value < other.value ? -1 : 1;
  return one.id === other.id ? 0 : one.id < other.id ? -1 : 1;
}
