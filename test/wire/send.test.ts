import {
  CyclesConnectionError,
  CyclesError,
  CyclesResponseError,
  CyclesTimeoutError,
} from "cycles-client";
import { describe, expect, it, vi } from "vitest";
import { request, reservation } from "../support/answers.js";
import { StandingClock } from "../support/clock.js";
import { against, rejection, scripted, type Scripted } from "../support/server.js";

/** An answer that begins and never ends. */
const endless: Scripted = (response) => {
  response.writeHead(200, { "content-type": "application/json" });
  response.write('{"decision":');
};
const silent: Scripted = () => undefined;

const arrived = (received: readonly unknown[], count = 1) =>
  vi.waitFor(() => expect(received).toHaveLength(count), { interval: 1 });

describe("an answer that never ends", () => {
  it.each([
    ["after its first bytes", endless],
    ["before its first byte", silent],
  ])("runs into the bound of the attempt %s", async (_name, answer) => {
    const clock = new StandingClock();
    const { client, received, server } = await against([answer], { clock, maxRetries: 0 });
    const failed = rejection(client.getReservation("r"));
    await arrived(received);
    clock.advance(6_999);
    expect(clock.pending).toEqual([7_000]);
    clock.advance(1);
    const error = await failed;
    expect(error).toBeInstanceOf(CyclesTimeoutError);
    expect(error).toMatchObject({ code: "TIMEOUT", timeoutMs: 7_000, retryable: true });
    expect((error as Error).message).toBe(
      `getReservation: No complete answer from ${server.url} within 7000 ms`,
    );
  });

  it("is bounded by the call's own timeout, for each attempt", async () => {
    const clock = new StandingClock();
    const { client, received } = await against([endless, silent], { clock });
    const failed = rejection(client.createReservation(request, { timeout: 60 }));
    await arrived(received);
    clock.advance(60);
    await arrived(received, 2);
    expect(clock.pending).toEqual([60]);
    clock.advance(60);
    expect(await failed).toMatchObject({ name: "CyclesTimeoutError", timeoutMs: 60 });
    expect(clock.pending).toEqual([]);
  });

  it("is bounded even where a fetch does not listen to its signal", async () => {
    const clock = new StandingClock();
    const { client } = await against([], { clock, fetch: () => new Promise(() => undefined) });
    const failed = rejection(client.getReservation("r", { timeout: 60, maxRetries: 0 }));
    await vi.waitFor(() => expect(clock.pending).toEqual([60]), { interval: 1 });
    clock.advance(60);
    expect(await failed).toBeInstanceOf(CyclesTimeoutError);
  });
});

describe("an answer that ends leaves no timer", () => {
  it("behind", async () => {
    const clock = new StandingClock();
    const { client } = await against([{ body: reservation }], { clock });
    await client.createReservation(request);
    expect(clock.pending).toEqual([]);
  });
});

describe("a body of 5 MiB", () => {
  it("is refused by its size", async () => {
    const body = "x".repeat(5 * 1024 * 1024);
    const { client } = await against([{ body }], { maxRetries: 0 });
    const error = await rejection(client.getReservation("r"));
    expect(error).toBeInstanceOf(CyclesResponseError);
    expect(error).toMatchObject({ status: 200 });
    expect((error as Error).message).toContain("getReservation: The answer is larger than 4194304");
  });

  it("is refused while it is still coming", async () => {
    const flood: Scripted = (response) => {
      response.writeHead(200);
      response.on("error", () => undefined);
      const chunk = Buffer.alloc(256 * 1024, 0x20);
      const pour = () => {
        if (!response.destroyed) response.write(chunk, () => setImmediate(pour));
      };
      pour();
    };
    const { client } = await against([flood], { maxRetries: 0 });
    expect(await rejection(client.getReservation("r"))).toBeInstanceOf(CyclesResponseError);
  });

  it("stops where one of 4 MiB would pass", async () => {
    const padding = " ".repeat(4 * 1024 * 1024 - 11);
    const { client } = await against([{ body: `{"keys":[]}${padding}` }]);
    expect(await client.getEvidenceJwks()).toEqual({ keys: [] });
  });
});

describe("a redirect to another host", () => {
  it.each([[301], [302], [303], [307], [308]])(
    "with status %i is refused, and the other host hears nothing",
    async (status) => {
      const other = await scripted({ body: reservation });
      const location = `${other.url.replace("127.0.0.1", "localhost")}/v1/reservations`;
      const { client, received } = await against([{ status, headers: { location } }]);
      const error = await rejection(client.createReservation(request));
      expect(error).toBeInstanceOf(CyclesResponseError);
      expect(error).toMatchObject({ status, retryable: false });
      expect((error as Error).message).toContain("redirects");
      expect((error as Error).message).toContain("Point the base URL at the final address");
      expect(received).toHaveLength(1);
      expect(other.received).toEqual([]);
    },
  );

  it("is not followed by the raw client either", async () => {
    const other = await scripted({ body: reservation });
    const headers = { location: other.url };
    const { client } = await against([{ status: 307, headers }]);
    const { response } = await client.raw.GET("/v1/.well-known/cycles-jwks.json");
    expect(response.status).toBe(307);
    expect(other.received).toEqual([]);
  });

  it("is refused where the platform hides it", async () => {
    const { client } = await against([], {
      fetch: async () =>
        Object.defineProperty(new Response(null), "type", { value: "opaqueredirect" }),
    });
    const error = await rejection(client.createReservation(request));
    expect(error).toBeInstanceOf(CyclesResponseError);
    expect((error as CyclesError).retryable).toBe(false);
  });
});

describe("a server that is not there", () => {
  it("is a connection error that names the address and the reason", async () => {
    const { client } = await against([], { baseUrl: "http://127.0.0.1:9", maxRetries: 0 });
    const error = await rejection(client.getReservation("r"));
    expect(error).toBeInstanceOf(CyclesConnectionError);
    expect(error).not.toBeInstanceOf(CyclesTimeoutError);
    expect(error).toMatchObject({ code: "CONNECTION", operation: "getReservation" });
    expect((error as Error).message).toContain("Cannot reach http://127.0.0.1:9: ");
    expect((error as Error).cause).toBeInstanceOf(Error);
  });

  it("names ECONNREFUSED on a closed port", async () => {
    const { createServer } = await import("node:net");
    const port = await new Promise<number>((resolve) => {
      const probe = createServer().listen(0, "127.0.0.1", () => {
        const { port: free } = probe.address() as { port: number };
        probe.close(() => resolve(free));
      });
    });
    const { client } = await against([], { baseUrl: `http://127.0.0.1:${port}`, maxRetries: 0 });
    const error = await rejection(client.createReservation(request));
    expect((error as Error).message).toContain("ECONNREFUSED");
  });

  it("may hang up without an answer", async () => {
    const { client } = await against([(response) => response.destroy()], { maxRetries: 0 });
    const error = await rejection(client.getReservation("r"));
    expect(error).toBeInstanceOf(CyclesConnectionError);
  });
});

describe("the caller's signal", () => {
  it("rejects with its reason before anything is sent", async () => {
    const reason = new Error("no longer needed");
    const { client, received } = await against([]);
    const signal = AbortSignal.abort(reason);
    expect(await rejection(client.getReservation("r", { signal }))).toBe(reason);
    expect(received).toEqual([]);
  });

  it("rejects with its reason while an answer is awaited, and nothing is retried", async () => {
    const controller = new AbortController();
    const { client, received } = await against([silent, { body: reservation }]);
    const failed = rejection(client.createReservation(request, { signal: controller.signal }));
    await arrived(received);
    controller.abort("enough");
    expect(await failed).toBe("enough");
    expect(received).toHaveLength(1);
  });

  it("rejects with its reason though that is an error of ours", async () => {
    const reason = new CyclesError("stop", { code: "UNEXPECTED", retryable: true });
    const controller = new AbortController();
    const { client, received } = await against([silent]);
    const failed = rejection(client.getReservation("r", { signal: controller.signal }));
    await arrived(received);
    controller.abort(reason);
    expect(await failed).toBe(reason);
  });

  it("rejects with its reason between two attempts", async () => {
    const clock = new StandingClock();
    const controller = new AbortController();
    const { client, notices, received } = await against([{ status: 503 }], { clock });
    const failed = rejection(client.getReservation("r", { signal: controller.signal }));
    await vi.waitFor(() => expect(notices).toHaveLength(1), { interval: 1 });
    controller.abort("enough");
    expect(await failed).toBe("enough");
    expect(clock.pending).toEqual([]);
    expect(received).toHaveLength(1);
  });
});
