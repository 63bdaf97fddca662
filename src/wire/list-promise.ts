import { CyclesResponseError } from "../errors.js";
import { ApiPromise, type WithResponse } from "./api-promise.js";

/** What every page of a list carries beside its items. */
interface Page {
  readonly next_cursor?: string;
  readonly has_more?: boolean;
}

/**
 * A list: awaited, it is the first page; iterated, it is every item of every page. Nothing is sent before one of
 * the two.
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
export class ListPromise<Body extends Page, Item>
  extends ApiPromise<Body>
  implements AsyncIterable<Item>
{
  readonly #fetchPage: (cursor: string | undefined) => Promise<WithResponse<Body>>;
  readonly #itemsOf: (page: Body) => readonly Item[];

  /** @internal */
  constructor(
    fetchPage: (cursor: string | undefined) => Promise<WithResponse<Body>>,
    itemsOf: (page: Body) => readonly Item[],
  ) {
    super(() => fetchPage(undefined));
    this.#fetchPage = fetchPage;
    this.#itemsOf = itemsOf;
  }

  async *[Symbol.asyncIterator](): AsyncIterator<Item, void, undefined> {
    const seen = new Set<string>();
    let { data: page, status } = await this.withResponse();
    for (;;) {
      yield* this.#itemsOf(page);
      const cursor = page.next_cursor;
      if (cursor === undefined || cursor === "" || page.has_more === false) return;
      if (seen.has(cursor)) {
        throw new CyclesResponseError(
          "The server handed out the same cursor twice: the list would never end",
          { status, retryable: false },
        );
      }
      seen.add(cursor);
      ({ data: page, status } = await this.#fetchPage(cursor));
    }
  }
}
