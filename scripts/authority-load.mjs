#!/usr/bin/env node
// How fast the embedded authority is in process, and whether its memory stays flat once what has ended is forgotten.
//   npm run authority-load [-- --pairs 200000]
// Exit code 1 where the memory grows.
import { parseArgs } from "node:util";
import { systemClock, usd } from "cycles-client";
import { EmbeddedCycles } from "cycles-client/embedded";

const { values } = parseArgs({ options: { pairs: { type: "string", default: "200000" } } });
const PAIRS = Number(values.pairs);
const SAMPLES = 10;
/** Each pair is so much later than the one before it, so that a minute's retention holds 6,000 of them. */
const STEP_MS = 10;
const RETENTION_MS = 60_000;
/** What the heap may differ by without anything being kept: the collector's own play. */
const PLAY_MB = 4;

// A collection on demand, without a flag on the command line.
const { setFlagsFromString } = await import("node:v8");
setFlagsFromString("--expose-gc");
const collect = (await import("node:vm")).runInNewContext("gc");

// Time that this loop moves; the authority sets no timers.
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
if (spent?.spent.amount !== PAIRS) throw new Error(`the books say ${spent?.spent.amount}`);

// The first sample still fills what a minute's retention holds.
const [, early = 0] = heap;
const late = heap.at(-1) ?? 0;
const isFlat = late - early < PLAY_MB;
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
  const answer = await authority.fetch(`http://authority${path}`, init);
  if (!answer.ok) throw new Error(`${answer.status} ${await answer.text()}`);
  return answer.json();
}
