#!/usr/bin/env node
// Measures how fast the embedded authority is in process, and whether its memory stays flat once it starts to forget
// ended reservations.
//   npm run authority-load [-- --pairs 200000]
// Exits with 1 if the memory grows.
import { parseArgs } from "node:util";
import { systemClock, usd } from "cycles-client";
import { EmbeddedCycles } from "cycles-client/embedded";

const { values } = parseArgs({ options: { pairs: { type: "string", default: "200000" } } });
const PAIRS = Number(values.pairs);
const SAMPLES = 10;
/** The time between two pairs: a retention of one minute holds 6,000 pairs. */
const STEP_MS = 10;
const RETENTION_MS = 60_000;
/** How much the heap size may vary between two collections without a leak. */
const TOLERANCE_MB = 4;

// Exposes the garbage collector without a flag on the command line.
const { setFlagsFromString } = await import("node:v8");
setFlagsFromString("--expose-gc");
const collect = (await import("node:vm")).runInNewContext("gc");

// The loop below moves the time; the authority sets no timers.
let now = Date.UTC(2026, 0, 1);
const clock = { ...systemClock, now: () => now };
const authority = new EmbeddedCycles({
  budgets: { "tenant:acme": usd("1000000"), "tenant:acme/agent:bot": usd("1000000") },
  clock,
  retentionMs: RETENTION_MS,
});
const headers = {
  "content-type": "application/json",
  "x-cycles-api-key": authority.apiKey("acme"),
};
const subject = { tenant: "acme", agent: "bot" };
const action = { kind: "llm.completion", name: "gpt-4o-mini" };

const heap = [];
const startedAt = performance.now();
const cpuBefore = process.cpuUsage();
for (let pair = 1; pair <= PAIRS; pair += 1) {
  await reserveAndCommit(pair);
  now += STEP_MS;
  if (pair % Math.ceil(PAIRS / SAMPLES) === 0) {
    collect();
    heap.push(process.memoryUsage().heapUsed / 2 ** 20);
  }
}
const seconds = (performance.now() - startedAt) / 1_000;
const { user, system } = process.cpuUsage(cpuBefore);

const perPair = ((user + system) / PAIRS).toFixed(1);
console.log(`${PAIRS} reserve+commit pairs through authority.fetch`);
console.log(`${Math.round(PAIRS / seconds)} pairs/s, ${perPair} µs of CPU a pair`);
console.log(`heap after each ${100 / SAMPLES} %: ${heap.map((mb) => mb.toFixed(1)).join(" ")} MB`);
const [spent] = authority.balances("tenant:acme");
if (spent?.spent.amount !== PAIRS)
  throw new Error(`the ledger has ${spent?.spent.amount} spent, not ${PAIRS}`);

// During the first sample, the retained reservations still accumulate.
const [, early = 0] = heap;
const late = heap.at(-1) ?? 0;
const isFlat = late - early < TOLERANCE_MB;
console.log(
  isFlat ? "The memory is flat." : `The memory grows by ${(late - early).toFixed(1)} MB.`,
);
process.exitCode = isFlat ? 0 : 1;

async function reserveAndCommit(pair) {
  const { reservation_id: id } = await post("/v1/reservations", {
    idempotency_key: `r${pair}`,
    subject,
    action,
    estimate: { unit: "USD_MICROCENTS", amount: 2 },
  });
  await post(`/v1/reservations/${id}/commit`, {
    idempotency_key: `c${pair}`,
    actual: { unit: "USD_MICROCENTS", amount: 1 },
  });
}

async function post(path, body) {
  const init = { method: "POST", headers, body: JSON.stringify(body) };
  const response = await authority.fetch(`http://authority${path}`, init);
  if (!response.ok) throw new Error(`${response.status} ${await response.text()}`);
  return response.json();
}
