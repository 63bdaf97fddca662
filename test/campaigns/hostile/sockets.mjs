import { once } from "node:events";
import { createServer } from "node:net";
import { systemClock, tokens } from "cycles-client";
import { encoded } from "./responses.mjs";
import { CALLS, Case } from "./cases.mjs";

/** Bytes that are not exactly one HTTP response. */
const BROKEN = [
  "",
  "HTTP",
  "HTTP/1.1 200\r\n\r\n",
  "HTTP/1.1 999 Odd\r\ncontent-length: 2\r\n\r\n{}",
  "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 100 Continue\r\n\r\n",
  "HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\nHTTP/1.1 500 Oh\r\ncontent-length: 0\r\n\r\n",
  "HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n",
  "HTTP/1.1 200 OK\r\ncontent-length: 99\r\n\r\n{}",
  "HTTP/1.1 200 OK\r\ncontent-length: 2\r\ncontent-length: 3\r\n\r\n{}}",
  "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nZZ\r\n{}\r\n0\r\n\r\n",
  "HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}",
  "\u0000\u0001\u0002\u0003\r\n\r\n",
  "SSH-2.0-OpenSSH_9.6\r\n",
];

/** A call should take a second, but can take much longer on a busy machine. */
const REAL_BOUND_MS = 60_000;

/**
 * Sends hostile responses over sockets, in real time, to clients that use the pooled transport.
 * @param {any} world
 * @param {number} responses the least number of responses
 */
export async function overSockets(world, responses) {
  const { figures } = world;
  const until = figures.responses + responses;
  while (figures.responses < until) {
    figures.cases.add("sockets");
    await oneServer(world);
  }
}

/** Starts a server and a client, and makes concurrent calls. */
async function oneServer(world) {
  const { random } = world;
  /** @type {import("node:net").Socket[]} */
  const sockets = [];
  const server = createServer((socket) => {
    sockets.push(socket);
    // The client may close a connection at any time.
    socket.on("error", () => undefined);
    serve(socket, (method, url, body) => one.server.respond(method, url, body), world);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const port = typeof address === "object" ? address?.port : undefined;
  const one = new Case({ ...world, time: systemClock, now: () => Date.now() }, () => 1, {
    baseUrl: `http://127.0.0.1:${String(port)}`,
    fetch: undefined,
    clock: undefined,
    journal: false,
    maxRetries: 0,
    connectTimeout: 500,
    readTimeout: 500,
    settleTimeout: 100,
    flushTimeout: 100,
    retry: false,
  });
  const query = { tenant: "acme" };
  for (let round = 0; round < 4; round += 1) {
    const calls = Array.from({ length: 12 }, () => {
      const operation = random.pick(Object.keys(CALLS));
      return random.chance(0.15)
        ? one.outcome(
            "raw",
            one.client.raw.GET("/v1/balances", { params: { query } }),
            REAL_BOUND_MS,
          )
        : one.outcome(operation, CALLS[operation](one.client, {}), REAL_BOUND_MS);
    });
    await Promise.all(calls);
  }
  const work = () => tokens(7);
  const request = { action: { kind: "tool.x", name: "x" }, estimate: tokens(100) };
  await one.outcome(
    "run",
    one.client.run(request, work, { actual: (cost) => cost }),
    REAL_BOUND_MS,
  );
  await one.outcome("close", one.client.close(), REAL_BOUND_MS);
  for (const socket of sockets) socket.destroy();
  server.close();
}

/**
 * Responds to the requests on one socket, one after another.
 * @param {import("node:net").Socket} socket
 * @param {(method: string, url: string, body: string) => import("./responses.mjs").DrawnResponse} respond
 */
function serve(socket, respond, { random }) {
  let received = "";
  socket.on("data", (bytes) => {
    received += bytes.toString("latin1");
    const end = received.indexOf("\r\n\r\n");
    if (end < 0) return;
    const head = received.slice(0, end);
    const length = Number(/\r\ncontent-length: *(\d+)/i.exec(head)?.[1] ?? 0);
    if (received.length < end + 4 + length) return;
    const body = received.slice(end + 4, end + 4 + length);
    received = received.slice(end + 4 + length);
    const [method = "", url = ""] = head.split(" ");
    send(socket, respond(method, url, body), random);
  });
}

/**
 * @param {import("node:net").Socket} socket
 * @param {import("./responses.mjs").DrawnResponse} drawn
 * @param {import("../support/random.mjs").Random} random
 */
function send(socket, drawn, random) {
  if (drawn.ends === "never" && random.chance(0.2)) return;
  if (drawn.ends === "thrown") return void socket.destroy();
  if (drawn.ends === "rubbish" || drawn.ends === "never")
    return void socket.end(random.pick(BROKEN), "latin1");
  const { status, headers, bytes, ends } = encoded(drawn, random);
  const isEmpty = [204, 304].includes(status);
  const lines = [
    `HTTP/1.1 ${status} Odd`,
    ...headers.map(([name, value]) => `${name}: ${value}`),
    ...(isEmpty ? [] : [`content-length: ${bytes.length}`]),
  ];
  socket.write(`${lines.join("\r\n")}\r\n\r\n`, "latin1");
  if (ends === "cut") return void socket.end(bytes.subarray(0, bytes.length / 2));
  if (!isEmpty) socket.write(bytes);
  if (random.chance(0.1)) socket.end();
}
