// The other end of the benchmarks, in a process of its own: canned answers as cheap as Node can give them.
//   node server.mjs [--tls] [--latency ms]     tells its parent the port
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { createServer as createTlsServer } from "node:https";
import { parseArgs } from "node:util";
import { COMMITTED, headersOf, ID_AT, ID_LENGTH, RESERVED } from "./answers.mjs";

const { values } = parseArgs({
  options: { tls: { type: "boolean", default: false }, latency: { type: "string", default: "0" } },
});
const latencyMs = Number(values.latency);
const beside = (name) => readFileSync(new URL(name, import.meta.url));
let reservations = 0;

/** Ids differ, as everywhere: journals name their files for them. */
function reserved() {
  const body = Buffer.from(RESERVED);
  body.write((reservations += 1).toString(16).padStart(ID_LENGTH, "0"), ID_AT, "latin1");
  return body;
}

function answer(request, response) {
  const body = request.url.endsWith("/commit") ? COMMITTED : reserved();
  response.writeHead(200, headersOf(body)).end(body);
}

function listener(request, response) {
  request.resume().on("end", () => {
    if (latencyMs > 0) setTimeout(answer, latencyMs, request, response);
    else answer(request, response);
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
