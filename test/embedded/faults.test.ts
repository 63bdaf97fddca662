import { type ClientOptions, CyclesClient, type Notice, usd } from "cycles-client";
import { type Breakage, EmbeddedCycles, ManualClock } from "cycles-client/embedded";
import { describe, expect, it, onTestFinished } from "vitest";
import { embedded } from "./http.js";
import { request } from "../support/responses.js";

/** An authority with one budget, and a client of it: in process, or through a socket. */
async function opened(way: "fetch" | "socket", options: ClientOptions = {}) {
  const authority = new EmbeddedCycles({ budgets: { "tenant:acme": usd("1.00") } });
  const server = await authority.listen();
  onTestFinished(() => authority.close());
  const notices: Notice[] = [];
  const client = new CyclesClient({
    ...(way === "fetch" ? authority.clientOptions("acme") : server.clientOptions("acme")),
    logLevel: "off",
    retry: { initialDelay: 0, maxDelay: 0 },
    onNotice: (notice) => notices.push(notice),
    ...options,
  });
  const spent = () => authority.balances("tenant:acme")[0]?.spent.amount;
  return { authority, client, notices, spent };
}

describe.each(["fetch", "socket"] as const)("through a %s, a fault on a commit", (way) => {
  const faults: [string, (breakage: Breakage) => void][] = [
    ["drops the request", ({ drop }) => drop("before")],
    ["drops the response", ({ drop }) => drop("after")],
    ["responds with 503", ({ respond }) => respond(503)],
    ["responds with 204", ({ respond }) => respond(204)],
    ["responds with 200 and an empty object", ({ respond }) => respond(200, { body: {} })],
    ["cuts the body", ({ cut }) => cut()],
    ["garbles the body", ({ garble }) => garble()],
    ["limits the rate", ({ rateLimit }) => rateLimit(0)],
    ["rewrites the response", ({ rewrite }) => rewrite((genuine) => ({ ...genuine, status: 202 }))],
  ];

  it.each(faults)(
    "that %s makes the client retry, and the spend is charged once",
    async (_, breakIt) => {
      const { authority, client, spent } = await opened(way);
      const guard = await client.reserve(request);
      breakIt(authority.faults.on("commitReservation"));
      expect(await guard.commit(usd("0.07"))).toMatchObject({ state: "committed" });
      const commits = authority.requests.filter(
        ({ operation }) => operation === "commitReservation",
      );
      expect(commits).toHaveLength(2);
      expect(new Set(commits.map(({ body }) => body)).size).toBe(1);
      expect(commits.map((arrival) => arrival.faults.length)).toEqual([1, 0]);
      expect(spent()).toBe(7_000_000);
    },
  );

  it("that adds fields or integers beyond 2^53 changes nothing", async () => {
    const { authority, client, notices, spent } = await opened(way);
    const guard = await client.reserve(request);
    authority.faults.on("commitReservation").addFields({ brand_new: { nested: [1] } });
    authority.faults.on("commitReservation").inexact();
    const settlement = await guard.commit(usd("0.07"));
    expect(settlement).toMatchObject({ charged: usd("0.07"), response: { brand_new: {} } });
    expect(spent()).toBe(7_000_000);
    expect(authority.faults.injected).toEqual({ add_fields: 1, inexact: 1 });
    expect(notices.map(({ type }) => type)).not.toContain("queued");
  });
});

describe("faults", () => {
  it("hit only the selected calls", async () => {
    const { authority, get, list } = embedded();
    authority.faults.on("getReservation", { after: 1, times: 2 }).drop("before");
    const path = (await list()).headers.get("x-request-id");
    expect(path).not.toBeNull();
    const outcomes: string[] = [];
    for (let call = 0; call < 4; call += 1) {
      outcomes.push(
        await get("r").then(
          () => "responded",
          () => "dropped",
        ),
      );
    }
    expect(outcomes).toEqual(["responded", "dropped", "dropped", "responded"]);
    expect(authority.faults.injected).toEqual({ drop_before: 2 });
    expect(authority.faults.pending).toEqual([]);
  });

  it("delay by the authority's clock, and add up", async () => {
    const { authority, clock, reserve, ledger } = embedded();
    authority.faults.on("*").delay(5_000);
    authority.faults.on("createReservation").respond(503, { body: { oops: true } });
    let status = 0;
    void authority
      .fetch("http://x/v1/reservations", { method: "POST" })
      .then((response) => (status = response.status));
    await clock.advance(4_999);
    expect([status, authority.requests[0]?.status]).toEqual([0, undefined]);
    await clock.advance(1);
    expect(status).toBe(503);
    expect(ledger().reserved).toBe(0);
    expect((await reserve(1)).status).toBe(200);
  });

  it("that have not hit a call yet are listed, and can be removed", async () => {
    const { authority, reserve } = embedded();
    authority.faults.on("createReservation", { times: 3 }).respond(500);
    authority.faults.on("*", { after: 9 }).garble();
    expect(authority.faults.pending).toEqual([
      { kind: "respond", operation: "createReservation" },
      { kind: "garble", operation: "*" },
    ]);
    authority.faults.clear();
    expect((await reserve(1)).status).toBe(200);
  });

  it.each([
    [
      "an operation that does not exist",
      (a: EmbeddedCycles) => a.faults.on("commit" as never),
      "commitReservation",
    ],
    ["no calls", (a: EmbeddedCycles) => a.faults.on("*", { times: 0 }), "times"],
    [
      "a negative number of calls before it",
      (a: EmbeddedCycles) => a.faults.on("*", { after: -1 }),
      "after",
    ],
    ["a status that is not valid", (a: EmbeddedCycles) => a.faults.on("*").respond(99), "status"],
    ["a delay that is not a number", (a: EmbeddedCycles) => a.faults.on("*").delay(NaN), "ms"],
  ])("on %s are refused, with what is meant", (_, define, message) => {
    const { authority } = embedded({ clock: new ManualClock() });
    expect(() => define(authority)).toThrow(message);
  });
});
