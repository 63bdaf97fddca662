import { usd } from "cycles-client";
import type { Exchange } from "cycles-client/embedded";
import { describe, expect, it } from "vitest";
import { cents, embedded, START } from "./http.js";

const bot = { subject: { tenant: "acme", agent: "bot" } };

function watched() {
  const seen: Exchange[] = [];
  return { seen, ...embedded({ onResponse: (exchange) => seen.push(exchange) }) };
}

describe("onResponse", () => {
  it("is called with the scopes of the subject, the reservation or the filter", async () => {
    const { seen, reserve, commit, list, clock } = watched();
    const subject = { tenant: "acme", agent: "Bot" };
    const { body } = await reserve(30, { subject });
    await clock.advance(5);
    const committed = await commit(body.reservation_id, 20);
    await list("?tenant=acme");
    const scopes = ["tenant:acme", "tenant:acme/agent:bot"];
    const common = { tenant: "acme", status: 200 };
    expect(seen).toMatchObject([
      {
        ...common,
        at: START,
        method: "POST",
        target: "/v1/reservations",
        operation: "createReservation",
        scopes,
        request: { subject, estimate: cents(30) },
        response: body,
      },
      {
        ...common,
        at: START + 5,
        operation: "commitReservation",
        scopes,
        request: { actual: cents(20) },
        response: committed.body,
      },
      {
        ...common,
        target: "/v1/reservations?tenant=acme",
        operation: "listReservations",
        scopes: ["tenant:acme"],
        request: undefined,
      },
    ]);
  });

  it.each<[string, (world: ReturnType<typeof watched>, id: string) => Promise<unknown>]>([
    ["decide", ({ decide }) => decide(1, bot)],
    ["createEvent", ({ event }) => event(1, bot)],
    ["extendReservation", ({ extend }, id) => extend(id, 1_000)],
    ["releaseReservation", ({ release }, id) => release(id)],
    ["getReservation", ({ get }, id) => get(id)],
    ["getBalances", ({ balances }) => balances("?tenant=acme&agent=bot")],
    ["listReservations", ({ list }) => list("?tenant=acme&agent=bot")],
  ])("with the scopes of %s", async (operation, act) => {
    const world = watched();
    const { body } = await world.reserve(1, bot);
    await act(world, body.reservation_id);
    const scopes = ["tenant:acme", "tenant:acme/agent:bot"];
    expect(world.seen.at(-1)).toMatchObject({ operation, scopes });
  });

  it("is called for a refused request, with what was understood of it", async () => {
    const { seen, authority, reserve, commit } = watched();
    const refused = await reserve(101);
    await commit("unknown", 1);
    await reserve(1, { subject: { agent: 5 } });
    await reserve(1, {}, { key: "wrong" });
    await authority.fetch("http://x/v1/nowhere");
    expect(seen).toMatchObject([
      { status: 409, scopes: ["tenant:acme"], response: refused.body },
      { status: 404, operation: "commitReservation", scopes: [], request: { actual: cents(1) } },
      { status: 400, scopes: [], request: { subject: { agent: 5 } } },
      { status: 401, operation: "createReservation", tenant: undefined, request: undefined },
      {
        status: 404,
        operation: undefined,
        target: "/v1/nowhere",
        response: { error: "NOT_FOUND" },
      },
    ]);
  });

  it("is called before the response arrives, when the balances are those of the response", async () => {
    const books: unknown[] = [];
    const { authority, event } = embedded({
      budgets: { "tenant:acme": usd("5") },
      onResponse: () => books.push(authority.balances("tenant:acme")[0]?.spent),
    });
    await event(7);
    expect(books).toEqual([cents(7)]);
  });

  it("may throw: the error is uncaught, and the response is sent", async () => {
    const { event } = embedded({
      onResponse: () => {
        throw new Error("the observer's own fault");
      },
    });
    const uncaught = new Promise((resolve) => {
      const others = process.listeners("uncaughtException");
      process.removeAllListeners("uncaughtException");
      process.once("uncaughtException", (error) => {
        for (const listener of others) process.on("uncaughtException", listener);
        resolve(error);
      });
    });
    expect((await event(7)).status).toBe(201);
    expect(await uncaught).toEqual(new Error("the observer's own fault"));
  });
});

it("tenants are those of the API keys and the budgets", () => {
  const { authority } = embedded({
    budgets: { "tenant:acme/agent:bot": usd("1"), "agent:bot": usd("1") },
    apiKeys: { cyc_live_x: "umbrella" },
  });
  expect(authority.tenants).toEqual(["umbrella", "acme"]);
});
