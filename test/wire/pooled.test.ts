import { once } from "node:events";
import { brotliCompressSync, deflateSync, gzipSync } from "node:zlib";
import {
  CyclesClient,
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

/** Which connection each request came over, numbered in the order of their first use. */
function overConnections() {
  const seen: unknown[] = [];
  const used: number[] = [];
  const by =
    (answer: object): Scripted =>
    (response) => {
      if (!seen.includes(response.socket)) seen.push(response.socket);
      used.push(seen.indexOf(response.socket));
      response.writeHead(200, { "content-type": "application/json" });
      response.end(JSON.stringify(answer));
    };
  return { used, by };
}

describe("connections", () => {
  it("are kept and used again", async () => {
    const { used, by } = overConnections();
    const { client } = await against([by(reservation), by(committed), by({ keys: [] })], {
      connections: 1,
    });
    const guard = await client.reserve(request);
    await guard.commit(request.estimate);
    await client.raw.GET("/v1/.well-known/cycles-jwks.json");
    expect(used).toEqual([0, 0, 0]);
  });

  it.each([[1], [3]])("are never more than `connections`: the rest waits (%i)", async (most) => {
    const order: string[] = [];
    const open = new Set<unknown>();
    const answer: Scripted = (response, { url }) => {
      open.add(response.socket);
      order.push(url.split("/").at(-1) ?? "");
      setImmediate(() => response.end('{"keys":[]}'));
    };
    const { client } = await against(Array(40).fill(answer), { connections: most, maxRetries: 0 });
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

  it("are given first to what keeps a lease or records a spend, then to new reservations", async () => {
    const order: string[] = [];
    const by =
      (answer: object): Scripted =>
      (response, { url }) => {
        order.push(url.split("/").at(-1) ?? "");
        setImmediate(() => response.end(JSON.stringify(answer)));
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

  it("survive what is given up while it waits for one of them", async () => {
    const clock = new StandingClock();
    let answerFirst: () => void = () => undefined;
    const { used, by } = overConnections();
    const held: Scripted = (response, received) => {
      answerFirst = () => {
        (by({ keys: [] }) as (...args: unknown[]) => void)(response, received);
      };
    };
    const { client, received } = await against([held, by({ keys: [] })], {
      clock,
      connections: 1,
      maxRetries: 0,
    });
    const first = client.getEvidenceJwks();
    await vi.waitFor(() => expect(received).toHaveLength(1), { interval: 1 });
    const controller = new AbortController();
    const timedOut = rejection(client.getEvidenceJwks({ timeout: 60 }));
    const aborted = rejection(client.getEvidenceJwks({ signal: controller.signal }));
    await vi.waitFor(() => expect(clock.pending).toEqual([7_000, 60, 7_000]), { interval: 1 });
    clock.advance(60);
    controller.abort("enough");
    // Both hear it now, though the one connection is still taken.
    expect(await timedOut).toBeInstanceOf(CyclesTimeoutError);
    expect(await aborted).toBe("enough");
    answerFirst();
    await first;
    await client.getEvidenceJwks();
    expect(used).toEqual([0, 0]);
    expect(received).toHaveLength(2);
  });

  it("are replaced where an answer was given up", async () => {
    const controller = new AbortController();
    const { client, received } = await against([silent, jwks], { connections: 1 });
    const failed = rejection(client.getEvidenceJwks({ signal: controller.signal }));
    await vi.waitFor(() => expect(received).toHaveLength(1), { interval: 1 });
    controller.abort("enough");
    expect(await failed).toBe("enough");
    expect(await client.getEvidenceJwks()).toEqual({ keys: [] });
  });

  it("are not lost to headers that cannot be sent", async () => {
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

  it("are ended when the client closes", async () => {
    let ended: Promise<unknown> = Promise.resolve();
    const answer: Scripted = (response) => {
      if (response.socket) ended = once(response.socket, "close");
      response.end('{"keys":[]}');
    };
    const { client } = await against([answer], { keepAliveTimeout: 600_000 });
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

describe("an answer that a gateway has compressed", () => {
  it.each([
    ["gzip", gzipSync],
    ["deflate", deflateSync],
    ["br", brotliCompressSync],
  ])("with %s is read all the same", async (encoding, compress) => {
    const answer: Scripted = (response) => {
      response.writeHead(200, { "content-encoding": encoding });
      response.end(compress(JSON.stringify(reservation)));
    };
    const { client } = await against([answer]);
    expect(await client.createReservation(request)).toEqual(reservation);
  });

  it("into a bomb is not", async () => {
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

describe("a signal that many calls share", () => {
  it("brings no warning of a leak, and ends them all", async () => {
    const warnings: Error[] = [];
    const warn = (warning: Error) => warnings.push(warning);
    process.on("warning", warn);
    onTestFinished(() => void process.off("warning", warn));
    const controller = new AbortController();
    const { client, received } = await against(Array(30).fill(silent), { connections: 5 });
    const failed = Array.from({ length: 30 }, () =>
      rejection(client.getEvidenceJwks({ signal: controller.signal })),
    );
    await vi.waitFor(() => expect(received).toHaveLength(5), { interval: 1 });
    controller.abort("enough");
    expect(await Promise.all(failed)).toEqual(Array(30).fill("enough"));
    await new Promise(setImmediate);
    expect(warnings).toEqual([]);
  });
});

describe("a dispatcher of the user's own", () => {
  it("carries every request", async () => {
    const { url, received } = await scripted({ body: reservation }, { body: committed });
    // An address that nobody has: only the dispatcher knows where it leads.
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

  it("may be an agent, whose failures are told like our own", async () => {
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

  it("is refused where it could not be used", async () => {
    const bad = { baseUrl: "http://127.0.0.1:1", dispatcher: {} as unknown as Dispatcher };
    expect(() => new CyclesClient(bad)).toThrow("dispatcher must be one of undici");
    const elsewhere = { dispatcher: new Agent() } as unknown as Parameters<typeof openTransport>[0];
    expect(() => openTransport(elsewhere)).toThrow("dispatcher is for Node alone");
  });
});
