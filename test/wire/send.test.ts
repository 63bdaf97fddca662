import {
  CyclesConnectionError,
  CyclesError,
  CyclesResponseError,
  CyclesTimeoutError,
} from "cycles-client";
import { describe, expect, it, vi } from "vitest";
import { request, reservation } from "../support/responses.js";
import { StandingClock } from "../support/clock.js";
import { against, rejection, scripted, type Scripted } from "../support/server.js";

/** A response that begins and never ends. */
const endless: Scripted = (response) => {
  response.writeHead(200, { "content-type": "application/json" });
  response.write('{"decision":');
};
const silent: Scripted = () => undefined;

const arrived = (received: readonly unknown[], count = 1) =>
  vi.waitFor(() => expect(received).toHaveLength(count), { interval: 1 });

describe("a response that never ends", () => {
  it.each([
    ["if its first bytes have arrived", endless],
    ["if nothing has arrived", silent],
  ])("times out %s", async (_name, response) => {
    const clock = new StandingClock();
    const { client, received, server } = await against([response], { clock, maxRetries: 0 });
    const failed = rejection(client.getReservation("r"));
    await arrived(received);
    clock.advance(6_999);
    expect(clock.pending).toEqual([7_000]);
    clock.advance(1);
    const error = await failed;
    expect(error).toBeInstanceOf(CyclesTimeoutError);
    expect(error).toMatchObject({ code: "TIMEOUT", timeoutMs: 7_000, retryable: true });
    expect((error as Error).message).toBe(
      `getReservation: No complete response from ${server.url} within 7000 ms`,
    );
  });

  it("times out after the call's own timeout in each attempt", async () => {
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

  it("times out even if a custom fetch ignores its signal", async () => {
    const clock = new StandingClock();
    const { client } = await against([], { clock, fetch: () => new Promise(() => undefined) });
    const failed = rejection(client.getReservation("r", { timeout: 60, maxRetries: 0 }));
    await vi.waitFor(() => expect(clock.pending).toEqual([60]), { interval: 1 });
    clock.advance(60);
    expect(await failed).toBeInstanceOf(CyclesTimeoutError);
  });
});

describe("a complete response", () => {
  it("leaves no timer", async () => {
    const clock = new StandingClock();
    const { client } = await against([{ body: reservation }], { clock });
    await client.createReservation(request);
    expect(clock.pending).toEqual([]);
  });
});

describe("a response body", () => {
  it("of 5 MiB is refused", async () => {
    const body = "x".repeat(5 * 1024 * 1024);
    const { client } = await against([{ body }], { maxRetries: 0 });
    const error = await rejection(client.getReservation("r"));
    expect(error).toBeInstanceOf(CyclesResponseError);
    expect(error).toMatchObject({ httpStatus: 200 });
    expect((error as Error).message).toContain(
      "getReservation: The response is larger than 4194304",
    );
  });

  it("without an end is refused while it arrives", async () => {
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

  it("of 4 MiB is accepted", async () => {
    const padding = " ".repeat(4 * 1024 * 1024 - 11);
    const { client } = await against([{ body: `{"keys":[]}${padding}` }]);
    expect(await client.getEvidenceJwks()).toEqual({ keys: [] });
  });
});

describe("a redirect to another host", () => {
  it.each([[301], [302], [303], [307], [308]])(
    "with status %i is refused, and nothing is sent to the other host",
    async (status) => {
      const other = await scripted({ body: reservation });
      const location = `${other.url.replace("127.0.0.1", "localhost")}/v1/reservations`;
      const { client, received } = await against([{ status, headers: { location } }]);
      const error = await rejection(client.createReservation(request));
      expect(error).toBeInstanceOf(CyclesResponseError);
      expect(error).toMatchObject({ httpStatus: status, retryable: false });
      expect((error as Error).message).toContain("redirects");
      expect((error as Error).message).toContain("Set the base URL to the final address");
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

  it("is refused if the platform hides its status", async () => {
    const { client } = await against([], {
      fetch: async () =>
        Object.defineProperty(new Response(null), "type", { value: "opaqueredirect" }),
    });
    const error = await rejection(client.createReservation(request));
    expect(error).toBeInstanceOf(CyclesResponseError);
    expect((error as CyclesError).retryable).toBe(false);
  });
});

describe("a failed connection", () => {
  it("causes an error that names the address and the reason", async () => {
    const { client } = await against([], { baseUrl: "http://127.0.0.1:9", maxRetries: 0 });
    const error = await rejection(client.getReservation("r"));
    expect(error).toBeInstanceOf(CyclesConnectionError);
    expect(error).not.toBeInstanceOf(CyclesTimeoutError);
    expect(error).toMatchObject({ code: "CONNECTION", operation: "getReservation" });
    expect((error as Error).message).toContain("Cannot reach http://127.0.0.1:9: ");
    expect((error as Error).cause).toBeInstanceOf(Error);
  });

  it("causes an error that names ECONNREFUSED if the port is closed", async () => {
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

  it("causes an error if the server closes it without a response", async () => {
    const { client } = await against([(response) => response.destroy()], { maxRetries: 0 });
    const error = await rejection(client.getReservation("r"));
    expect(error).toBeInstanceOf(CyclesConnectionError);
  });
});

describe("the caller's signal", () => {
  it("rejects the call with its reason, and nothing is sent, if it is already aborted", async () => {
    const reason = new Error("no longer needed");
    const { client, received } = await against([]);
    const signal = AbortSignal.abort(reason);
    expect(await rejection(client.getReservation("r", { signal }))).toBe(reason);
    expect(received).toEqual([]);
  });

  it("rejects the call with its reason while it waits for a response, and nothing is retried", async () => {
    const controller = new AbortController();
    const { client, received } = await against([silent, { body: reservation }]);
    const failed = rejection(client.createReservation(request, { signal: controller.signal }));
    await arrived(received);
    controller.abort("enough");
    expect(await failed).toBe("enough");
    expect(received).toHaveLength(1);
  });

  it("rejects the call with its reason even if that is a CyclesError", async () => {
    const reason = new CyclesError("stop", { code: "UNEXPECTED", retryable: true });
    const controller = new AbortController();
    const { client, received } = await against([silent]);
    const failed = rejection(client.getReservation("r", { signal: controller.signal }));
    await arrived(received);
    controller.abort(reason);
    expect(await failed).toBe(reason);
  });

  it("rejects the call with its reason between two attempts", async () => {
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
