import {
  type CyclesClient,
  CyclesConnectionError,
  type CyclesError,
  CyclesResponseError,
  CyclesTimeoutError,
  type Fetch,
} from "cycles-client";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { request, reservation } from "../../support/responses.js";
import { StandingClock } from "../../support/clock.js";
import { against, rejection } from "../../support/server.js";

const circular = new Error("round");
circular.cause = new Error("and round", { cause: circular });
const unreadable = Object.defineProperty(new Error("x"), "message", {
  get() {
    throw new Error("no");
  },
});
const stream = (pull: UnderlyingDefaultSource["pull"]) =>
  new Response(new ReadableStream({ pull: pull ?? (() => undefined) }));
const returns = (value: unknown) => (() => value) as unknown as Fetch;
const throws =
  (value: unknown): Fetch =>
  () => {
    throw value;
  };

const hostile: [string, Fetch, string][] = [
  ["throws an error", throws(new Error("no network")), "no network"],
  ["throws undefined", throws(undefined), "undefined"],
  ["throws a value that cannot become text", throws(Object.create(null)), "cannot be read"],
  ["throws an error that cannot be read", throws(unreadable), "cannot be read"],
  ["throws an error with circular causes", throws(circular), "round"],
  ["rejects", () => Promise.reject(new Error("no network")), "no network"],
  ["returns nothing", returns(undefined), "fetch returned undefined, which is not a Response"],
  ["returns null", returns(null), "fetch returned null, which is not a Response"],
  ["returns a number", returns(200), "fetch returned 200, which is not a Response"],
  ["returns an object without headers", returns({ status: 200, body: null }), "not a Response"],
  ["returns headers that are null", returns({ status: 200, headers: null }), "not a Response"],
  [
    "returns headers that are a plain object",
    returns({ status: 200, headers: {}, body: null }),
    "Cannot reach",
  ],
  [
    "returns a status that is not a number",
    returns({ status: "200", headers: new Headers() }),
    "not a Response",
  ],
  ["returns Response.error()", returns(Response.error()), "not a Response"],
  [
    "returns a body that is not a stream",
    returns({ status: 200, headers: new Headers(), body: 3 }),
    "Cannot reach",
  ],
  [
    "returns a body that was already read",
    async () => {
      const response = new Response("{}");
      await response.text();
      return response;
    },
    "Cannot reach",
  ],
  [
    "returns a body that is a stream of text",
    async () => stream((controller) => controller.enqueue("text")),
    "Cannot reach",
  ],
  [
    "returns a body that fails",
    async () => stream((controller) => controller.error(new Error("cut off"))),
    "cut off",
  ],
];

const callsOf = (client: CyclesClient) => [
  () => client.getReservation("r"),
  () => client.raw.GET("/v1/.well-known/cycles-jwks.json"),
];

describe("a custom fetch that", () => {
  it.each(hostile)(
    "%s causes a connection error in facade and raw client",
    async (_name, fetch, why) => {
      const unhandled: unknown[] = [];
      const note = (reason: unknown) => unhandled.push(reason);
      process.on("unhandledRejection", note);
      onTestFinished(() => void process.off("unhandledRejection", note));
      const { client } = await against([], { fetch, maxRetries: 0 });
      for (const call of callsOf(client)) {
        const error = await rejection(call());
        expect(error).toBeInstanceOf(CyclesConnectionError);
        expect((error as CyclesError).retryable).toBe(true);
        expect((error as CyclesError).message).toContain(why);
      }
      await new Promise(setImmediate);
      expect(unhandled).toEqual([]);
    },
  );

  it.each<[string, Fetch]>([
    ["never settles", () => new Promise(() => undefined)],
    ["returns a body that never arrives", async () => stream(() => new Promise(() => undefined))],
  ])("%s causes a timeout", async (_name, fetch) => {
    const clock = new StandingClock();
    const { client } = await against([], { fetch, clock, maxRetries: 0 });
    for (const call of callsOf(client)) {
      const failed = rejection(call());
      await vi.waitFor(() => expect(clock.pending).toHaveLength(1), {
        interval: 1,
        timeout: 30_000,
      });
      clock.advance(7_000);
      expect(await failed).toBeInstanceOf(CyclesTimeoutError);
    }
  });

  it("returns a body of endless empty chunks causes an error", async () => {
    const empty = new Uint8Array();
    const { client } = await against([], {
      fetch: async () => stream((controller) => controller.enqueue(empty)),
      maxRetries: 0,
    });
    expect(await rejection(client.getReservation("r"))).toBeInstanceOf(CyclesResponseError);
  });

  it("adds a header adds it to only one attempt", async () => {
    const seen: unknown[] = [];
    const { client } = await against([], {
      fetch: async (_url, init) => {
        const headers = init.headers as Record<string, string>;
        seen.push(headers["x-added"]);
        headers["x-added"] = "1";
        return seen.length < 2 ? new Response(null, { status: 503 }) : Response.json(reservation);
      },
    });
    await client.createReservation(request);
    expect(seen).toEqual([undefined, undefined]);
  });

  it("returns a response without a stream is read as text", async () => {
    const { client } = await against([], {
      fetch: returns({
        status: 200,
        headers: new Map([["x-request-id", "req-1"]]),
        text: () => Promise.resolve(JSON.stringify(reservation)),
      }),
    });
    const { data, requestId } = await client.createReservation(request).withResponse();
    expect(data).toEqual(reservation);
    expect(requestId).toBe("req-1");
  });
});

describe("a status outside the range of HTTP", () => {
  it.each([[600], [999]])("such as %i causes an error in the raw client", async (status) => {
    const { client } = await against([{ status }]);
    const failed = rejection(client.raw.GET("/v1/.well-known/cycles-jwks.json"));
    expect(await failed).toBeInstanceOf(CyclesResponseError);
  });
});
