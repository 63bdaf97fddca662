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
  it("sends nothing until it is awaited or iterated", async () => {
    const { client, received } = await against([page(["a"])]);
    const list = client.listReservations({ status: "ACTIVE" });
    expect(list).toBeInstanceOf(ListPromise);
    await new Promise((resolve) => setTimeout(resolve, 10));
    expect(received).toEqual([]);
    await list;
    expect(received).toHaveLength(1);
  });

  it("resolves with its first page when it is awaited", async () => {
    const { client, received } = await against([page(["a"], { next_cursor: "2", has_more: true })]);
    const list = client.listReservations();
    const { reservations, next_cursor } = await list;
    expect(reservations.map(({ reservation_id }) => reservation_id)).toEqual(["a"]);
    expect(next_cursor).toBe("2");
    expect((await list.withResponse()).status).toBe(200);
    expect(received).toHaveLength(1);
  });

  it("yields the items of every page when it is iterated, all with the same filters", async () => {
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

  it("requests its first page once, even if it is awaited and iterated", async () => {
    const { client, received } = await against([page(["a"])]);
    const list = client.listReservations();
    await list;
    expect(await idsOf(list)).toEqual(["a"]);
    expect(await idsOf(list)).toEqual(["a"]);
    expect(received).toHaveLength(1);
  });

  it("requests no more pages after its reader stops", async () => {
    const { client, received } = await against([page(["a", "b"], { next_cursor: "2" })]);
    for await (const { reservation_id } of client.listReservations()) {
      if (reservation_id === "a") break;
    }
    expect(received).toHaveLength(1);
  });

  it.each([
    [{ next_cursor: "2", has_more: false }],
    [{ next_cursor: "" }],
    [{ has_more: true }],
    [{ next_cursor: null }],
    [{ next_cursor: null, has_more: null }],
    [{ next_cursor: null, has_more: true }],
    [{ next_cursor: null, has_more: false }],
  ])("ends at a page with %j", async (rest) => {
    const { client, received } = await against([page(["a"], rest)]);
    expect(await idsOf(client.listReservations())).toEqual(["a"]);
    expect(received).toHaveLength(1);
  });

  it("fails if the server returns the same cursor twice", async () => {
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
    ["always empty", [], 100, "The last 100 pages were empty"],
    ["never empty", ["a"], 10_000, "10000 pages were read. Narrow the filter"],
  ])("fails if its pages never end and are %s", async (_name, ids, pages, why) => {
    let served = 0;
    const fetch = () =>
      Promise.resolve(Response.json(page(ids, { next_cursor: `after ${++served}` }).body));
    const { client } = await against([], { fetch });
    const error = await rejection(idsOf(client.listReservations()));
    expect(error).toBeInstanceOf(CyclesResponseError);
    expect(error).toMatchObject({
      operation: "listReservations",
      httpStatus: 200,
      retryable: false,
    });
    expect((error as Error).message).toContain(`listReservations: the list does not end. ${why}`);
    expect(served).toBe(pages);
  });

  it("may have many empty pages among others", async () => {
    let served = 0;
    const fetch = () => {
      const ids = ++served % 99 === 0 ? ["a"] : [];
      const rest = served < 990 ? { next_cursor: `after ${served}` } : {};
      return Promise.resolve(Response.json(page(ids, rest).body));
    };
    const { client } = await against([], { fetch });
    expect(await idsOf(client.listReservations())).toHaveLength(10);
  });

  it("sends the caller's sort order and cursor", async () => {
    const { client, received } = await against([page([])]);
    await client.listReservations({ sort_by: "expires_at_ms", sort_dir: "desc", cursor: "9" });
    expect(queryOf(received[0]?.url ?? "")).toEqual({
      sort_by: "expires_at_ms",
      sort_dir: "desc",
      cursor: "9",
    });
  });

  it("is sorted by creation time if the caller's sort key is blank", async () => {
    const { client, received } = await against([page([])]);
    const unset = "" as "created_at_ms"; // as if from a variable that is not set
    await client.listReservations({ sort_by: unset });
    expect(queryOf(received[0]?.url ?? "")).toEqual({ sort_by: "created_at_ms" });
  });

  it("sends the values of `include` as one parameter", async () => {
    const { client, received } = await against([page([])]);
    await client.listReservations({ include: ["metadata", "evidence"] });
    expect(queryOf(received[0]?.url ?? "")).toMatchObject({ include: "metadata,evidence" });
  });

  it("yields the items before a page that fails, and then rejects", async () => {
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

  it("of balances yields the items of every page too, without a default sort order", async () => {
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

  it.each([[{ next_cursor: null }], [{ next_cursor: null, has_more: true }]])(
    "of balances ends at a page with %j",
    async (rest) => {
      const { client, received } = await against([{ body: { balances: [balance], ...rest } }]);
      const scopes: string[] = [];
      for await (const { scope } of client.getBalances({ tenant: "acme" })) scopes.push(scope);
      expect(scopes).toEqual(["tenant:acme"]);
      expect(received).toHaveLength(1);
    },
  );

  it("rejects when it is read if its query is not valid", async () => {
    const { client, received } = await against([]);
    const walk = idsOf(client.listReservations({ limit: 0 }));
    expect(await rejection(walk)).toBeInstanceOf(CyclesValidationError);
    expect(received).toEqual([]);
  });
});
