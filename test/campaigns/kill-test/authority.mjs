// The budget authority of the kill test, in a process of its own. Its clock can be moved forward, and its responses are
// delayed. It notes which requests arrived, which it accepted, and whether the journal contained their record before.
//   node authority.mjs <journal folder> <seed>        talks to its parent process over IPC
import { createServer } from "node:http";
import { systemClock, tokens } from "cycles-client";
import { EmbeddedCycles } from "cycles-client/embedded";
import { Random } from "../support/random.mjs";
import { hasSpend } from "./logs.mjs";

/**
 * @typedef {{
 *   ask: "advance" | "is accepted" | "ledger",
 *   number: number,
 *   ms?: number,
 *   reservationId?: string,
 * }} Question
 */

const [journalFolder, seed] = process.argv.slice(2);
const random = new Random(Number(seed));
let ahead = 0;
const clock = { ...systemClock, now: () => Date.now() + ahead };
const authority = new EmbeddedCycles({ budgets: { "tenant:acme": tokens(1e12) }, clock });
const arrived = new Set();
/** @type {{ reservationId: string, actual: number, via: string, id: string }[]} */
const accepted = [];
/** @type {string[]} */
const withoutRecord = [];

const ANSWERS = {
  "is accepted": (reservationId) => ({
    answer: accepted.some((settlement) => settlement.reservationId === reservationId),
  }),
  ledger: () => {
    const [balance] = authority.balances("tenant:acme");
    const { spent, reserved } = balance;
    return { accepted, withoutRecord, spent: spent.amount, reserved: reserved.amount };
  },
};

const server = createServer((request, response) => {
  void serve(request, response);
});
server.listen(0, "127.0.0.1", () => {
  const address = server.address();
  const port = typeof address === "object" ? address?.port : 0;
  process.send?.({ url: `http://127.0.0.1:${port}`, apiKey: authority.apiKey("acme") });
});

process.on("message", (/** @type {Question} */ { ask, number, ms = 0, reservationId }) => {
  ahead += ms;
  process.send?.({ number, ...ANSWERS[ask]?.(reservationId) });
});
process.on("disconnect", () => process.exit());

/**
 * @param {import("node:http").IncomingMessage} request
 * @param {import("node:http").ServerResponse} response
 */
async function serve(request, response) {
  let body = "";
  for await (const chunk of request) body += String(chunk);
  const path = request.url ?? "";
  checkRecord(path, body);
  await pause();
  // Some responses are 503, so that a spend stays in the journal for a later process.
  const isFailing = random.chance(0.06);
  const outcome =
    isFailing && random.chance(0.5)
      ? new Response("", { status: 503 })
      : await authority.fetch(`http://authority.invalid${path}`, {
          method: request.method ?? "GET",
          headers: headersOf(request),
          ...(body !== "" && { body }),
        });
  const text = await outcome.text();
  noteAccepted(path, body, outcome.status, text);
  await pause();
  response.writeHead(isFailing ? 503 : outcome.status, Object.fromEntries(outcome.headers));
  response.end(text);
}

function pause() {
  return new Promise((resolve) => setTimeout(resolve, random.integer(0, 8)));
}

/** When a settlement arrives for the first time, its record must be in the journal. */
function checkRecord(path, body) {
  const reservationId = settledBy(path, body);
  if (reservationId === undefined || arrived.has(reservationId)) return;
  arrived.add(reservationId);
  if (!hasSpend(journalFolder, reservationId)) withoutRecord.push(reservationId);
}

function noteAccepted(path, body, status, text) {
  const reservationId = settledBy(path, body);
  if (reservationId === undefined || (status !== 200 && status !== 201)) return;
  const via = path.endsWith("/commit") ? "commit" : "event";
  const id = via === "commit" ? reservationId : JSON.parse(text).event_id;
  if (accepted.some((settlement) => settlement.id === id)) return;
  accepted.push({ reservationId, actual: JSON.parse(body).actual.amount, via, id });
}

function settledBy(path, body) {
  if (path.endsWith("/commit")) return decodeURIComponent(path.split("/").at(-2) ?? "");
  if (path.endsWith("/events")) return JSON.parse(body).metadata.recovered_reservation_id;
  return undefined;
}

function headersOf(request) {
  const names = ["content-type", "x-cycles-api-key", "x-idempotency-key", "x-cycles-trace-id"];
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = request.headers[name];
      return typeof value === "string" ? [[name, value]] : [];
    }),
  );
}
