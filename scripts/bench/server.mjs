// The server of the benchmarks, in a process of its own. It sends fixed responses, at the least cost that Node allows.
//   node server.mjs [--tls] [--latency ms]     sends the port to its parent process
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { createServer as createTlsServer } from "node:https";
import { parseArgs } from "node:util";
import { COMMITTED, headersOf, ID_AT, ID_LENGTH, RESERVED } from "./responses.mjs";

const { values } = parseArgs({
  options: { tls: { type: "boolean", default: false }, latency: { type: "string", default: "0" } },
});
const latencyMs = Number(values.latency);
const beside = (name) => readFileSync(new URL(name, import.meta.url));
let reservations = 0;

/** A response with a new reservation id, because the journal names its files after the ids. */
function reserved() {
  const body = Buffer.from(RESERVED);
  body.write((reservations += 1).toString(16).padStart(ID_LENGTH, "0"), ID_AT, "latin1");
  return body;
}

function respond(request, response) {
  const body = request.url.endsWith("/commit") ? COMMITTED : reserved();
  response.writeHead(200, headersOf(body)).end(body);
}

function listener(request, response) {
  request.resume().on("end", () => {
    if (latencyMs > 0) setTimeout(respond, latencyMs, request, response);
    else respond(request, response);
  });
}

const server = values.tls
  ? createTlsServer({ cert: beside("tls-certificate.pem"), key: beside("tls-key.pem") }, listener)
  : createServer(listener);
server.keepAliveTimeout = 120_000;
server.listen(0, "127.0.0.1", () => {
  const address = server.address();
  if (typeof address === "object") process.send?.(address?.port);
});
process.on("disconnect", () => process.exit());
