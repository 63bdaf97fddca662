import type { OperationId } from "../../generated/operations.js";
import { CyclesResponseError } from "../errors.js";
import { ApiPromise, type WithResponse } from "./api-promise.js";

/** The members that every page of a list has in addition to its items. */
interface ListBody {
  readonly next_cursor?: string;
  readonly has_more?: boolean;
}

/**
 * A list. Await it for the first page, or iterate over the items of all pages. The first request is
 * sent when you do either.
 *
 * @example
 * ```ts
 * import type { CyclesClient } from "cycles-client";
 * async function countActive(cycles: CyclesClient) {
 *   let active = 0;
 *   for await (const _ of cycles.listReservations({ status: "ACTIVE" })) active += 1;
 *   return active;
 * }
 * ```
 */
export class ListPromise<Body extends ListBody, Item>
  extends ApiPromise<Body>
  implements AsyncIterable<Item>
{
  readonly #operation: OperationId;
  readonly #fetchPage: (cursor: string | undefined) => Promise<WithResponse<Body>>;
  readonly #itemsOf: (page: Body) => readonly Item[];

  /** @internal */
  constructor(
    operation: OperationId,
    fetchPage: (cursor: string | undefined) => Promise<WithResponse<Body>>,
    itemsOf: (page: Body) => readonly Item[],
  ) {
    super(() => fetchPage(undefined));
    this.#operation = operation;
    this.#fetchPage = fetchPage;
    this.#itemsOf = itemsOf;
  }

  /**
   * @throws {@link CyclesResponseError} if pages repeat, stay empty, or do not end after 10,000
   * pages.
   */
  async *[Symbol.asyncIterator](): AsyncIterator<Item, void, undefined> {
    const seen = new Set<string>();
    let empty = 0;
    let { data: page, status } = await this.withResponse();
    for (;;) {
      const items = this.#itemsOf(page);
      yield* items;
      const cursor = page.next_cursor;
      if (!cursor || page.has_more === false) return;
      empty = items.length === 0 ? empty + 1 : 0;
      const why = endless(seen, cursor, empty);
      if (why !== undefined) {
        throw new CyclesResponseError(`${this.#operation}: the list does not end. ${why}`, {
          status,
          operation: this.#operation,
          retryable: false,
        });
      }
      seen.add(cursor);
      ({ data: page, status } = await this.#fetchPage(cursor));
    }
  }
}

/** A filter that matches few items can leave pages empty, but not this many in a row. */
const MOST_EMPTY_PAGES = 100;
/** With the protocol's largest page of 200 items, this is two million items. */
const MOST_PAGES = 10_000;

/** Why reading stops; `undefined` while the list can still end. */
function endless(seen: ReadonlySet<string>, cursor: string, empty: number): string | undefined {
  if (seen.has(cursor)) return "The server returned the same cursor twice";
  if (empty >= MOST_EMPTY_PAGES)
    return `The last ${empty} pages were empty, and the server still returns cursors`;
  if (seen.size + 1 >= MOST_PAGES)
    return `${MOST_PAGES} pages were read. Narrow the filter, raise \`limit\`, or read page by page with \`cursor\``;
  return undefined;
}
