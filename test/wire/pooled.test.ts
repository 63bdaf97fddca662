import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { brotliCompressSync, deflateSync, gzipSync } from "node:zlib";
import {
  CyclesClient,
  CyclesConnectionError,
  CyclesResponseError,
  CyclesTimeoutError,
  type Dispatcher,
} from "cycles-client";
import { Agent, Pool } from "undici";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { openTransport } from "../../src/wire/transport/platform.js";
import { committed, request, reservation } from "../support/responses.js";
import { StandingClock } from "../support/clock.js";
import { against, API_KEY, rejection, type Scripted, scripted } from "../support/server.js";

const jwks = { body: { keys: [] } };
const silent: Scripted = () => undefined;

/** Records which connection each request used; connections are numbered in the order of their first use. */
function overConnections() {
  const seen: unknown[] = [];
  const used: number[] = [];
  const by =
    (body: object): Scripted =>
    (response) => {
      if (!seen.includes(response.socket)) seen.push(response.socket);
      used.push(seen.indexOf(response.socket));
      response.writeHead(200, { "content-type": "application/json" });
      response.end(JSON.stringify(body));
    };
  return { used, by };
}

describe("connections", () => {
  it("are kept and reused", async () => {
    const { used, by } = overConnections();
    const { client } = await against([by(reservation), by(committed), by({ keys: [] })], {
      connections: 1,
    });
    const guard = await client.reserve(request);
    await guard.commit(request.estimate);
    await client.raw.GET("/v1/.well-known/cycles-jwks.json");
    expect(used).toEqual([0, 0, 0]);
  });

  it.each([[1], [3]])("are at most `connections`: further requests wait (%i)", async (most) => {
    const order: string[] = [];
    const open = new Set<unknown>();
    const respond: Scripted = (response, { url }) => {
      open.add(response.socket);
      order.push(url.split("/").at(-1) ?? "");
      setImmediate(() => response.end('{"keys":[]}'));
    };
    const { client } = await against(Array(40).fill(respond), { connections: most, maxRetries: 0 });
    const names = Array.from({ length: 40 }, (_, index) => `r${String(index).padStart(2, "0")}`);
    await Promise.all(
      names.map((name) =>
        client.raw.GET("/v1/reservations/{reservation_id}", {
          params: { path: { reservation_id: name } },
        }),
      ),
    );
    expect(open.size).toBe(most);
    // Requests leave in order; over several connections, they need not arrive in order.
    expect(most === 1 ? order : order.sort()).toEqual(names);
  });

  it("serve requests that keep a lease or record a spend before new reservations", async () => {
    const order: string[] = [];
    const by =
      (body: object): Scripted =>
      (response, { url }) => {
        order.push(url.split("/").at(-1) ?? "");
        setImmediate(() => response.end(JSON.stringify(body)));
      };
    const { client } = await against(
      [reservation, reservation, committed, reservation, reservation].map(by),
      { connections: 1 },
    );
    const guard = await client.reserve(request);
    const crowd = [1, 2, 3].map(() => client.reserve(request));
    await guard.commit(request.estimate);
    await Promise.all(crowd);
    expect(order).toEqual([
      "reservations",
      "reservations",
      "commit",
      "reservations",
      "reservations",
    ]);
  });

  it("stay usable if a request times out or is aborted while it waits for one", async () => {
    const clock = new StandingClock();
    let respondToFirst: () => void = () => undefined;
    const { used, by } = overConnections();
    const held: Scripted = (response, received) => {
      respondToFirst = () => {
        (by({ keys: [] }) as (...args: unknown[]) => void)(response, received);
      };
    };
    const { client, received } = await against([held, by({ keys: [] })], {
      clock,
      connections: 1,
      maxRetries: 0,
    });
    const first = client.getEvidenceJwks();
    await vi.waitFor(() => expect(received).toHaveLength(1), { interval: 1, timeout: 30_000 });
    const controller = new AbortController();
    const timedOut = rejection(client.getEvidenceJwks({ timeout: 60 }));
    const aborted = rejection(client.getEvidenceJwks({ signal: controller.signal }));
    await vi.waitFor(() => expect(clock.pending).toEqual([7_000, 60, 7_000]), {
      interval: 1,
      timeout: 30_000,
    });
    clock.advance(60);
    controller.abort("enough");
    // Both reject now, although the only connection is still in use.
    expect(await timedOut).toBeInstanceOf(CyclesTimeoutError);
    expect(await aborted).toBe("enough");
    respondToFirst();
    await first;
    await client.getEvidenceJwks();
    expect(used).toEqual([0, 0]);
    expect(received).toHaveLength(2);
  });

  it("are replaced if a call is aborted before its response arrives", async () => {
    const controller = new AbortController();
    const { client, received } = await against([silent, jwks], { connections: 1 });
    const failed = rejection(client.getEvidenceJwks({ signal: controller.signal }));
    await vi.waitFor(() => expect(received).toHaveLength(1), { interval: 1, timeout: 30_000 });
    controller.abort("enough");
    expect(await failed).toBe("enough");
    expect(await client.getEvidenceJwks()).toEqual({ keys: [] });
  });

  it("are not lost if a request has headers that cannot be sent", async () => {
    const { client, received } = await against([jwks, jwks], { connections: 1 });
    for (const headers of [
      { "content-length": "7" },
      { upgrade: "h2c" },
      { "transfer-encoding": "x" },
    ]) {
      const error = await rejection(client.getEvidenceJwks({ headers }));
      expect((error as Error).message).toContain("belongs to the connection");
      await client.raw.GET("/v1/.well-known/cycles-jwks.json", { headers });
      received.length = 0;
    }
    expect(await client.getEvidenceJwks()).toEqual({ keys: [] });
  });

  it("are closed when the client closes", async () => {
    let ended: Promise<unknown> = Promise.resolve();
    const respond: Scripted = (response) => {
      if (response.socket) ended = once(response.socket, "close");
      response.end('{"keys":[]}');
    };
    const { client } = await against([respond], { keepAliveTimeout: 600_000 });
    await client.getEvidenceJwks();
    await client.close();
    await ended;
  });

  it("go to the origin that a raw call names", async () => {
    const other = await scripted(jwks);
    const { client, received } = await against([jwks]);
    await client.raw.GET("/v1/.well-known/cycles-jwks.json", { baseUrl: other.url });
    expect(other.received).toHaveLength(1);
    expect(other.received[0]?.headers["x-cycles-api-key"]).toBeUndefined();
    await client.raw.GET("/v1/.well-known/cycles-jwks.json");
    expect(received).toHaveLength(1);
  });
});

describe("a response that a gateway has compressed", () => {
  it.each([
    ["gzip", gzipSync],
    ["deflate", deflateSync],
    ["br", brotliCompressSync],
  ])("with %s is decompressed", async (encoding, compress) => {
    const respond: Scripted = (response) => {
      response.writeHead(200, { "content-encoding": encoding });
      response.end(compress(JSON.stringify(reservation)));
    };
    const { client } = await against([respond]);
    expect(await client.createReservation(request)).toEqual(reservation);
  });

  it("is refused if it decompresses to more than 4 MiB", async () => {
    const bomb: Scripted = (response) => {
      response.writeHead(200, { "content-encoding": "gzip" });
      response.end(gzipSync(Buffer.alloc(5 * 1024 * 1024)));
    };
    const { client } = await against([bomb], { maxRetries: 0 });
    const error = await rejection(client.getReservation("r"));
    expect(error).toBeInstanceOf(CyclesResponseError);
    expect((error as Error).message).toContain("larger than 4194304 bytes");
  });
});

describe("an abort signal that many calls share", () => {
  it("causes no warning about a leak, and aborts all of them", async () => {
    const warnings: Error[] = [];
    const warn = (warning: Error) => warnings.push(warning);
    process.on("warning", warn);
    onTestFinished(() => void process.off("warning", warn));
    const controller = new AbortController();
    const { client, received } = await against(Array(30).fill(silent), { connections: 5 });
    const failed = Array.from({ length: 30 }, () =>
      rejection(client.getEvidenceJwks({ signal: controller.signal })),
    );
    await vi.waitFor(() => expect(received).toHaveLength(5), { interval: 1, timeout: 30_000 });
    controller.abort("enough");
    expect(await Promise.all(failed)).toEqual(Array(30).fill("enough"));
    await new Promise(setImmediate);
    expect(warnings).toEqual([]);
  });
});

describe("a custom dispatcher", () => {
  it("sends every request", async () => {
    const { url, received } = await scripted({ body: reservation }, { body: committed });
    // This host does not exist: only the dispatcher can reach the server.
    const pool = new Pool(url);
    onTestFinished(() => pool.destroy());
    const client = new CyclesClient({
      baseUrl: "http://cycles.invalid/gateway",
      apiKey: API_KEY,
      subject: { tenant: "acme" },
      journal: false,
      dispatcher: pool,
    });
    await client.run(request, () => "done", { actual: "estimate" });
    expect(received.map((one) => one.url)).toEqual([
      "/gateway/v1/reservations",
      `/gateway/v1/reservations/${reservation.reservation_id}/commit`,
    ]);
    await client.close();
    expect(pool.closed).toBe(false);
  });

  it("may be an Agent, and its failures are connection errors", async () => {
    const agent = new Agent();
    onTestFinished(() => agent.destroy());
    const { client } = await against([], {
      baseUrl: "http://127.0.0.1:9",
      dispatcher: agent,
      maxRetries: 0,
    });
    const error = await rejection(client.getReservation("r"));
    expect((error as Error).message).toContain("Cannot reach http://127.0.0.1:9: ");
  });

  it("is refused if it is not from undici, or if the runtime is not Node", async () => {
    const bad = { baseUrl: "http://127.0.0.1:1", dispatcher: {} as unknown as Dispatcher };
    expect(() => new CyclesClient(bad)).toThrow("dispatcher must be an undici dispatcher");
    const elsewhere = { dispatcher: new Agent() } as unknown as Parameters<typeof openTransport>[0];
    expect(() => openTransport(elsewhere)).toThrow("dispatcher works only on Node");
  });
});

describe("requests that wait for a connection to a server that is gone", () => {
  it("all fail, and their errors stay within the client", async () => {
    const { url } = await closedServer();
    const client = new CyclesClient({ baseUrl: url, connections: 1, logLevel: "off" });
    const calls = Array.from({ length: 5 }, () =>
      client.getBalances({ tenant: "acme" }, { maxRetries: 0 }).then(
        () => "ok",
        (error: unknown) => (error instanceof CyclesConnectionError ? error.code : error),
      ),
    );
    expect(await Promise.all(calls)).toEqual(calls.map(() => "CONNECTION"));
    await client.close();
  });
});

/** The address of a server that has closed. */
async function closedServer(): Promise<{ url: string }> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return { url: `http://127.0.0.1:${port}` };
}
