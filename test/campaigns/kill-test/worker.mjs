// A process that spends. It settles the records of earlier processes. Then it reserves, works and commits, one
// lifecycle after another, until it is killed. Before each step, it writes the step to its diary, synchronously.
//   node worker.mjs <settings as JSON>
import { appendFileSync } from "node:fs";
import { CyclesClient, tokens } from "cycles-client";
import { Random } from "../support/random.mjs";

const { baseUrl, apiKey, journalDir, diary, seed, name, ends } = JSON.parse(process.argv[2]);
const random = new Random(seed);
/** @type {(what: string, details?: object) => void} */
const note = (what, details = {}) => {
  appendFileSync(diary, `${JSON.stringify({ what, ...details })}\n`);
};
const pause = (most) => new Promise((resolve) => setTimeout(resolve, random.integer(0, most)));

let isRecovering = true;
const client = new CyclesClient({
  baseUrl,
  apiKey,
  journalDir,
  subject: { tenant: "acme" },
  settleTimeout: 1_000,
  retry: { initialDelay: 50, maxDelay: 200 },
  logLevel: "off",
  fetch: slowly,
});

note("recovers");
process.send?.("begun");
const recovery = await client.recover();
isRecovering = false;
note("recovered", recovery);
if (ends) {
  await client.close();
  process.disconnect();
} else {
  for (let lifecycle = 1; ; lifecycle += 1) await live(`${name}.${lifecycle}`);
}

async function live(lifecycle) {
  note("reserves");
  const expires = random.chance(0.3);
  const guard = await reserve(lifecycle, expires ? { heartbeat: false } : {});
  if (guard === undefined) return;
  const amount = random.integer(1, 1_000_000);
  note("works", { reservationId: guard.id });
  await pause(20);
  note("commits", { reservationId: guard.id, amount });
  const { state } = await guard.commit(tokens(amount), { metadata: { lifecycle } });
  note("settled", { reservationId: guard.id, amount, state });
  await pause(5);
}

/** Returns `undefined` if the authority fails. Without a reservation, there is no spend. */
async function reserve(lifecycle, options) {
  const action = { kind: "tool.call", name: lifecycle };
  const request = { action, estimate: tokens(1_000_000), ttl_ms: 1_000, grace_period_ms: 0 };
  try {
    return await client.reserve(request, options);
  } catch {
    return undefined;
  }
}

/** Delays requests and responses, so that each phase lasts long enough for a kill to hit it. */
async function slowly(url, init) {
  const isSettlement = !isRecovering && /\/(commit|events)$/.test(url);
  await pause(8);
  if (isSettlement) note("sends");
  const response = await fetch(url, init);
  const text = await response.text();
  if (isSettlement) note("responded", { status: response.status });
  await pause(8);
  return new Response(text === "" ? null : text, response);
}
