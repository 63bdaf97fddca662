import { CyclesResponseError, CyclesValidationError, ListPromise } from "cycles-client";
import { describe, expect, it } from "vitest";
import { balance, detail, refusal } from "../support/responses.js";
import { against, rejection } from "../support/server.js";

const row = (reservation_id: string) => ({ ...detail, reservation_id });
const page = (ids: string[], rest: object = {}) => ({
  body: { reservations: ids.map(row), ...rest },
});

/** The query that the server saw, in order. */
const queryOf = (url: string) =>
  Object.fromEntries(new URL(url, "http://server").searchParams.entries());

async function idsOf(list: AsyncIterable<{ reservation_id: string }>) {
  const ids: string[] = [];
  for await (const { reservation_id } of list) ids.push(reservation_id);
  return ids;
}

describe("a list", () => {
  it("sends nothing before it is awaited or iterated", async () => {
    const { client, received } = await against([page(["a"])]);
    const list = client.listReservations({ status: "ACTIVE" });
    expect(list).toBeInstanceOf(ListPromise);
    await new Promise((resolve) => setTimeout(resolve, 10));
    expect(received).toEqual([]);
    await list;
    expect(received).toHaveLength(1);
  });

  it("is its first page when awaited", async () => {
    const { client, received } = await against([page(["a"], { next_cursor: "2", has_more: true })]);
    const list = client.listReservations();
    const { reservations, next_cursor } = await list;
    expect(reservations.map(({ reservation_id }) => reservation_id)).toEqual(["a"]);
    expect(next_cursor).toBe("2");
    expect((await list.withResponse()).status).toBe(200);
    expect(received).toHaveLength(1);
  });

  it("is every item of every page when iterated, under the same filters", async () => {
    const { client, received } = await against([
      page(["a", "b"], { next_cursor: "2", has_more: true }),
      page([], { next_cursor: "3" }),
      page(["c"]),
    ]);
    const list = client.listReservations({ status: "ACTIVE", limit: 2 });
    expect(await idsOf(list)).toEqual(["a", "b", "c"]);
    const filters = { status: "ACTIVE", limit: "2", sort_by: "created_at_ms" };
    expect(received.map(({ url }) => queryOf(url))).toEqual([
      filters,
      { ...filters, cursor: "2" },
      { ...filters, cursor: "3" },
    ]);
  });

  it("asks for its first page once, awaited and iterated", async () => {
    const { client, received } = await against([page(["a"])]);
    const list = client.listReservations();
    await list;
    expect(await idsOf(list)).toEqual(["a"]);
    expect(await idsOf(list)).toEqual(["a"]);
    expect(received).toHaveLength(1);
  });

  it("is read no further than its reader goes", async () => {
    const { client, received } = await against([page(["a", "b"], { next_cursor: "2" })]);
    for await (const { reservation_id } of client.listReservations()) {
      if (reservation_id === "a") break;
    }
    expect(received).toHaveLength(1);
  });

  it.each([[{ next_cursor: "2", has_more: false }], [{ next_cursor: "" }], [{ has_more: true }]])(
    "ends at a page with %j",
    async (rest) => {
      const { client, received } = await against([page(["a"], rest)]);
      expect(await idsOf(client.listReservations())).toEqual(["a"]);
      expect(received).toHaveLength(1);
    },
  );

  it("is an error where the server hands out a cursor twice", async () => {
    const { client, received } = await against([
      page(["a"], { next_cursor: "2" }),
      page(["b"], { next_cursor: "3" }),
      page(["c"], { next_cursor: "2" }),
    ]);
    const error = await rejection(idsOf(client.listReservations()));
    expect(error).toBeInstanceOf(CyclesResponseError);
    expect(error).toMatchObject({ retryable: false });
    expect((error as Error).message).toContain("the same cursor twice");
    expect(received).toHaveLength(3);
  });

  it.each([
    ["always empty", [], 100, "the last 100 pages were empty"],
    ["never empty", ["a"], 10_000, "10000 pages have been read. Narrow the filter"],
  ])("is an error if its pages never end and are %s", async (_name, ids, pages, why) => {
    let served = 0;
    const fetch = () =>
      Promise.resolve(Response.json(page(ids, { next_cursor: `after ${++served}` }).body));
    const { client } = await against([], { fetch });
    const error = await rejection(idsOf(client.listReservations()));
    expect(error).toBeInstanceOf(CyclesResponseError);
    expect(error).toMatchObject({ operation: "listReservations", status: 200, retryable: false });
    expect((error as Error).message).toContain(`listReservations: the list does not end: ${why}`);
    expect(served).toBe(pages);
  });

  it("may have empty pages among others, as often as they come", async () => {
    let served = 0;
    const fetch = () => {
      const ids = ++served % 99 === 0 ? ["a"] : [];
      const rest = served < 990 ? { next_cursor: `after ${served}` } : {};
      return Promise.resolve(Response.json(page(ids, rest).body));
    };
    const { client } = await against([], { fetch });
    expect(await idsOf(client.listReservations())).toHaveLength(10);
  });

  it("keeps the caller's order and cursor", async () => {
    const { client, received } = await against([page([])]);
    await client.listReservations({ sort_by: "expires_at_ms", sort_dir: "desc", cursor: "9" });
    expect(queryOf(received[0]?.url ?? "")).toEqual({
      sort_by: "expires_at_ms",
      sort_dir: "desc",
      cursor: "9",
    });
  });

  it("is sorted by its creation where the caller's sort key is blank", async () => {
    const { client, received } = await against([page([])]);
    const unset = "" as "created_at_ms"; // as from a variable that is not set
    await client.listReservations({ sort_by: unset });
    expect(queryOf(received[0]?.url ?? "")).toEqual({ sort_by: "created_at_ms" });
  });

  it("sends a list of things to include as one parameter", async () => {
    const { client, received } = await against([page([])]);
    await client.listReservations({ include: ["metadata", "evidence"] });
    expect(queryOf(received[0]?.url ?? "")).toMatchObject({ include: "metadata,evidence" });
  });

  it("fails where it is read, at the page that fails", async () => {
    const { client } = await against([
      page(["a"], { next_cursor: "2" }),
      refusal(403, "FORBIDDEN"),
    ]);
    const ids: string[] = [];
    const walk = async () => {
      for await (const { reservation_id } of client.listReservations()) ids.push(reservation_id);
    };
    expect(await rejection(walk())).toMatchObject({ name: "CyclesPermissionError" });
    expect(ids).toEqual(["a"]);
  });

  it("of balances walks pages too, and has no order of its own", async () => {
    const { client, received } = await against([
      { body: { balances: [balance], next_cursor: "2" } },
      { body: { balances: [{ ...balance, scope: "app:x" }] } },
    ]);
    const scopes: string[] = [];
    for await (const { scope } of client.getBalances({ tenant: "acme" })) scopes.push(scope);
    expect(scopes).toEqual(["tenant:acme", "app:x"]);
    expect(received.map(({ url }) => queryOf(url))).toEqual([
      { tenant: "acme" },
      { tenant: "acme", cursor: "2" },
    ]);
  });

  it("that is not valid rejects where it is read", async () => {
    const { client, received } = await against([]);
    const walk = idsOf(client.listReservations({ limit: 0 }));
    expect(await rejection(walk)).toBeInstanceOf(CyclesValidationError);
    expect(received).toEqual([]);
  });
});
